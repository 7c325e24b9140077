"""Entity tags and conditions on them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.definitions import VariableType
from shared.domain.entity_tags import VersionCondition, tag_of, version_of_all
from shared.domain.sources import Source
from shared.domain.values import StoredValue

VALUE = StoredValue(
    0, "level", "Gold", VariableType.TEXT, datetime(2026, 11, 22, tzinfo=UTC), version="v1"
)


def test_a_tag_begins_with_the_version():
    assert str(tag_of(VALUE)).startswith('"v1.')


@pytest.mark.parametrize(
    "change",
    [
        {"value": "Silver"},
        {"name": "tier"},
        {"source": Source.HUMAN},
        {"set_by": "0f3b1c2d"},
        {"confidence": 0.5},
        {"has_evidence": True},
        {"version": "v2"},
    ],
)
def test_a_tag_changes_with_everything_that_is_seen(change: dict[str, object]):
    assert tag_of(replace(VALUE, **change)) != tag_of(VALUE)


def test_the_version_of_a_set_changes_with_each_version_and_each_slot():
    other = replace(VALUE, slot=1)
    versions = [
        version_of_all(values)
        for values in (
            [],
            [VALUE],
            [other],
            [VALUE, other],
            [VALUE, replace(other, version="v2")],
        )
    ]
    assert len({*versions}) == len(versions)
    assert version_of_all([replace(VALUE, value="Silver")]) == versions[1]


@pytest.mark.parametrize(
    ("versions", "version", "holds"),
    [
        (None, "v1", True),
        (None, None, False),
        (frozenset({"v1", "v2"}), "v1", True),
        (frozenset({"v2"}), "v1", False),
        (frozenset(), "v1", False),
        (frozenset({"v1"}), None, False),
    ],
)
def test_a_condition(versions: frozenset[str] | None, version: str | None, holds: bool):
    assert VersionCondition(versions).holds_for(version) is holds
