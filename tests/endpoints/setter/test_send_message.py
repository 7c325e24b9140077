"""POST /api/v1/bot-integrations/{botIntegrationId}/messages/send, as Setter AI documents it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Contact, PhoneNumber
from shared.domain.values import Subject
from shared.table import keys
from shared.table.operations import as_item
from tests.api import Answer, Api
from tests.failures import FAILURES, answers_lost, failing
from tests.fixtures import Fixtures

PATH = "/api/v1/bot-integrations/456/messages/send"
KEY = "setter_0123456789"

DOCUMENTED = {
    "phoneNumber": "1234567890",
    "templateName": "appointment_booking",
    "language": "en_US",
    "bodyParameters": [{"type": "text", "text": "John", "parameter_name": "customer_name"}],
    "email": "john@example.com",
    "firstName": "John",
    "lastName": "Doe",
    "timeZone": "America/New_York",
    "metadata": {"source": "website", "campaign": "summer2024"},
}


@pytest.fixture
def setter(fixtures: Fixtures) -> Api:
    """Return a client of Setter's API, with a key without permissions and no data."""
    fixtures.key(KEY, permissions=())
    return Api(KEY)


def send(api: Api, document: dict[str, Any]) -> None:
    answer = api.call("POST", PATH, document)
    assert (answer.status, answer.document) == (201, 201), answer.document


def only_contact(fixtures: Fixtures) -> Contact:
    (summary,) = fixtures.contacts.list("acme")
    contact = fixtures.contacts.find("acme", summary.contact_id)
    assert contact is not None
    return contact


def metadata(fixtures: Fixtures, contact: Contact) -> dict[str, Any]:
    stored = fixtures.variables.list("acme", Subject.contact(contact.contact_id))
    return {each.name: each.value for each in stored}


def let_pass(fixtures: Fixtures, digits: str, age: timedelta) -> None:
    """Make the last message to a number older by `age`."""
    key = keys.cooldown("acme", f"message#{digits}")
    ends_at = datetime.now(UTC) + timedelta(minutes=30) - age
    fixtures.client.update_item(
        TableName=fixtures.table_name,
        Key=as_item(key),
        UpdateExpression="SET ends_at = :ends_at",
        ExpressionAttributeValues={":ends_at": {"N": str(int(ends_at.timestamp() * 1000))}},
        ConditionExpression="attribute_exists(pk)",
    )


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_makes_the_contact(path: str, setter: Api, fixtures: Fixtures):
    answer = setter.call("POST", path, DOCUMENTED)
    assert (answer.status, answer.document) == (201, 201)
    contact = only_contact(fixtures)
    assert contact == Contact(
        contact_id=contact.contact_id,
        uuid=contact.uuid,
        external_id=contact.external_id,
        created_at=contact.created_at,
        updated_at=contact.created_at,
        first_name="John",
        last_name="Doe",
        full_name="John Doe",
        email="john@example.com",
        time_zone="America/New_York",
        phone_numbers=(PhoneNumber(1, "1234567890", primary=True),),
        wa_id="1234567890",
        sms_phone_number="1234567890",
    )
    assert metadata(fixtures, contact) == {"source": "website", "campaign": "summer2024"}


@pytest.mark.parametrize(
    "message",
    [
        {"phoneNumber": "+1234567890"},
        {"phoneNumber": "1234567890", "message": "Hello!", "calendarIntegrationId": 123},
        {"phoneNumber": "1234567890", "fullName": "J. Doe"},
        {"phoneNumber": "1234567890", "firstName": None, "email": "", "metadata": None},
        {"phoneNumber": "1234567890", "unknownField": [1]},
    ],
)
def test_only_the_number_is_required(message: dict, setter: Api, fixtures: Fixtures):
    send(setter, message)
    contact = only_contact(fixtures)
    assert contact.phone_number == message["phoneNumber"]
    assert contact.full_name == message.get("fullName", "")


@pytest.mark.parametrize("identifier", ["waId", "smsPhoneNumber"])
@pytest.mark.parametrize("spelling", ["447813194799", "+447813194799", "+44 (0)7813 194-799"])
def test_the_contact_is_found_by_its_number_afterwards(identifier, spelling, setter: Api):
    send(setter, {"phoneNumber": spelling, "firstName": "Jo"})
    for known in ("447813194799", "+447813194799"):
        answer = setter.call("PUT", "/api/v1/contacts", {identifier: known})
        assert (answer.status, answer.document["data"]["firstName"]) == (200, "Jo")
        assert answer.document["data"][identifier] == "447813194799"


