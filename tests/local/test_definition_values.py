"""`python -m local.admin definition`: values that have expired are removed, contacts counted."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from local import progress
from local.admin import main
from shared.domain.accounts import Account, Attribution
from shared.domain.changes import PageWrite
from shared.domain.contacts import Conversation
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import WriteConflict
from shared.domain.sources import Source
from shared.domain.values import BUSINESS, Assignment, Evidence, Subject
from shared.services.variables.assignments import make_assignment
from shared.table import keys, transactions
from shared.table.dynamo import Table
from shared.table.operations import MAX_WRITES
from shared.table.stream import to_change
from shared.table.value_counts import ValueCountTable
from tests.api import Api
from tests.fixtures import Fixtures

Capture = pytest.CaptureFixture[str]

ACME = ("--account", "acme")
LONG_AGO = Attribution(datetime.now(UTC) - timedelta(hours=2), value_source=Source.HUMAN)
NOW = Attribution(datetime.now(UTC))


@pytest.fixture
def code(fixtures: Fixtures) -> Definition:
    """Create a variable whose values expire after an hour, with expired values of two contacts."""
    fixtures.accounts.add(Account("acme"))
    made = fixtures.definition("code", expires_after_seconds=3600)
    other = fixtures.definition("city")
    for contact_id in (1, 2, 3):
        fixtures.contact(contact_id)
        put(fixtures, contact_id, make_assignment(other, "Paris"), LONG_AGO)
    put(fixtures, 1, make_assignment(made, "x" * 9000), LONG_AGO)
    expired = make_assignment(made, "1234")
    quoted = Assignment(
        expired.slot, "code", expired.variable_type, "1234", evidence=Evidence(quote="it is 1234")
    )
    put(fixtures, 2, quoted, LONG_AGO)
    put(fixtures, 3, make_assignment(made, "5678"), NOW)
    return made


def put(fixtures: Fixtures, contact_id: int, value: Assignment, by: Attribution) -> None:
    fixtures.variables.save("acme", Subject.contact(contact_id), [value], [], by)


def page(fixtures: Fixtures, contact_id: int) -> dict[str, Any]:
    key = keys.values_page("acme", Subject.contact(contact_id), 0)
    [item] = [each for each in fixtures.items() if (each["pk"]["S"], each["sk"]["S"]) == key]
    return item


def test_expired_values_of_contacts_are_removed_and_no_others(
    code: Definition, fixtures: Fixtures, capsys: Capture
):
    assert main(("definition", "sweep", *ACME)) == 0
    assert capsys.readouterr().out == "Removed 2 expired values of 3 contacts.\n"
    shown = {
        contact_id: sorted(name for name in page(fixtures, contact_id) if name[1:].isdigit())
        for contact_id in (1, 2, 3)
    }
    assert shown == {1: ["s1"], 2: ["s1"], 3: ["s0", "s1"]}
    assert not [each for each in fixtures.items() if each["entity"]["S"] == "evidence"]
    assert main(("definition", "sweep", *ACME)) == 0
    assert capsys.readouterr().out == "Removed 0 expired values of 3 contacts.\n"


def test_a_sweep_is_no_change_to_anyone(code: Definition, fixtures: Fixtures):
    before = page(fixtures, 2)
    assert main(("definition", "sweep", *ACME)) == 0
    after = page(fixtures, 2)
    record: Any = {
        "eventName": "MODIFY",
        "dynamodb": {
            "Keys": {"pk": after["pk"], "sk": after["sk"]},
            "OldImage": before,
            "NewImage": after,
        },
    }
    change = to_change(record)
    assert isinstance(change, PageWrite)
    assert change.changes == ()
    assert change.number == int(before["writes"]["N"]) + 1


def evidence(fixtures: Fixtures) -> list[Any]:
    return [each for each in fixtures.items() if each["entity"]["S"] == "evidence"]


def after_the_first_write(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """Make every write of a sweep its own, and call a function after the first of contact 2."""
    monkeypatch.setattr(transactions, "MAX_WRITES", 1)
    is_first, write = iter([True]), Table.write
    first = repr(keys.subject("acme", Subject.contact(2)).pk)

    def wrapped(table: Table, writes: Sequence[Any], *, once: bool = False) -> None:
        write(table, writes, once=once)
        if first in repr(writes) and next(is_first, False):
            monkeypatch.setattr(transactions, "MAX_WRITES", MAX_WRITES)
            then()

    monkeypatch.setattr(Table, "write", wrapped)


def test_a_killed_sweep_leaves_no_evidence_that_the_next_does_not_find(
    code: Definition, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    def kill() -> None:
        raise KeyboardInterrupt

    after_the_first_write(monkeypatch, kill)
    with pytest.raises(KeyboardInterrupt):
        main(("definition", "sweep", *ACME))
    assert main(("definition", "sweep", *ACME)) == 0
    assert "s0" not in page(fixtures, 2)
    assert evidence(fixtures) == []


def test_a_value_that_is_set_during_a_sweep_keeps_its_evidence(
    code: Definition, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    quote = Evidence(quote="it is 9999")
    new = replace(make_assignment(code, "9999"), evidence=quote)
    after_the_first_write(monkeypatch, lambda: put(fixtures, 2, new, NOW))
    assert main(("definition", "sweep", *ACME)) == 0
    assert "9999" in repr(page(fixtures, 2)["s0"])
    assert "it is 9999" in repr(evidence(fixtures))


def test_an_account_whose_values_stay_is_not_read(fixtures: Fixtures, capsys: Capture):
    fixtures.accounts.add(Account("acme"))
    fixtures.contact(1)
    assert main(("definition", "sweep", *ACME)) == 0
    assert capsys.readouterr().out == "Removed 0 expired values of 0 contacts.\n"


def test_a_contact_that_others_keep_writing_is_skipped_and_told(
    code: Definition, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    def conflict(*_: Any) -> None:
        raise WriteConflict

    monkeypatch.setattr("shared.table.expired_values.write_in_several_transactions", conflict)
    assert main(("definition", "sweep", *ACME)) == 2
    printed = capsys.readouterr()
    assert printed.out == "Removed 0 expired values of 3 contacts.\n"
    assert "2 of them were being written: run the command again." in printed.err


def test_contacts_with_a_value_are_counted(code: Definition, fixtures: Fixtures, capsys: Capture):
    assert main(("definition", "count", *ACME)) == 0
    printed = capsys.readouterr()
    rows = [each.split() for each in printed.out.splitlines()]
    assert rows == [
        ["NAME", "SUBJECT", "COUNT"],
        ["code", "contact", "1"],
        ["city", "contact", "3"],
    ]
    assert printed.err.startswith("Counted 3 contacts from 20")
    counts = ValueCountTable(Table(fixtures.client, fixtures.table_name))
    counted = counts.find("acme", ContextType.CONTACT, code.slot)
    assert counted is not None
    assert counted.subjects == 1
    fixtures.definition("newer")
    assert counts.find("acme", ContextType.CONTACT, 2) is None
    assert counts.find("acme", ContextType.CONVERSATION, code.slot) is None


@pytest.fixture
def elsewhere(fixtures: Fixtures) -> dict[ContextType, Definition]:
    """Variables whose values expire, on two conversations and the business; one has not expired.

    The contact of the second conversation was merged into another.
    """
    fixtures.accounts.add(Account("acme"))
    kinds = (ContextType.CONVERSATION, ContextType.BUSINESS)
    made = {
        each: fixtures.definition("code", context_type=each, expires_after_seconds=3600)
        for each in kinds
    }
    fixtures.key("native_1", permissions=("*",))
    for contact_id in (1, 2, 3):
        fixtures.contact(contact_id)
    for name, contact_id in (("call_1", 1), ("call_2", 3), ("call_3", 2)):
        fixtures.contacts.add_conversation("acme", Conversation(name, contact_id))
    old = replace(
        make_assignment(made[ContextType.CONVERSATION], "1234"), evidence=Evidence(quote="1234")
    )
    new = make_assignment(made[ContextType.CONVERSATION], "5678")
    for subject, value, by in (
        (Subject.conversation("call_1"), old, LONG_AGO),
        (Subject.conversation("call_2"), old, LONG_AGO),
        (Subject.conversation("call_3"), new, NOW),
        (BUSINESS, make_assignment(made[ContextType.BUSINESS], "9"), LONG_AGO),
    ):
        fixtures.variables.save("acme", subject, [value], [], by)
    merge = {"from": "contact_3"}
    assert Api("native_1").call("POST", "/v1/contacts/contact_1/merge", merge).status == 200
    return made


def test_expired_values_of_conversations_and_of_the_business_are_removed(
    elsewhere: dict[ContextType, Definition], fixtures: Fixtures, capsys: Capture
):
    assert main(("definition", "sweep", *ACME)) == 0
    printed = capsys.readouterr().out
    assert printed == "Removed 3 expired values of 3 conversations and the business.\n"
    pages = [each for each in fixtures.items() if each["entity"]["S"] == "values"]
    assert sum(1 for each in pages for name in each if name == "s0") == 1
    assert evidence(fixtures) == []
    assert main(("definition", "sweep", *ACME)) == 0
    assert capsys.readouterr().out.startswith("Removed 0 expired values of 3 conversations")


def test_conversations_and_the_business_with_a_value_are_counted(
    elsewhere: dict[ContextType, Definition], fixtures: Fixtures, capsys: Capture
):
    made = elsewhere[ContextType.BUSINESS]
    fixtures.variables.save("acme", BUSINESS, [make_assignment(made, "10")], [], NOW)
    assert main(("definition", "count", *ACME)) == 0
    printed = capsys.readouterr()
    rows = sorted(each.split() for each in printed.out.splitlines()[1:])
    assert rows == [["code", "business", "1"], ["code", "conversation", "1"]]
    assert printed.err.startswith("Counted 3 conversations and the business from 20")
    counts = ValueCountTable(Table(fixtures.client, fixtures.table_name))
    for each, definition in elsewhere.items():
        counted = counts.find("acme", each, definition.slot)
        assert counted is not None
        assert counted.subjects == 1


@pytest.mark.parametrize("command", ["sweep", "count"])
def test_a_command_that_takes_longer_than_two_seconds_tells_how_far_it_is(
    command: str, code: Definition, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    clock = count()
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    assert main(("definition", command, *ACME)) == 0
    lines = [each for each in capsys.readouterr().err.splitlines() if " contacts" in each]
    assert "2 contacts" in lines[0]
    assert len(lines) < 3


@pytest.mark.parametrize("command", ["sweep", "count"])
def test_an_account_that_is_not_there_is_told(command: str, fixtures: Fixtures, capsys: Capture):
    assert main(("definition", command, *ACME)) == 2
    assert "acme" in capsys.readouterr().err
