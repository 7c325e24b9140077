"""The capacity units that the benchmarks compute follow DynamoDB's documented rules."""

import pytest

from benchmarks.capacity import (
    Index,
    get_units,
    item_size,
    query_units,
    transaction_units,
    value_size,
    write_units,
)

INDEX = Index.of(
    {
        "KeySchema": [{"AttributeName": "group"}, {"AttributeName": "rank"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]},
    },
    table_keys=["pk"],
)


def sized(size: int) -> dict[str, dict[str, str]]:
    """An item of that many bytes."""
    return {"pk": {"S": "x" * (size - 2)}}


def listed(**changed: str) -> dict[str, dict[str, str]]:
    """An item that the index holds."""
    plain = {"pk": "1", "group": "a", "rank": "b", "title": "c", "note": "d", **changed}
    return {name: {"S": text} for name, text in plain.items()}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"B": b"abc"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"N": "7"}, 2),
        ({"N": "1234"}, 3),
        ({"N": "12345"}, 4),
        ({"N": "1200000"}, 2),
        ({"N": "0.0012"}, 2),
        ({"N": "-1.5E+3"}, 2),
        ({"L": []}, 3),
        ({"L": [{"S": "abc"}, {"BOOL": False}]}, 3 + (1 + 3) + (1 + 1)),
        ({"M": {}}, 3),
        ({"M": {"ab": {"S": "abc"}}}, 3 + 1 + 2 + 3),
    ],
)
def test_value_has_its_documented_size(value: dict[str, object], size: int) -> None:
    assert value_size(value) == size


def test_kind_that_the_table_does_not_use_is_refused() -> None:
    with pytest.raises(ValueError, match="SS"):
        value_size({"SS": ["a"]})


def test_item_counts_names_and_values() -> None:
    assert item_size({"pk": {"S": "abc"}, "größe": {"N": "10"}}) == 2 + 3 + 7 + 2


@pytest.mark.parametrize(("size", "units"), [(100, 1), (4096, 1), (4097, 2), (8192, 2)])
def test_read_is_charged_per_4_kb_and_half_when_eventual(size: int, units: int) -> None:
    assert get_units(sized(size), consistent=True) == units
    assert get_units(sized(size), consistent=False) == units / 2


def test_missing_item_costs_the_least() -> None:
    assert get_units(None, consistent=True) == 1
    assert query_units([], consistent=False) == 0.5
    assert write_units(None, None) == 1


def test_query_adds_up_before_it_rounds() -> None:
    assert query_units([sized(1500), sized(1500), sized(1096)], consistent=True) == 1
    assert query_units([sized(1500), sized(1500), sized(1097)], consistent=True) == 2


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [(None, 1024, 1), (None, 1025, 2), (3000, 100, 3), (100, 3000, 3), (2048, None, 2)],
)
def test_write_is_charged_by_the_larger_of_before_and_after(
    before: int | None, after: int | None, units: int
) -> None:
    old, new = before and sized(before), after and sized(after)

    assert write_units(old or None, new or None) == units
    assert transaction_units(old or None, new or None) == 2 * units


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, listed(), 1),
        (listed(), None, 1),
        (listed(), listed(), 0),
        (listed(), listed(note="not in the index"), 0),
        (listed(), listed(title="another"), 1),
        (listed(), listed(title="x" * 1024), 2),
        (listed(), listed(rank="another"), 2),
        (None, sized(100), 0),
    ],
)
def test_index_is_charged_for_what_changes_in_it(before: object, after: object, units: int) -> None:
    assert INDEX.write_units(before, after) == units
