"""The report of a test of a hook has only values that both the hook and the key get."""

import pytest

from shared.domain.contacts import PhoneNumber
from shared.domain.disclosure import Purpose, Sensitivity
from tests.api import Api
from tests.fixtures import HOOK_TOKEN, Fixtures

PATH = "/v1/hooks/hook_1/test"
CANARY = "a-canary-that-nobody-gets"
PHONE = "+15550100"
HIDDEN = "+15550101"
SIGNED = {"request": {"body": '{"call_inbound": {"from_number": "+15550100"}}'}}


@pytest.fixture
def api(fixtures: Fixtures) -> Api:
    """Return a client. Create an agent whose variables the client and its hook do not get."""
    fixtures.key("a-key-of-acme-01", permissions=("*",), sensitivity=Sensitivity.PERSONAL)
    fixtures.contact(123, phone_numbers=(PhoneNumber(1, PHONE),))
    hidden = {"owner": "ann", "default_value": CANARY, "fallback": CANARY, "question": CANARY}
    withheld = {"sensitivity": Sensitivity.SENSITIVE}
    for_people = {"purposes": frozenset({Purpose.HUMAN})}
    for name, facts in (
        ("secret_plan", hidden),
        ("pin", withheld),
        ("note", for_people),
        ("proof", {"min_assurance": "authenticated"}),
    ):
        fixtures.value(fixtures.definition(name, **facts), CANARY, 123)
    shown = fixtures.definition("plan")
    fixtures.value(shown, "Gold", 123)
    fixtures.contact(7, owner="ann", phone_numbers=(PhoneNumber(1, HIDDEN),), first_name=CANARY)
    fixtures.value(shown, CANARY, 7)
    names = ("secret_plan", "pin", "note", "proof", "plan")
    message = "Hello {{secret_plan}} {{pin}} {{note}} {{proof}} {{plan}}"
    fixtures.agent("agent_1", *names, first_message=message)
    fixtures.hook(sensitivity=Sensitivity.PERSONAL, secret="a-secret-of-the-platform")
    return Api("a-key-of-acme-01")


@pytest.mark.parametrize(
    "document", [{"contact": {"phone": PHONE}}, SIGNED], ids=["sample", "request"]
)
def test_hidden_and_withheld_values_are_in_no_report(document: dict[str, object], api: Api):
    answer = api.call("POST", PATH, document)
    assert answer.status == 200
    assert CANARY not in str(answer.document)
    assert "a-secret-of-the-platform" not in str(answer.document)
    assert HOOK_TOKEN not in str(answer.document)


def test_a_hidden_contact_does_not_exist(api: Api):
    report = api.call("POST", PATH, {"contact": {"phone": HIDDEN}}).document
    assert report["resolution"]["contact"]["reason"] == "no_match"
    assert "contact_7" not in str(report)
    assert CANARY not in str(report)


def test_a_known_caller_is_shown_what_the_hook_reads(api: Api):
    report = api.call("POST", PATH, {"contact": {"phone": PHONE}}).document
    assert "Gold" in report["answer"]["body"]


@pytest.mark.parametrize(
    "facts",
    [
        {"sensitivity": Sensitivity.PUBLIC},
        {"purpose": Purpose.HUMAN},
        {"account": "globex"},
    ],
    ids=["without clearance", "for another purpose", "of another tenant"],
)
def test_a_key_that_gets_less_than_the_hook_sees_no_report(
    facts: dict[str, object], api: Api, fixtures: Fixtures
):
    fixtures.key("a-weaker-key-0001", permissions=("*",), **facts)
    answer = api.call("POST", PATH, {"contact": {"phone": PHONE}}, key="a-weaker-key-0001")
    assert answer.status in {403, 404}
    assert "Gold" not in str(answer.document)


def test_a_hook_of_another_user_is_not_tested(api: Api, fixtures: Fixtures):
    hook = {"hook_id": "hook_2", "user": "ann", "token_hash": "0" * 64}
    fixtures.hook(**hook)
    answer = api.call("POST", "/v1/hooks/hook_2/test", {"contact": {"phone": HIDDEN}})
    assert answer.status == 403
    assert CANARY not in str(answer.document)
