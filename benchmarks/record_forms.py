"""Build a page of values in each form of their records.

A typical page has 32 values of 15 characters under names of 17, written by a generated key.
`benchmarks/values.py` writes the sizes to docs/benchmarks/values.md.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from benchmarks.capacity import Item
from benchmarks.stage import CONTACT_ID, LONG_AGO, VALUE, names
from shared.domain.accounts import Attribution
from shared.domain.definitions import VariableType
from shared.domain.sources import Source
from shared.domain.values import Assignment, Evidence, Subject
from shared.table import codec
from shared.table.page_writes import new_pages
from shared.table.value_records import encode_record

VALUES = 32

AGENT = Attribution(
    LONG_AGO, "chatcaptain", "0123456789abcdef", "JKJaXmPLvHcESHA=", value_source=Source.AI
)
"""Who writes the page: a generated key of an AI agent."""

Record: TypeAlias = Callable[[Assignment], dict[str, Any]]
"""Builds the attribute of a slot."""


def earlier_record(assignment: Assignment) -> dict[str, Any]:
    """Build a record of before sources, which `shared.table.value_records` still reads."""
    word = str(assignment.variable_type)
    milliseconds = codec.to_milliseconds(AGENT.at)
    return codec.encode((assignment.name, assignment.value, word, milliseconds))


def _current(**more: Any) -> Record:
    def record(assignment: Assignment) -> dict[str, Any]:
        with_more = Assignment(
            assignment.slot, assignment.name, assignment.variable_type, assignment.value, **more
        )
        return encode_record(with_more, assignment.value, AGENT)

    return record


FORMS: Mapping[str, Record] = {
    "before: name, value, type, time": earlier_record,
    "today: also version, source and key": _current(),
    "today, with a confidence for each": _current(confidence=0.9),
    "today, with confidence and evidence for each": _current(
        confidence=0.9, evidence=Evidence(quote="I want Gold")
    ),
}


def page_of(record: Record) -> Item:
    """Return the item of a page after its hundredth write, with records of a form."""
    assignments = [
        Assignment(slot, name, VariableType.TEXT, VALUE) for slot, name in enumerate(names(VALUES))
    ]
    write, *_ = new_pages("account-000", Subject.contact(CONTACT_ID), assignments)[0].writes(AGENT)
    update = write["Update"]
    values = update["ExpressionAttributeValues"]
    set_attributes = {name[1:]: value for name, value in values.items() if name != ":one"}
    slots = {f"s{each.slot}": record(each) for each in assignments}
    return {**update["Key"], "writes": {"N": "100"}, **set_attributes, **slots}