@pytest.mark.parametrize(
    "held",
    [
        {"wa_id": "12125550100"},
        {"wa_id": "+12125550100"},
        {"sms_phone_number": "12125550100"},
        {"sms_phone_number": "+1 212 555 0100"},
        {"phone_numbers": (PhoneNumber(1, "+1 (212) 555-0100"),)},
        {
            "phone_numbers": (
                PhoneNumber(1, "2125550199", primary=True),
                PhoneNumber(2, "12125550100", "work", do_not_call=True),
            )
        },
    ],
    ids=str,
)
@pytest.mark.parametrize("sent", ["12125550100", "+12125550100", "+1 212-555-0100"])
def test_a_contact_that_has_the_number_is_changed(held, sent, setter: Api, fixtures: Fixtures):
    before = fixtures.contact(
        7, email="old@example.com", time_zone="Europe/Rome", company="Initech", **held
    )
    send(setter, {"phoneNumber": sent, "firstName": "Jo", "metadata": {"source": "website"}})
    after = only_contact(fixtures)
    assert after == replace(
        before,
        first_name="Jo",
        full_name="Jo Smith",
        wa_id=before.wa_id or "12125550100",
        sms_phone_number=before.sms_phone_number or "12125550100",
        phone_numbers=before.phone_numbers or (PhoneNumber(1, sent, primary=True),),
        updated_at=after.updated_at,
        version=2,
    )
    assert metadata(fixtures, after) == {"source": "website"}


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({"fullName": "J. Smith"}, {"full_name": "J. Smith"}),
        ({"firstName": "Jo", "fullName": "J."}, {"first_name": "Jo", "full_name": "J."}),
        ({"firstName": "", "lastName": None, "email": None, "timeZone": ""}, {}),
        ({"email": "jo@example.com"}, {"email": "jo@example.com"}),
        ({"timeZone": "Europe/Rome"}, {"time_zone": "Europe/Rome"}),
    ],
)
def test_only_what_is_sent_changes(sent: dict, changed: dict, setter: Api, fixtures: Fixtures):
    before = fixtures.contact(
        7,
        wa_id="12125550100",
        sms_phone_number="12125550100",
        phone_numbers=(PhoneNumber(1, "12125550100"),),
        email="john@example.com",
        time_zone="America/New_York",
    )
    send(setter, {"phoneNumber": "12125550100", **sent})
    after = only_contact(fixtures)
    assert after == replace(before, updated_at=after.updated_at, version=2, **changed)


@pytest.mark.parametrize(
    ("holders", "chosen"),
    [
        ([{"wa_id": "12125550100"}, {"sms_phone_number": "12125550100"}], 1),
        ([{"sms_phone_number": "12125550100"}, {"wa_id": "12125550100"}], 2),
        (
            [
                {"phone_numbers": (PhoneNumber(1, "12125550100"),)},
                {"sms_phone_number": "12125550100"},
            ],
            2,
        ),
    ],
)
def test_whatsapp_is_asked_first_then_sms_then_phone(
    holders, chosen, setter: Api, fixtures: Fixtures
):
    for contact_id, held in enumerate(holders, start=1):
        fixtures.contact(contact_id, **held)
    send(setter, {"phoneNumber": "12125550100", "firstName": "Jo"})
    names = {each.contact_id: each.first_name for each in fixtures.contacts.list("acme")}
    assert names == {1: "John", 2: "John", chosen: "Jo"}


@pytest.mark.parametrize(
    "held",
    [
        {"wa_id": "12125550100"},
        {"sms_phone_number": "12125550100"},
        {"phone_numbers": (PhoneNumber(1, "12125550100"),)},
    ],
)
def test_409_when_several_contacts_have_it(held: dict, setter: Api, fixtures: Fixtures):
    fixtures.contact(1, **held)
    fixtures.contact(2, **held)
    before = fixtures.items()
    answer = setter.call("POST", PATH, {"phoneNumber": "12125550100"})
    assert (answer.status, answer.document["error"]) == (409, "Conflict")
    assert fixtures.items() == before


