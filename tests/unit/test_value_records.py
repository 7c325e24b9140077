"""Both forms of the record of a value."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from benchmarks.capacity import item_size
from benchmarks.stage import TYPICAL, names
from shared.domain.accounts import Attribution
from shared.domain.definitions import VariableType
from shared.domain.sources import Source, key_fingerprint
from shared.domain.values import Assignment, Evidence, Subject
from shared.table.page_writes import new_pages
from shared.table.stream import to_change
from shared.table.value_items import to_values
from shared.table.value_records import decode_record, encode_record

AT = datetime(2024, 1, 1, 10, tzinfo=UTC)
MILLISECONDS = 1_704_103_200_000
FACTS = (MILLISECONDS + 2**47).to_bytes(6, "big") + b"\x01\x02\x03" + bytes.fromhex("0a0b0c0d")


def earlier(word: str = "text", value: str = "Gold"):
    return {"L": [{"S": "plan"}, {"S": value}, {"S": word}, {"N": str(MILLISECONDS)}]}


def record(kind: str = "at", facts: object = FACTS, value: str = "Gold"):
    return {"L": [{"S": "plan"}, {"S": value}, {"S": kind}, {"B": facts}]}


@pytest.mark.parametrize("variable_type", VariableType)
def test_an_earlier_record_has_the_source_of_an_api(variable_type: VariableType):
    found = decode_record(earlier(variable_type))
    assert (found.name, found.value, found.variable_type) == ("plan", "Gold", variable_type)
    assert (found.source, found.set_by, found.updated_at) == (Source.API, "", AT)
    assert found.version == str(MILLISECONDS)


@pytest.mark.parametrize(
    ("letter", "source"),
    [("a", "human"), ("k", "api"), ("u", "import"), ("v", "ai"), ("w", "system")],
)
def test_a_record_has_its_source_and_its_key(letter: str, source: str):
    found = decode_record(record(f"{letter}n"))
    assert (found.source, found.variable_type) == (Source(source), VariableType.NUMBER)
    assert (found.set_by, found.updated_at) == ("0a0b0c0d", AT)
    assert (found.confidence, found.has_evidence) == (None, False)


def test_a_record_has_its_confidence_and_its_evidence():
    found = decode_record(record("vte", FACTS + bytes([170])))
    assert (found.confidence, found.has_evidence) == (0.85, True)


def test_a_record_without_a_key_says_so():
    assert decode_record(record(facts=FACTS[:9] + bytes(4))).set_by == ""


def test_what_a_later_version_adds_is_ignored():
    longer = record("vtexyz", FACTS + bytes([170, 1, 2, 3]))
    longer["L"].append({"S": "something"})
    assert decode_record(longer).confidence == 0.85


def test_bytes_of_the_stream_are_read_too():
    """AWS Lambda passes binary attributes as Base64."""
    assert decode_record(record(facts=b64encode(FACTS).decode())) == decode_record(record())


def test_versions_differ_between_writes():
    other = FACTS[:8] + b"\xff" + FACTS[9:]
    versions = {decode_record(each).version for each in (earlier(), record(), record(facts=other))}
    assert len(versions) == 3


def test_a_page_may_have_both_forms():
    page = {"s0": earlier(), "s1": record("an", value="Silver")}
    first, second = to_values(page, {}, {})
    assert (first.slot, first.value, first.source) == (0, "Gold", Source.API)
    assert (second.slot, second.value, second.source) == (1, "Silver", Source.HUMAN)


def test_the_form_of_a_record_is_no_change_of_its_value():
    page = {"entity": {"S": "values"}, "writes": {"N": "2"}}
    page |= {"pk": {"S": "ACCOUNT#acme#CONTACT#1"}, "sk": {"S": "VALUES#000000"}}
    by = {"L": [{"N": "1"}, {"S": "klen"}, {"S": "key"}, {"S": "request"}, {"NULL": True}]}
    keys = {name: page[name] for name in ("pk", "sk")}
    old = {**page, "written_by": by, "s0": earlier(), "s1": earlier()}
    new = {**page, "written_by": {"L": [*by["L"], {"S": "a"}]}}
    new |= {"s0": record(), "s1": record(value="Silver")}
    images = {"Keys": keys, "OldImage": old, "NewImage": new}
    change = to_change({"eventName": "MODIFY", "dynamodb": images})
    assert [each.slot for each in change.changes] == [1]
    assert change.by.value_source is Source.HUMAN


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("variable_type", VariableType)
@pytest.mark.parametrize("key_id", ["", "key-1"])
@pytest.mark.parametrize("confidence", [None, 0, 0.5, 0.87, 1])
@pytest.mark.parametrize("evidence", [None, Evidence(quote="I want Gold")])
def test_what_is_written_is_read(
    source: Source,
    variable_type: VariableType,
    key_id: str,
    confidence: float | None,
    evidence: Evidence | None,
):
    assignment = Assignment(
        0, "plan", variable_type, "Gold", confidence=confidence, evidence=evidence
    )
    by = Attribution(AT, "klen", key_id, value_source=source)
    found = decode_record(encode_record(assignment, "Gold", by))
    assert (found.name, found.value, found.variable_type) == ("plan", "Gold", variable_type)
    assert (found.source, found.updated_at) == (source, AT)
    assert found.set_by == (key_fingerprint(key_id) if key_id else "")
    assert (found.confidence, found.has_evidence) == (confidence, evidence is not None)


def test_every_write_has_a_version_of_its_own():
    assignments = [Assignment(0, "plan", VariableType.TEXT, "Gold") for _ in range(100)]
    written = [encode_record(each, "Gold", Attribution(AT)) for each in assignments]
    assert len({decode_record(each).version for each in written}) == 100


@pytest.mark.parametrize(
    ("source", "own", "stored"),
    [
        (Source.HUMAN, None, Source.HUMAN),
        (Source.HUMAN, Source.AI, Source.AI),
        (Source.AI, Source.HUMAN, Source.AI),
        (Source.SYSTEM, Source.IMPORT, Source.IMPORT),
    ],
)
def test_the_weaker_source_is_stored(source: Source, own: Source | None, stored: Source):
    assignment = Assignment(0, "plan", VariableType.TEXT, "Gold", source=own)
    by = Attribution(AT, value_source=source)
    assert decode_record(encode_record(assignment, "Gold", by)).source is stored


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_a_page_of_typical_values_takes_two_write_units(confidence: float | None):
    """See the table of forms in decision 34; `benchmarks/capacity.py` has DynamoDB's rules."""
    typical = Attribution(
        AT, "chatcaptain", "0123456789abcdef", "JKJaXmPLvHcESHA=", value_source=Source.AI
    )
    assignments = [
        Assignment(
            slot,
            name,
            VariableType.TEXT,
            "fifteen letters",
            confidence=confidence,
            evidence=Evidence(quote="I want Gold") if confidence else None,
        )
        for slot, name in enumerate(names(32))
    ]
    for by in (TYPICAL, typical):
        page, *_ = new_pages("account-000", Subject.contact(123), assignments)[0].writes(by)
        update = page["Update"]
        item = {**update["Key"], "writes": {"N": "100"}} | {
            name[1:]: value for name, value in update["ExpressionAttributeValues"].items()
        }
        del item["one"]
        assert 1900 < item_size(item) < 2048
