"""Inject every fault into every request of every endpoint: its response must stay true.

Each call of a function is made once without a fault, for its response and its items. Then it is
repeated from the same start, each time with one fault at one request, once or lasting, and at last
once more without a fault, as its client would retry.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests.api import Answer, Api, dialect_of, is_told_in_band
from tests.contract.test_policies import CALLS, send, stage
from tests.faults.conftest import INJECTED
from tests.faults.kinds import KINDS
from tests.faults.proxy import WRITES, Proxy
from tests.faults.state import Start, comparable, told
from tests.fixtures import Fixtures

Call = tuple[str, str, Any]
TIMELY = {"NativeResolveVariables", "NativeGetResolution", "NativeResolveBatch"}
"""Functions that respond with fallbacks when storage fails. `test_deadlines` tests them."""

CASES = [
    (logical_id, number)
    for logical_id, calls in CALLS.items()
    if dialect_of(logical_id) not in ("docs", "hooks") and logical_id not in TIMELY
    for number in range(len(calls))
]
DRAWN_PER_CALL = 4

MAKES_ANOTHER = {
    *("KlenCreateContact", "ChatcaptainCreateContact"),
    *("NativeCreateWebhook", "VambeCreateWebhook", "NativeTestWebhook"),
    *("NativeCreateImport", "NativeCreateAgent", "NativeCreateHook", "NativeRotateHook"),
    *("NativeApplyContactOperations", "NativeApplyBusinessOperations"),
    *("NativeCreateContact", "NativeCreateConversation"),
}
"""Functions that create another item when a request is sent again."""

IN_STEPS = {
    *("VambeCreateTags", "ChatcaptainDeleteContact", "NativeDeleteContact"),
    *("NativeDeleteConversation", "NativeAddContactTag"),
}
"""What is written in several steps, of which a failure may leave the first; sent again it goes on.

Tags are made before the contact has them; conversations are deleted before their contact is.
"""


REFUSED_AGAIN = {
    "KlenCreateDefinition": 400,
    "KlenDeleteDefinition": 404,
    "ChatcaptainCreateVariable": 400,
    "ChatcaptainDeleteVariable": 200,
    "ChatcaptainDeleteContact": 200,
    "SetterSendMessage": 429,
    "NativeDeleteContactVariable 0": 404,
    "NativeDeleteBusinessVariable 0": 404,
    "NativeAcceptSuggestion": 409,
    "NativeRejectSuggestion": 409,
    "NativeDeleteWebhook": 404,
    "NativeDeleteAgent": 404,
    "NativeDeleteHook": 404,
    "NativeRedeliverWebhookDelivery": 409,
    "VambeDeleteWebhook": 404,
    "NativeDeleteContact": 404,
    "NativeMergeContacts": 409,
    "NativeDeleteConversation": 404,
    "NativeCreateDefinition": 409,
    "NativeDeleteDefinition": 404,
}
"""What is told, and with which status, that what it asks for is done already.

