"""Resolves while storage fails, or while data that they need changes or is deleted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from shared.domain.accounts import Attribution, Caller
from shared.domain.calls import VariableState
from shared.domain.contacts import Identifier, IdentifierKind, PhoneNumber
from shared.domain.deadlines import Deadline, within
from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.resolutions import UnknownReason, WantedCall
from shared.services.agents import resolving
from shared.table.caller_reads import CallerTable
from shared.table.calls import CallTable
from shared.wiring.resolving import resolver
from tests.api import Answer, Api
from tests.fixtures import LONG_AGO, Fixtures

PHONE = "+15550100"
OTHER = "+15550101"
KEY_OF_PHONE = Identifier(IdentifierKind.PHONE, PHONE)


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of an account with two known callers and an agent."""
    level = fixtures.definition("level")
    for contact_id, phone in ((7, PHONE), (8, OTHER)):
        fixtures.contact(contact_id, phone_numbers=(PhoneNumber(1, phone),))
        fixtures.value(level, f"Gold {contact_id}", contact_id)
    fixtures.agent("agent_1", "level", deadline_ms=10_000)
    return native


def resolve(api: Api, call_id: str | None = None, **contact: str) -> Answer:
    body = {"agent": "agent_1", "contact": contact or {"phone": PHONE}}
    return api.call("POST", "/v1/resolve", body | ({"call_id": call_id} if call_id else {}))


