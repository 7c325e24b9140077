"""A function that is killed during a write of several transactions, and its client's retry."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Conversation
from shared.domain.definitions import VariableType
from shared.domain.values import Assignment, Evidence, Subject
from shared.table import keys, value_items
from tests.api import ROOT, Api
from tests.contract.test_policies import A_UUID
from tests.faults.conftest import INJECTED
from tests.faults.proxy import Exchange, Proxy, let_pass
from tests.faults.state import Start, flaws, forgotten_parts, told
from tests.fixtures import LONG_AGO, Fixtures

KEY = "vambe_0123456789"
CHATBOT_CONTACT = "/v1/chatbots/bot_1/contacts/external123"
VARIABLES = "/v1/chatbots/bot_1/contacts/variables/external123"
METADATA = f"/api/public/contact/{A_UUID}/update-metadata"
MANY_LARGE = {f"field_{number:03d}": f"{number:03d}" * 3000 for number in range(108)}
"""More large values and more definitions than one transaction can write."""

WRITES = ("DeleteItem", "PutItem", "TransactWriteItems")
"""The writes between which a process is killed."""


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    """Create an account with a key, a chatbot, a contact and a conversation."""
    fresh_table.account("acme")
    fresh_table.key(KEY, permissions=("*",))
    fresh_table.contact()
    fresh_table.contacts.add_conversation("acme", Conversation("conv_1", 123))
    return fresh_table


class Victim:
    """Runs a call in a process, and kills it after the n-th write."""

    def __init__(self, wire: Proxy, call: tuple[str, str, Any]) -> None:
        self._wire = wire
        self._call = call
        self.writes = 0

    def run(self, until: int | None = None) -> None:
        """Make the call. Kill the process after a write, before it gets the response."""
        self.writes = 0
        command = [sys.executable, "-P", "-m", "tests.faults.killed_call"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
        ) as process:

            def watch(exchange: Exchange) -> None:
                if exchange.operation not in WRITES:
                    let_pass(exchange)
                    return
                self.writes += 1
                if self.writes != until:
                    let_pass(exchange)
                    return
                exchange.forward()
                process.kill()
                exchange.outwait()

            self._wire.meddle(watch, lasting=True)
            method, path, document = self._call
            process.communicate(json.dumps([method, path, KEY, document]).encode(), timeout=60)
        assert (process.returncode == 0) == (until is None)
        self._wire.settle()


def steps(writes: int, request: pytest.FixtureRequest) -> list[int]:
    """Return the numbers of the writes at which the process is killed."""
    is_all = request.config.getoption("--faults") == "all"
    chosen = list(range(1, writes + 1)) if is_all else [2, writes - 1]
    request.node.user_properties.append((INJECTED, len(chosen)))
    return chosen


def metadata() -> dict[str, Any]:
    """Return the metadata of the contact in Vambe's API."""
    answer = Api(KEY).call("GET", f"/api/public/contact/{A_UUID}/info")
    assert answer.status == 200
    return answer.document["metadata"]


@pytest.mark.timeout(300)
def test_a_set_in_steps_that_dies_is_completed_by_sending_it_again(
    fixtures: Fixtures, wire: Proxy, request: pytest.FixtureRequest
):
    fixtures.value(fixtures.definition("kept"), "as it was")
    start, victim = Start(fixtures, wire), Victim(wire, ("POST", METADATA, MANY_LARGE))
    victim.run()
    writes = victim.writes
    assert writes >= 5
    done = told(fixtures.items())
    for step in steps(writes, request):
        start.rewind()
        victim.run(until=step)
        assert flaws(fixtures.items()) == []
        assert not forgotten_parts(fixtures.items())
        left = metadata()
        assert left.items() <= {**MANY_LARGE, "kept": "as it was"}.items()
        assert left["kept"] == "as it was"
        assert (left.keys() >= MANY_LARGE.keys()) == (step == writes)
        victim.run()
        assert told(fixtures.items()) == done
        assert flaws(fixtures.items()) == []


@pytest.mark.timeout(300)
def test_a_deletion_that_dies_is_completed_by_sending_it_again(
    fixtures: Fixtures, wire: Proxy, request: pytest.FixtureRequest
):
    for name, value in MANY_LARGE.items():
        fixtures.value(fixtures.definition(name), value)
    # More pages than one transaction can delete.
    spread = [Assignment(32 * page, f"v{page}", VariableType.TEXT, "x") for page in range(10, 110)]
    fixtures.variables.save(
        "acme", Subject.contact(123), spread, [], Attribution(LONG_AGO), several_transactions=True
    )
    topic = fixtures.definition("topic", context_type="conversation")
    assignment = Assignment(topic.slot, topic.name, topic.variable_type, "Billing")
    fixtures.variables.save(
        "acme", Subject.conversation("conv_1"), [assignment], [], Attribution(LONG_AGO)
    )
    start, victim = Start(fixtures, wire), Victim(wire, ("DELETE", CHATBOT_CONTACT, None))
    victim.run()
    writes = victim.writes
    assert writes >= 4
    done = told(fixtures.items())
    assert fixtures.contacts.find("acme", 123) is None
    for step in steps(writes, request):
        start.rewind()
        victim.run(until=step)
        assert flaws(fixtures.items()) == []
        assert (fixtures.contacts.find("acme", 123) is None) == (step == writes)
        victim.run()
        assert told(fixtures.items()) == done


@pytest.mark.timeout(300)
def test_removing_all_values_that_dies_leaves_no_evidence_without_its_value(
    fixtures: Fixtures, wire: Proxy, request: pytest.FixtureRequest
):
    """Nothing would find the evidence again: the next try sees no value that has any."""
    quoted = [
        Assignment(slot, f"v{slot}", VariableType.TEXT, "x", evidence=Evidence(quote="x it is"))
        for slot in range(320)
    ]
    fixtures.variables.save(
        "acme", Subject.contact(123), quoted, [], Attribution(LONG_AGO), several_transactions=True
    )
    assert len(with_evidence(fixtures)) == len(quoted)
    start, victim = Start(fixtures, wire), Victim(wire, ("DELETE", VARIABLES, None))
    victim.run()
    writes = victim.writes
    assert writes >= 4
    done = told(fixtures.items())
    for step in steps(writes, request):
        start.rewind()
        victim.run(until=step)
        assert evidence_slots(fixtures) == with_evidence(fixtures)
        victim.run()
        assert told(fixtures.items()) == done
        assert evidence_slots(fixtures) == set()


def with_evidence(fixtures: Fixtures) -> set[int]:
    """The slots of values that have evidence."""
    return {
        slot
        for item in fixtures.items()
        if item["entity"]["S"] == "values"
        for slot, record in value_items.stored_records(item).items()
        if record.has_evidence
    }


def evidence_slots(fixtures: Fixtures) -> set[int]:
    """The slots of stored evidence."""
    return {
        int(item["sk"]["S"].removeprefix(keys.EVIDENCE))
        for item in fixtures.items()
        if item["entity"]["S"] == "evidence"
    }