With a number it is that call of the function alone.
"""


CHANGED_AGAIN = {"NativeUpsertContact 6": 200}
"""What creates a thing at first and changes it when sent again, with the status of that."""


@dataclass(frozen=True)
class Outcome:
    """The response of a call, and the items after it."""

    answer: Answer
    state: Counter[str]

    @property
    def said(self) -> tuple[int, str]:
        """The response without what differs in each run."""
        return self.answer.status, comparable(repr(self.answer.document))

    @property
    def verdict(self) -> tuple[int, bool]:
        """The status, and whether the body is an error. Counts may differ after a partial write."""
        return self.answer.status, is_told_in_band(self.answer)


@dataclass(frozen=True)
class Case:
    """A fault at one request of a call, once or lasting."""

    kind: str
    at: int
    lasting: bool


class Rehearsal:
    """A call that is repeated from the same start."""

    def __init__(self, fixtures: Fixtures, wire: Proxy, call: Call) -> None:
        self._wire = wire
        self._call = call
        self.start = Start(fixtures, wire)
        self.done = self.make()
        assert told(fixtures.items()) == self.done.state
        self.operations = self._wire.operations
        self.done_again = self.make()

    def make(self, case: Case | None = None) -> Outcome:
        """Make the call, with or without a fault."""
        self._wire.meddle()
        if case:
            self._wire.meddle(KINDS[case.kind].fault, at=case.at, lasting=case.lasting)
        answer = send(*self._call)
        self._wire.settle()
        return Outcome(answer, self.start.told())

    def cases(self) -> list[Case]:
        """Yield every fault at every request that it can affect."""
        return [
            Case(kind, at, lasting)
            for at, operation in enumerate(self.operations)
            for kind in KINDS
            if KINDS[kind].meets(operation)
            for lasting in (False, True)
        ]


def has_failed(answer: Answer) -> bool:
    """Return whether a response, or an item of a batch response, reports a failed service."""
    results = answer.document.get("results") if isinstance(answer.document, dict) else None
    items = results if isinstance(results, list) else []
    return answer.status == 500 or any(each["status"] == 500 for each in items)


def difference(found: Counter[str], expected: Counter[str]) -> str:
    """Return the additional and the missing lines."""
    return f"{sorted(found - expected)}, without {sorted(expected - found)}"


def drawn(rehearsal: Rehearsal, seed: str) -> list[Case]:
    """Return a fixed sample of the cases, including a lost response."""
    writes = [at for at, operation in enumerate(rehearsal.operations) if operation in WRITES]
    lost = [Case("reset after", max(writes), lasting=True)] if writes else []
    return lost + Random(seed).sample(rehearsal.cases(), DRAWN_PER_CALL - len(lost))


def faults_of(rehearsal: Rehearsal, case: Case, logical_id: str) -> Iterator[str]:
    """Yield what is wrong after a call with a fault, and after its retry."""
    kind = KINDS[case.kind]
    rehearsal.start.rewind()
    met = rehearsal.make(case)
    if has_failed(met.answer):
        if kind.heals and not case.lasting:
            yield "a fault that passes was not survived"
        known = [rehearsal.start.before]
        if kind.loses_answers or case.at:
            known.append(rehearsal.done.state)
        if met.state not in known and logical_id not in IN_STEPS:
            yield f"half of it was done: {difference(met.state, rehearsal.start.before)}"
    elif met.said != rehearsal.done.said:
        yield f"it answered {met.answer}"
    elif met.state != rehearsal.done.state:
        yield f"it answered with success, and left {difference(met.state, rehearsal.done.state)}"
    sent_again = rehearsal.make()
    as_done = met.state == rehearsal.done.state and met.state != rehearsal.start.before
    expected = rehearsal.done_again if as_done else rehearsal.done
    if sent_again.verdict != expected.verdict:
        yield f"sent again, it answered {sent_again.answer}"
    if sent_again.state != expected.state:
        yield f"sent again, it left {difference(sent_again.state, expected.state)}"


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("logical_id", "number"), CASES)
def test_what_is_answered_holds_whatever_happens_on_the_wire(
    logical_id: str,
    number: int,
    everything: Fixtures,
    api: Api,
    fixtures: Fixtures,
    wire: Proxy,
    request: pytest.FixtureRequest,
):
    calls = stage(logical_id, fixtures)
    for each in calls[:number]:
        assert send(*each).status in (200, 201, 202)
    rehearsal = Rehearsal(fixtures, wire, calls[number])
    assert rehearsal.done.answer.status in (200, 201, 202)
    assert not is_told_in_band(rehearsal.done.answer)
    refused = REFUSED_AGAIN.get(logical_id, REFUSED_AGAIN.get(f"{logical_id} {number}"))
    refused_again = refused is not None
    changed = CHANGED_AGAIN.get(f"{logical_id} {number}")
    status = refused or changed or rehearsal.done.answer.status
    assert rehearsal.done_again.verdict == (status, refused_again)
    if logical_id not in MAKES_ANOTHER:
        assert rehearsal.done_again.state == rehearsal.done.state
    draws_all = request.config.getoption("--faults") == "all"
    cases = rehearsal.cases() if draws_all else drawn(rehearsal, f"{logical_id} {number}")
    request.node.user_properties.append((INJECTED, len(cases)))
    found = [(case, fault) for case in cases for fault in faults_of(rehearsal, case, logical_id)]
    assert not found, "\n".join(f"{case}: {fault}" for case, fault in found)
