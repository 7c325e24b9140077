"""A withheld value: weaker keys get at most the name of its variable."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts import ApiKey, Attribution
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.errors import PermissionDenied
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import STRICT, Assignment, Subject
from shared.services.variables.definitions import update_definition
from shared.services.variables.values import set_business_variables, set_contact_variables
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import LONG_AGO, Fixtures
from tests.triggers.test_queue_webhooks import process_events
from tests.triggers.test_record_changes import Changes

SECRET = "secret-of-john"
CHATCAPTAIN = "/v1/chatbots/bot_1/contacts"
NATIVE = "/v1/contacts/contact_123"
RESTRICTED: dict[str, dict[str, Any]] = {
    "salary": {"sensitivity": Sensitivity.SENSITIVE},
    "birthday": {"sensitivity": Sensitivity.PERSONAL},
    "remark": {"purposes": frozenset({Purpose.HUMAN})},
}
WEAKER: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "without clearance": (
        {"sensitivity": Sensitivity.PUBLIC},
        {"salary": "sensitivity", "birthday": "sensitivity"},
    ),
    "cleared for personal values": (
        {"sensitivity": Sensitivity.PERSONAL},
        {"salary": "sensitivity"},
    ),
    "that reads for prompts": ({"purpose": Purpose.PROMPT}, {"remark": "purpose"}),
    "that reads for prompts without clearance": (
        {"purpose": Purpose.PROMPT, "sensitivity": Sensitivity.PUBLIC},
        {"salary": "sensitivity", "birthday": "sensitivity", "remark": "purpose"},
    ),
}


def secret(name: str) -> str:
    return f"{SECRET}-{name}"


@pytest.fixture
def made(api: Api, fixtures: Fixtures) -> dict[str, Definition]:
    """Create restricted variables of a contact and of the business, with values."""
    if fixtures.accounts.find("acme") is None:
        fixtures.account()
    writer = fixtures.key("a-writer-key-012345", permissions=("*",))
    made = {name: fixtures.definition(name, **facts) for name, facts in RESTRICTED.items()}
    for name, facts in RESTRICTED.items():
        fixtures.definition(name, context_type="business", **facts)
    caller = replace(fixtures.caller(writer), requested_at=datetime.now(UTC))
    stores = (fixtures.variables, fixtures.definitions, caller)
    values = {name: secret(name) for name in RESTRICTED}
    set_contact_variables(*stores, 123, values, STRICT)
    set_business_variables(*stores, values, STRICT)
    return made


def weaker_api(fixtures: Fixtures, name: str) -> tuple[Api, dict[str, str]]:
    facts, withheld = WEAKER[name]
    weaker_key(fixtures, **facts)
    return Api("a-weaker-key-012345"), withheld


def weaker_key(fixtures: Fixtures, **facts: Any) -> ApiKey:
    return fixtures.key("a-weaker-key-012345", permissions=("*",), **facts)


def get(api: Api, path: str, **query: str) -> Any:
    headers = {"x-chatcaptain-key": "a-weaker-key-012345"}
    return api.call("GET", path, query=query, headers=headers)


@pytest.mark.parametrize("name", WEAKER)
@pytest.mark.parametrize("path", [f"{NATIVE}/variables", "/v1/business/variables"])
def test_a_list_names_what_is_withheld(
    name: str, path: str, fixtures: Fixtures, made: dict[str, Definition]
):
    weaker, withheld = weaker_api(fixtures, name)
    found = get(weaker, path).document
    assert {each: found["withheld"][each]["reason"] for each in found["withheld"]} == withheld
    shown = {each: found["variables"][each]["value"] for each in found["variables"]}
    assert shown == {each: secret(each) for each in RESTRICTED if each not in withheld}


@pytest.mark.parametrize("name", WEAKER)
def test_one_value_is_refused_or_shown(name: str, fixtures: Fixtures, made: dict[str, Definition]):
    api, withheld = weaker_api(fixtures, name)
    for each in RESTRICTED:
        answer = get(api, f"{NATIVE}/variables/{each}")
        assert answer.status == (403 if each in withheld else 200)
        assert (secret(each) in str(answer.document)) == (each not in withheld)


def test_a_variable_without_a_value_is_withheld_before_it_is_unset(fixtures: Fixtures):
    fixtures.contact()
    fixtures.definition("salary", sensitivity=Sensitivity.SENSITIVE)
    weaker_key(fixtures, sensitivity=Sensitivity.PUBLIC)
    found = get(Api("a-weaker-key-012345"), f"{NATIVE}/variables", include="unset").document
    assert (found["unset"], [*found["withheld"]]) == ({}, ["salary"])


@pytest.mark.parametrize("name", WEAKER)
def test_the_apis_of_vendors_leave_them_out(
    name: str, fixtures: Fixtures, made: dict[str, Definition]
):
    api, withheld = weaker_api(fixtures, name)
    for path in (
        "/api/v1/contacts/123",
        f"{CHATCAPTAIN}/external123",
        f"{CHATCAPTAIN}/variables/external123",
        "/api/public/contact/df980fc8-b6db-4820-bf22-000000000123/info",
        *(f"{CHATCAPTAIN}/variables/external123/{each.external_id}" for each in made.values()),
    ):
        answer = get(api, path)
        assert answer.status in (200, 404)
        assert not [each for each in withheld if secret(each) in str(answer.document)], path


def test_a_search_by_a_withheld_value_finds_nobody(fixtures: Fixtures, made: dict[str, Definition]):
    api, _ = weaker_api(fixtures, "without clearance")
    query = {
        "created_after": "2020-01-01",
        "custom_field_key": "salary",
        "custom_field_value": secret("salary"),
    }
    answer = api.call("GET", "/api/public/contacts", query=query)
    assert "external123" not in str(answer.document)
    assert "John" not in str(answer.document)


@pytest.mark.parametrize("op", ["set_once", "fill_if_empty"])
def test_an_operation_does_not_tell_the_value(
    op: str, fixtures: Fixtures, made: dict[str, Definition]
):
    api, _ = weaker_api(fixtures, "without clearance")
    answer = operate(api, op, "more")
    assert answer.status == 200
    assert answer.document["results"]["salary"]["outcome"] == "unchanged"
    assert "value" not in answer.document["results"]["salary"]


@pytest.mark.parametrize("op", ["increment", "append", "remove"])
def test_an_operation_that_depends_on_a_withheld_value_is_refused(
    op: str, fixtures: Fixtures, made: dict[str, Definition]
):
    """Otherwise its outcome, or an exceeded limit, would reveal the value bit by bit."""
    api, _ = weaker_api(fixtures, "without clearance")
    before = fixtures.items()
    right, wrong = (operate(api, op, value) for value in (secret("salary"), "x"))
    assert (right.status, right.document["code"]) == (403, "permission_denied")
    assert right.document == wrong.document
    assert fixtures.items() == before


def operate(api: Api, op: str, value: str) -> Any:
    operand = {"by": 1} if op == "increment" else {"value": value}
    body = {"operations": [{"op": op, "variable": "salary", **operand}]}
    return api.call("POST", f"{NATIVE}/variables/operations", body)


@pytest.mark.parametrize("guess", ["right", "wrong"])
def test_a_writer_that_does_not_get_a_stronger_value_cannot_guess_it(
    guess: str, fixtures: Fixtures
):
    fixtures.contact()
    salary = fixtures.definition(
        "salary", sensitivity=Sensitivity.SENSITIVE, precedence=DEFAULT_PRECEDENCE
    )
    person = Attribution(LONG_AGO, value_source=Source.HUMAN)
    value = Assignment(salary.slot, "salary", salary.variable_type, secret("salary"))
    fixtures.variables.save("acme", Subject.contact(123), [value], [], person)
    weaker_key(fixtures, sensitivity=Sensitivity.PUBLIC)
    api = Api("a-weaker-key-012345")
    sent = secret("salary") if guess == "right" else "anything"
    put = api.call("PUT", f"{NATIVE}/variables/salary", {"value": sent})
    assert put.status == 202
    patched = api.call("PATCH", f"{NATIVE}/variables", {"salary": sent})
    assert patched.document["results"]["salary"]["outcome"] == "suggested"
    assert get(api, "/v1/suggestions").document["data"] == []


def test_a_key_that_gets_a_value_learns_that_it_stands_already(fixtures: Fixtures):
    fixtures.contact()
    salary = fixtures.definition(
        "salary", sensitivity=Sensitivity.PERSONAL, precedence=DEFAULT_PRECEDENCE
    )
    person = Attribution(LONG_AGO, value_source=Source.HUMAN)
    value = Assignment(salary.slot, "salary", salary.variable_type, "Gold")
    fixtures.variables.save("acme", Subject.contact(123), [value], [], person)
    weaker_key(fixtures, sensitivity=Sensitivity.PERSONAL)
    api = Api("a-weaker-key-012345")
    assert api.call("PUT", f"{NATIVE}/variables/salary", {"value": "Gold"}).status == 200


def test_a_failed_condition_has_no_digest_of_the_value(
    fixtures: Fixtures, made: dict[str, Definition]
):
    api, _ = weaker_api(fixtures, "without clearance")
    headers = {"if-match": '"another.version"'}
    path = f"{NATIVE}/variables/salary"
    refused = api.call("PUT", path, {"value": "more"}, headers=headers)
    assert (refused.status, refused.headers.get("etag")) == (412, None)
    stronger = Api("a-writer-key-012345")
    assert stronger.call("PUT", path, {"value": "more"}, headers=headers).headers["etag"]


def test_a_key_without_clearance_changes_nobody_s_clearance(
    fixtures: Fixtures, made: dict[str, Definition]
):
    weaker = replace(
        fixtures.caller(weaker_key(fixtures)), sensitivity=Sensitivity.PERSONAL, user=None
    )
    salary, contact = made["salary"], (ContextType.CONTACT,)

    def publish(before: Definition) -> Definition:
        return replace(before, sensitivity=Sensitivity.PUBLIC)

    with pytest.raises(PermissionDenied):
        update_definition(fixtures.definitions, weaker, salary.definition_id, contact, publish)
    cleared = replace(weaker, sensitivity=Sensitivity.SENSITIVE)
    changed = update_definition(
        fixtures.definitions, cleared, salary.definition_id, contact, publish
    )
    assert changed.sensitivity is Sensitivity.PUBLIC


def test_activity_events_and_webhooks_have_their_state(
    changes: Changes, queued: Queue, fixtures: Fixtures, made: dict[str, Definition]
):
    fixtures.webhook("wh_key")
    fixtures.webhook("wh_account", key=None)
    assert changes.process() == []
    told = [event for event in changes.published() if event["type"] == "contact.context.updated"]
    assert secret("salary") not in str(told)
    assert secret("birthday") in str(told)
    assert {"withheld": "sensitivity"} in [each["new"] for each in told[0]["changes"]]
    assert process_events(*told) == []
    orders = queued.tasks()
    assert {each["webhook_id"] for each in orders} == {"wh_key", "wh_account"}
    assert secret("salary") not in str(orders)
    assert secret("remark") not in str(orders)
    assert secret("birthday") in str(orders)
    api, _ = weaker_api(fixtures, "without clearance")
    listed = get(api, f"{NATIVE}/activity").document["data"]
    news = {each["variable"]: each["new"] for each in listed}
    assert news["salary"] == news["birthday"] == {"withheld": "sensitivity"}
    assert news["remark"] == secret("remark")


def test_activity_of_the_past_follows_the_sensitivity_of_today(
    changes: Changes, fixtures: Fixtures, made: dict[str, Definition]
):
    changes.process()
    before = made["remark"]
    facts = {"version": 2, "sensitivity": Sensitivity.SENSITIVE}
    fixtures.definitions.replace("acme", before, replace(before, **facts))
    api, _ = weaker_api(fixtures, "cleared for personal values")
    assert secret("remark") not in str(get(api, f"{NATIVE}/activity").document)


def test_values_of_a_deleted_variable_stay_withheld(
    fixtures: Fixtures, made: dict[str, Definition]
):
    fixtures.definitions.delete("acme", made["salary"])
    api, _ = weaker_api(fixtures, "without clearance")
    body = {"variables": {"salary": "another"}, "auto_create_variables": True}
    for _ in range(2):
        assert secret("salary") not in str(get(api, f"{NATIVE}/variables").document)
        assert get(api, "/api/v1/contacts/123").status == 200
        assert secret("salary") not in str(get(api, "/api/v1/contacts/123").document)
        api.call("POST", "/api/v1/contacts/123/context", body)