def test_a_contact_of_another_account_is_neither_changed_nor_in_the_way(setter, fixtures):
    fixtures.contact(8, wa_id="12125550100", account="globex")
    send(setter, {"phoneNumber": "12125550100", "firstName": "Jo"})
    (made,) = fixtures.contacts.list("acme")
    assert made.first_name == "Jo"
    assert fixtures.contacts.find("globex", 8).version == 1


def test_a_message_to_the_number_of_a_hidden_contact_makes_no_second_one(setter, fixtures):
    fixtures.contact(7, wa_id="12125550100", team=42)
    before = fixtures.items()
    answer = setter.call("POST", PATH, {"phoneNumber": "12125550100", "firstName": "Jo"})
    assert answer.status == 403
    assert fixtures.items() == before


def test_metadata_is_merged_by_key_and_kept_as_an_update_keeps_it(setter: Api, fixtures: Fixtures):
    fixtures.definition("age", "number")
    fixtures.contact(7, wa_id="12125550100")
    sent = {"age": "unknown", "Last Visit": 1, "tags": ["a", "b"], "campaign": "winter"}
    send(setter, {"phoneNumber": "12125550100", "metadata": sent})
    let_pass(fixtures, "12125550100", timedelta(hours=1))
    send(setter, {"phoneNumber": "12125550100", "metadata": {"age": 42, "campaign": None}})
    contact = only_contact(fixtures)
    assert metadata(fixtures, contact) == {"age": 42, "last_visit": 1, "tags": "a, b"}


class TestRepeatLimit:
    @pytest.mark.parametrize("spelling", ["12125550100", "+12125550100", "+1 (212) 555-0100"])
    def test_no_second_message_goes_to_a_number_within_half_an_hour(
        self, spelling, setter, fixtures
    ):
        send(setter, {"phoneNumber": "12125550100"})
        before = fixtures.items()
        path = PATH.replace("456", "457")
        answer = setter.call("POST", path, {"phoneNumber": spelling, "firstName": "Jo"})
        assert (answer.status, answer.document["error"]) == (429, "Too Many Requests")
        assert 1795 <= int(answer.headers["retry-after"]) <= 1800
        assert answer.headers["retry-after"] in answer.document["message"]
        assert fixtures.items() == before

    def test_it_holds_for_a_number_and_an_account(self, setter: Api, fixtures: Fixtures):
        fixtures.key("setter_of_globex", account="globex", permissions=())
        send(setter, {"phoneNumber": "12125550100"})
        send(setter, {"phoneNumber": "12125550101"})
        send(Api("setter_of_globex"), {"phoneNumber": "12125550100"})

    @pytest.mark.parametrize(
        ("age", "status"),
        [(timedelta(minutes=29, seconds=55), 429), (timedelta(minutes=30), 201)],
    )
    def test_it_ends_after_half_an_hour_however_late_the_item_goes(
        self, age, status, setter, fixtures
    ):
        send(setter, {"phoneNumber": "12125550100"})
        let_pass(fixtures, "12125550100", age)
        answer = setter.call("POST", PATH, {"phoneNumber": "12125550100", "firstName": "Jo"})
        assert answer.status == status
        assert only_contact(fixtures).first_name == ("Jo" if status == 201 else "")

    def test_it_begins_again_with_each_message(self, setter: Api, fixtures: Fixtures):
        for _ in range(2):
            send(setter, {"phoneNumber": "12125550100"})
            assert setter.call("POST", PATH, {"phoneNumber": "12125550100"}).status == 429
            let_pass(fixtures, "12125550100", timedelta(hours=1))

    @pytest.mark.parametrize(
        "rejected",
        [
            {"email": "john"},
            {"metadata": {"--": 1}},
            {"firstName": "x" * 501},
            {"metadata": {"hidden": 1}},
        ],
        ids=lambda rejected: str(rejected)[:30],
    )
    def test_a_refused_message_does_not_begin_it(
        self, rejected: dict, setter: Api, fixtures: Fixtures
    ):
        fixtures.definition("hidden", team=42)
        answer = setter.call("POST", PATH, {"phoneNumber": "12125550100", **rejected})
        assert answer.status == 400
        send(setter, {"phoneNumber": "12125550100"})

    def test_several_contacts_do_not_begin_it(self, setter: Api, fixtures: Fixtures):
        for contact_id in (1, 2):
            fixtures.contact(contact_id, wa_id="12125550100")
        assert setter.call("POST", PATH, {"phoneNumber": "12125550100"}).status == 409
        two = fixtures.contacts.find("acme", 2)
        fixtures.contacts.replace(
            "acme", two, replace(two, wa_id=None, version=2), Attribution(two.updated_at)
        )
        send(setter, {"phoneNumber": "12125550100"})

    def test_an_update_of_the_contact_is_not_held_by_it(self, setter: Api):
        send(setter, {"phoneNumber": "12125550100"})
        for _ in range(2):
            assert setter.call("PUT", "/api/v1/contacts", {"waId": "12125550100"}).status == 200

    @pytest.mark.parametrize("failure", FAILURES)
    def test_a_message_that_failed_can_be_sent_again(
        self, failure: str, setter: Api, fixtures: Fixtures
    ):
        """A failed write leaves neither a contact nor a cooldown."""
        before = fixtures.items()
        with failing({"TransactWriteItems": FAILURES[failure]}):
            assert setter.call("POST", PATH, DOCUMENTED).status == 500
        kept = [item for item in fixtures.items() if item["entity"]["S"] != "counters"]
        assert kept == before
        send(setter, DOCUMENTED)

    def test_a_message_whose_answer_was_lost_is_not_taken_twice(
        self, setter: Api, fixtures: Fixtures
    ):
        with answers_lost("TransactWriteItems"):
            assert setter.call("POST", PATH, DOCUMENTED).status == 500
        assert setter.call("POST", PATH, DOCUMENTED).status == 429
        assert only_contact(fixtures).full_name == "John Doe"


