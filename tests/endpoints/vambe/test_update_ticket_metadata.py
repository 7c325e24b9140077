"""POST /api/public/ticket/metadata, as Vambe documents it."""

import pytest

from shared.domain.contacts import Conversation
from shared.domain.values import Subject
from tests.api import Api
from tests.fixtures import Fixtures
from tests.permissions import Recorder

PATH = "/api/public/ticket/metadata"
CONTACT = "df980fc8-b6db-4820-bf22-000000000123"


@pytest.fixture(autouse=True)
def tickets(vambe: Api, fixtures: Fixtures):
    for name in ("conv_1", "conv_2"):
        fixtures.contacts.add_conversation("acme", Conversation(name, 123))


def metadata_of(fixtures: Fixtures, ticket: str) -> dict:
    stored = fixtures.variables.list("acme", Subject.conversation(ticket))
    return {each.name: each.value for each in stored}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
@pytest.mark.parametrize(
    ("identifier", "ticket"),
    [
        ({"ticket_id": "conv_1"}, "conv_1"),
        ({"ai_contact_id": CONTACT}, "conv_2"),
        ({"ai_contact_id": CONTACT.upper()}, "conv_2"),
        ({"contact_number": "+56912345678"}, "conv_2"),
        ({"contact_number": "569 1234 5678"}, "conv_2"),
        ({"ticket_id": "conv_1", "ai_contact_id": None, "contact_number": ""}, "conv_1"),
        ({"ticket_id": "conv_1", "allow_closed_ticket": True}, "conv_1"),
    ],
    ids=str,
)
def test_a_ticket_is_named_in_one_of_three_ways(
    path, identifier, ticket, vambe: Api, fixtures: Fixtures
):
    document = {**identifier, "metadata": {"order_id": "ORD-12345", "priority": "high"}}
    answer = vambe.call("POST", path, document)
    assert (answer.status, answer.document) == (201, {"status": "ok"})
    other = {"conv_1": "conv_2", "conv_2": "conv_1"}[ticket]
    assert metadata_of(fixtures, ticket) == {"order_id": "ORD-12345", "priority": "high"}
    assert metadata_of(fixtures, other) == {}


def test_metadata_is_merged_and_kept_as_text(vambe: Api, fixtures: Fixtures):
    for metadata in ({"a": "1", "b": "2"}, {"b": 3, "isVIP": True, "a": None}):
        vambe.call("POST", PATH, {"ticket_id": "conv_1", "metadata": metadata})
    assert metadata_of(fixtures, "conv_1") == {"a": "1", "b": "3", "is_vip": "true"}


def test_fields_of_a_ticket_are_not_those_of_its_contact(vambe: Api, fixtures: Fixtures):
    vambe.call("POST", PATH, {"ticket_id": "conv_1", "metadata": {"a": "1"}})
    info = vambe.call("GET", f"/api/public/contact/{CONTACT}/info").document
    assert info["metadata"] == {}
    (definition,) = fixtures.definitions.list("acme")
    assert definition.context_type == "conversation"


ERRORS = {
    "400: no body": (400, b""),
    "400: no metadata": (400, b'{"ticket_id": "conv_1"}'),
    "400: metadata is an array": (400, b'{"ticket_id": "conv_1", "metadata": []}'),
    "400: no ticket": (400, b'{"metadata": {"a": "1"}}'),
    "400: an empty ticket": (400, b'{"ticket_id": "", "metadata": {"a": "1"}}'),
    "400: two ways": (
        400,
        f'{{"ticket_id": "conv_1", "ai_contact_id": "{CONTACT}", "metadata": {{}}}}'.encode(),
    ),
    "400: a number for a ticket": (400, b'{"ticket_id": 1, "metadata": {}}'),
    "400: a contact that is no UUID": (400, b'{"ai_contact_id": "123", "metadata": {}}'),
    "400: a number without a digit": (400, b'{"contact_number": "none", "metadata": {}}'),
    "400: a key without a letter": (400, b'{"ticket_id": "conv_1", "metadata": {"--": "1"}}'),
    "404: no such ticket": (404, b'{"ticket_id": "conv_9", "metadata": {"a": "1"}}'),
    "404: a ticket longer than any key": (
        404,
        b'{"ticket_id": "' + b"#" * 3000 + b'", "metadata": {"a": "1"}}',
    ),
    "404: no such contact": (
        404,
        f'{{"ai_contact_id": "{CONTACT[:-3]}999", "metadata": {{"a": "1"}}}}'.encode(),
    ),
    "404: no such number": (404, b'{"contact_number": "+1999", "metadata": {"a": "1"}}'),
    "413: a body over 1 MB": (413, b" " * 1_048_577),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    status, body = ERRORS[case]
    before = fixtures.items()
    answer = vambe.call("POST", PATH, body=body)
    assert (answer.status, answer.document["statusCode"]) == (status, status)
    assert fixtures.items() == before


def test_404_for_a_contact_without_a_ticket(vambe: Api, fixtures: Fixtures):
    contact = fixtures.contact(7)
    answer = vambe.call("POST", PATH, {"ai_contact_id": contact.uuid, "metadata": {"a": "1"}})
    assert (answer.status, answer.document["message"]) == (404, "Ticket not found")


def test_tickets_of_contacts_that_the_key_cannot_see_are_not_there(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, team=42)
    fixtures.contact(8, account="globex")
    fixtures.contacts.add_conversation("acme", Conversation("conv_7", 7))
    fixtures.contacts.add_conversation("globex", Conversation("conv_8", 8))
    for ticket in ("conv_7", "conv_8"):
        document = {"ticket_id": ticket, "metadata": {"a": "1"}}
        assert vambe.call("POST", PATH, document).status == 404


def test_401_also_before_a_broken_body(vambe: Api):
    assert vambe.call("POST", PATH, body=b"{", key=None).status == 401


def test_the_fields_of_an_unknown_ticket_cost_no_read(vambe: Api):
    document = {"ticket_id": "conv_9", "metadata": {"notes": "Priority: high", "a": "1"}}
    with Recorder() as recorder:
        assert vambe.call("POST", PATH, document).status == 404
    assert recorder.actions == {("BatchGetItem", "table")}