@pytest.mark.parametrize("error", [Unavailable(), WriteConflict()])
def test_a_call_is_answered_although_its_answer_cannot_be_kept(
    error: Exception,
    api: Api,
    fixtures: Fixtures,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(CallTable, "pin", fail)
    before = fixtures.items()
    answer = resolve(api, "CA1")
    assert (answer.status, answer.document["variables"]) == (200, {"level": "Gold 7"})
    (told,) = [
        vars(each)["facts"] for each in caplog.records if "step" in getattr(each, "facts", {})
    ]
    assert (told["step"], told["cause"]) == ("pin_call", type(error).__name__)
    assert fixtures.items() == before


def test_a_caller_of_a_batch_who_cannot_be_found_costs_no_other_its_values(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    find = CallerTable.contact_ids

    def fail_for_one(table: CallerTable, account_id: str, wanted: Identifier) -> list[int]:
        if wanted == KEY_OF_PHONE:
            raise Unavailable
        return find(table, account_id, wanted)

    monkeypatch.setattr(CallerTable, "contact_ids", fail_for_one)
    body = {"agent": "agent_1", "contacts": [{"phone": PHONE}, {"phone": OTHER}]}
    answer = api.call("POST", "/v1/resolve/batch", body)
    assert answer.status == 200
    failed, found = answer.document["data"]
    assert failed["contact"]["reason"] == "unavailable"
    assert (failed["variables"], failed["states"]["level"]["state"]) == (
        {"level": None},
        "unavailable",
    )
    assert (found["variables"], found["states"]["level"]["state"]) == ({"level": "Gold 8"}, "set")


def test_callers_of_a_batch_whose_values_come_after_the_deadline_get_fallbacks(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    find, deadline, is_over = resolving.find_compiled, Deadline(60), Event()

    def find_in_time(*arguments: Any) -> Any:
        compiled = find(*arguments)
        deadline.move(0)
        return compiled

    monkeypatch.setattr(resolving, "find_compiled", find_in_time)
    monkeypatch.setattr(CallerTable, "contact_ids", lambda *_: [7] if is_over.wait(30) else [])
    caller = Caller("acme", "a-key", datetime.now(UTC))
    wanted = [WantedCall("agent_1", identifier=KEY_OF_PHONE, deadline_ms=60_000)] * 2
    with within(deadline):
        answers = resolving.resolve_batch(resolver(), caller, wanted)
    is_over.set()
    assert [each.caller.reason for each in answers] == [UnknownReason.UNAVAILABLE] * 2
    states = [each.resolution.variables[0].state for each in answers]
    assert states == [VariableState.UNAVAILABLE] * 2


def test_without_a_deadline_a_caller_is_answered_all_the_same(api: Api):
    caller = Caller("acme", "a-key", datetime.now(UTC))
    wanted = WantedCall("agent_1", identifier=KEY_OF_PHONE)
    answer = resolving.resolve(resolver(), caller, wanted).resolution
    assert {each.name: each.value for each in answer.variables} == {"level": "Gold 7"}


def test_a_number_that_moves_to_nobody_while_it_is_looked_up_finds_nobody(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    find = CallerTable.contact_ids

    def find_before_a_change(table: CallerTable, account_id: str, wanted: Identifier) -> Any:
        found: Sequence[int] = find(table, account_id, wanted)
        before = fixtures.contacts.find("acme", 7)
        assert before is not None
        after = replace(before, phone_numbers=(), version=before.version + 1)
        fixtures.contacts.replace("acme", before, after, Attribution(LONG_AGO), [], [])
        return found

    monkeypatch.setattr(CallerTable, "contact_ids", find_before_a_change)
    found = resolve(api).document
    assert (found["contact"]["id"], found["contact"]["reason"]) == (None, "no_match")
    assert found["variables"] == {"level": None}


def test_an_address_that_is_too_long_for_any_contact_finds_nobody(api: Api):
    # Case folding makes three letters of this one, and six bytes of two.
    found = resolve(api, email="\u0390" * 100)
    assert (found.status, found.document["contact"]["reason"]) == (200, "no_match")


def test_a_default_of_another_type_is_answered_as_it_is(api: Api, fixtures: Fixtures):
    fixtures.definition("visits", "number", default_value="many")
    fixtures.agent("agent_2", "visits", deadline_ms=10_000)
    body = {"agent": "agent_2", "contact": {"phone": PHONE}}
    found = api.call("POST", "/v1/resolve", body).document
    assert (found["variables"], found["states"]["visits"]["state"]) == (
        {"visits": "many"},
        "default",
    )


def test_a_message_says_true_and_false_as_json_does(api: Api, fixtures: Fixtures):
    definition = fixtures.definition("is_vip", "boolean")
    fixtures.value(definition, True, 7)
    fixtures.agent("agent_2", "is_vip", first_message="VIP: {{is_vip}}", deadline_ms=10_000)
    body = {"agent": "agent_2", "contact": {"phone": PHONE}}
    assert api.call("POST", "/v1/resolve", body).document["first_message"] == "VIP: true"


def test_a_retry_of_a_call_does_not_get_a_value_that_has_expired_since(
    api: Api, fixtures: Fixtures
):
    assert resolve(api, "CA1").document["variables"] == {"level": "Gold 7"}
    (level,) = [each for each in fixtures.definitions.list("acme") if each.name == "level"]
    body = {"expires_after": 60}
    assert api.call("PATCH", f"/v1/definitions/{level.external_id}", body).status == 200
    again = resolve(api, "CA1").document
    assert (again["variables"], again["states"]["level"]["state"]) == ({"level": None}, "unset")


def test_a_call_of_nobody_is_shown(api: Api):
    call = resolve(api, "CA1", phone="anonymous").document["call"]
    shown = api.call("GET", f"/v1/calls/{call}").document
    assert (shown["contact"]["id"], shown["contact"]["reason"]) == (None, "withheld")
    assert shown["variables"] == {"level": None}


def test_assurance_releases_nothing_of_an_agent_that_was_deleted(api: Api, fixtures: Fixtures):
    fixtures.call("call_1", "level", 7, VariableState.WITHHELD)
    agent = fixtures.agents.find("acme", "agent_1")
    assert agent is not None
    fixtures.agents.delete("acme", agent)
    proved = api.call("POST", "/v1/calls/call_1/assurance", {"assurance": "otp"})
    assert (proved.status, proved.document["released"]) == (200, {})
    assert proved.document["assurance"] == "otp"
