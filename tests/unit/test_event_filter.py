"""Filters of event sources, as Lambda documents them."""

import pytest

from local.event_filter import passes, pattern_fault

RECORD = {
    "eventName": "MODIFY",
    "dynamodb": {"Keys": {"pk": {"S": "C#acme#1"}}, "NewImage": {"n": {"N": "5"}}},
    "body": {"amount": 12.5, "paid": True, "tags": ["vip", "new"], "note": None},
}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({"eventName": ["INSERT", "MODIFY"]}, True),
        ({"eventName": ["REMOVE"]}, False),
        ({"dynamodb": {"Keys": {"pk": {"S": ["C#acme#1"]}}}}, True),
        ({"dynamodb": {"OldImage": {"n": {"N": ["5"]}}}}, False),
        ({"eventName": ["MODIFY"], "body": {"paid": [False]}}, False),
        ({"body": {"amount": [12.5]}}, True),
        ({"body": {"paid": [1]}}, False),
        ({"body": {"paid": [True]}}, True),
        ({"body": {"note": [None]}}, True),
        ({"body": {"missing": [None]}}, False),
        ({"body": {"tags": ["new"]}}, True),
        ({"body": {"tags": ["old"]}}, False),
        ({"eventName": {"S": ["MODIFY"]}}, False),
    ],
)
def test_a_record_passes_what_fits_it(pattern: dict, fits: bool):
    assert pattern_fault(pattern) is None
    assert passes([pattern], RECORD) is fits


def test_one_of_several_patterns_is_enough_and_none_lets_all_through():
    assert passes([{"eventName": ["INSERT"]}, {"eventName": ["MODIFY"]}], RECORD)
    assert passes([], RECORD)


@pytest.mark.parametrize(
    "pattern",
    [
        ["MODIFY"],
        {"eventName": "MODIFY"},
        {"a": {"b": [{"prefix": "10."}]}},
        {"a": [{}]},
        {"$or": [{"a": [1]}]},
    ],
)
def test_a_pattern_that_is_not_known_is_told(pattern):
    assert pattern_fault(pattern)
