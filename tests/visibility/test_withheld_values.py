"""A value that is withheld, and everything that a weaker key can get: it has the name at most."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts import ApiKey
from shared.domain.definitions import Definition
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.values import STRICT
from shared.services.variables.values import set_business_variables, set_contact_variables
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import Fixtures
from tests.triggers.test_queue_webhooks import take
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
    """Restricted variables of a contact and of the business, with values."""
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


def test_an_operation_does_not_tell_the_value(fixtures: Fixtures, made: dict[str, Definition]):
    api, _ = weaker_api(fixtures, "without clearance")
    for op in ("append", "set_once", "fill_if_empty", "remove"):
        body = {"operations": [{"op": op, "variable": "salary", "value": "more"}]}
        answer = api.call("POST", f"{NATIVE}/variables/operations", body)
        assert answer.status == 200
        assert SECRET not in str(answer.document)


def test_activity_events_and_webhooks_have_their_state(
    changes: Changes, queued: Queue, fixtures: Fixtures, made: dict[str, Definition]
):
    fixtures.webhook("wh_key")
    fixtures.webhook("wh_account", key=None)
    assert changes.take() == []
    told = [event for event in changes.heard() if event["type"] == "contact.context.updated"]
    assert secret("salary") not in str(told)
    assert secret("birthday") in str(told)
    assert {"withheld": "sensitivity"} in [each["new"] for each in told[0]["changes"]]
    assert take(*told) == []
    orders = queued.orders()
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
    changes.take()
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