ERRORS = {
    "no body": b"",
    "no object": b"[]",
    "no number": b'{"firstName": "Jo"}',
    "null as the number": b'{"phoneNumber": null}',
    "an empty number": b'{"phoneNumber": ""}',
    "a number as a number": b'{"phoneNumber": 1234567890}',
    "a number in a sentence": b'{"phoneNumber": "call me 2125550100"}',
    "a short number": b'{"phoneNumber": "12"}',
    "a long number": b'{"phoneNumber": "' + b"1" * 400 + b'"}',
    "a number of another script": '{"phoneNumber": "٢١٢٥٥٥٠١٠٠"}'.encode(),
    "a number with an extension": b'{"phoneNumber": "+12125550100x7"}',
    "an invalid email": b'{"phoneNumber": "1234567890", "email": "john"}',
    "an invalid time zone": b'{"phoneNumber": "1234567890", "timeZone": "Mars/Base"}',
    "a time zone of another name": b'{"phoneNumber": "1234567890", "timeZone": 1}',
    "metadata as an array": b'{"phoneNumber": "1234567890", "metadata": []}',
    "two keys of one name": b'{"phoneNumber": "1234567890", "metadata": {"A b": 1, "a_b": 2}}',
    "a key without a letter": b'{"phoneNumber": "1234567890", "metadata": {"--": 1}}',
    "a long name": b'{"phoneNumber": "1234567890", "lastName": "' + b"x" * 501 + b'"}',
}


@pytest.mark.parametrize("case", ERRORS)
def test_400_says_why_and_changes_nothing(case: str, setter: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = setter.call("POST", PATH, body=ERRORS[case])
    assert (answer.status, answer.document.keys()) == (400, {"error", "message"})
    assert fixtures.items() == before


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer unknown_key"}, {"x-api-key": KEY}],
)
def test_401_also_before_a_broken_body(headers: dict, setter: Api):
    answer = setter.call("POST", PATH, body=b"{", headers=headers, key=None)
    assert (answer.status, answer.document["error"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("permissions", "status"),
    [((), 201), (("*",), 201), (("can_write_contacts",), 403)],
)
def test_403_for_a_key_that_is_held_to_another_apis_permissions(
    permissions, status, setter, fixtures
):
    fixtures.key("setter_with_words", permissions=permissions)
    answer: Answer = setter.call(
        "POST", PATH, {"phoneNumber": "1234567890"}, key="setter_with_words"
    )
    assert answer.status == status
