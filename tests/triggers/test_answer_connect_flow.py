"""Amazon Connect invokes a function with the token of a hook, and always gets a flat map."""

from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind, PhoneNumber
from shared.gateway import timely_endpoint
from shared.services.agents.hook_tokens import hash_token, new_token
from tests.api import TEMPLATE
from tests.fixtures import HOOK_TOKEN, Fixtures
from tests.permissions import Recorder, allowed_actions
from tests.triggers.queue import Context, trigger

FUNCTION = "TriggerAnswerConnectFlow"
PHONE = "+15550100"
NEW = "+15550199"
TOKEN = f"h.mfrw2zi.amazon_connect.hook_1.{'12345678' * 6}"
NO_VARIABLES = {"complete": "false"}


@pytest.fixture(autouse=True)
def account(fixtures: Fixtures) -> None:
    """Create an account with a known caller, an agent, and a hook of the platform."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.value(fixtures.definition("visits", "number"), 3, 7)
    fixtures.definition("city", default_value="Lima")
    fixtures.agent("agent_1", "level", "visits", "city", deadline_ms=10_000)
    fixtures.hook(platform="amazon_connect", token_hash=hash_token(TOKEN))


def flow(token: Any = TOKEN, number: str | None = PHONE, contact_id: str = "c-1") -> dict[str, Any]:
    """Build an event of a flow."""
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "ContactId": contact_id,
                "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": {"context_hook": token},
        },
    }


def test_the_flow_gets_every_variable_as_text():
    answer = trigger(FUNCTION, flow(), Context())

    assert answer.pop("context_call").startswith("call_")
    assert answer == {"level": "Gold", "visits": "3", "city": "Lima", "complete": "true"}


def test_a_retry_gets_the_first_answer_and_creates_the_caller_once(fixtures: Fixtures):
    first = trigger(FUNCTION, flow(number=NEW), Context())
    assert trigger(FUNCTION, flow(number=NEW), Context()) == first
    assert first["city"] == "Lima"
    assert len(fixtures.ids_with(Identifier(IdentifierKind.PHONE, NEW))) == 1


def test_the_function_uses_all_that_its_policy_allows(fixtures: Fixtures):
    fixtures.value(fixtures.definition("story"), "x" * 9000, 7)
    fixtures.agent("agent_2", "story", deadline_ms=10_000)
    token = new_token("acme", "amazon_connect", "hook_2")
    fixtures.hook(
        "hook_2", agent_id="agent_2", platform="amazon_connect", token_hash=hash_token(token)
    )
    with Recorder() as recorder:
        assert trigger(FUNCTION, flow(token), Context())["story"].startswith("xxx")
        trigger(FUNCTION, flow(token, NEW, "c-2"), Context())
    assert recorder.actions == allowed_actions(TEMPLATE.read_text(), FUNCTION)


@pytest.mark.parametrize(
    "token",
    [
        *("", None, 7, ["x"], "x", "h." + "a" * 500),
        TOKEN[:-1] + "0",
        TOKEN.replace("hook_1", "hook_9"),
        # The token of a hook of another platform.
        HOOK_TOKEN,
        TOKEN.replace("amazon_connect", "lex_v2"),
    ],
)
def test_a_token_that_opens_nothing_gets_no_variables_and_a_line_in_the_log(
    token: Any, fixtures: Fixtures, caplog: pytest.LogCaptureFixture
):
    before = fixtures.items()
    assert trigger(FUNCTION, flow(token, NEW), Context()) == NO_VARIABLES
    assert fixtures.items() == before
    (line,) = [vars(each)["facts"] for each in caplog.records if each.msg == "rejected"]
    assert (line["problem"], line["platform"]) == ("token", "amazon_connect")
    assert str(token) not in str(line) or not token


ODD: list[Any] = [None, [], "x", 7, {}, {"Details": None}, {"Details": {"Parameters": "x"}}]


@pytest.mark.parametrize("event", ODD, ids=str)
def test_whatever_invokes_it_gets_an_answer(event: Any):
    assert trigger(FUNCTION, event, None) == NO_VARIABLES


@pytest.mark.parametrize(
    "data", [None, [], "x", {"ContactId": {}, "CustomerEndpoint": []}], ids=str
)
def test_an_event_that_cannot_be_read_is_a_call_of_an_unknown_caller(data: Any):
    event = {"Details": {"ContactData": data, "Parameters": {"context_hook": TOKEN}}}
    answer = trigger(FUNCTION, event, Context())
    assert answer == {"level": "", "visits": "", "city": "Lima", "complete": "true"}


def test_the_token_is_in_no_log(capsys: pytest.CaptureFixture[str]):
    trigger(FUNCTION, flow(), Context())
    trigger(FUNCTION, flow(TOKEN[:-4] + "0000"), Context())
    assert TOKEN[:-4] not in capsys.readouterr().out


def test_an_agent_that_may_wait_longer_than_the_platform_is_answered_before(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    seen: list[float] = []

    class Observed(timely_endpoint.Deadline):
        def wait(self) -> Any:
            waited = super().wait()
            seen.append(self._ends - self._started)
            return waited

    monkeypatch.setattr(timely_endpoint, "Deadline", Observed)
    trigger(FUNCTION, flow(), Context())
    assert 7 < seen[0] <= 7.5
