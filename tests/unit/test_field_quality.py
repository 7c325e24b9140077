"""Field processing on the labeled set of the benchmarks: what it finds is right."""

import pytest

from benchmarks.field_quality import (
    Score,
    keys_left_alone,
    labeled_set,
    score_keys,
    score_texts,
    score_values,
)

FLOORS = {
    # rule or type: precision, recall
    "exact": (1.0, 1.0),
    "snake_case": (1.0, 1.0),
    "display_name": (1.0, 1.0),
    "alias": (1.0, 1.0),
    "similarity": (0.95, 0.8),
    "number": (1.0, 0.85),
    "boolean": (1.0, 0.9),
    "date": (1.0, 0.9),
    "select": (1.0, 0.8),
    "extraction": (1.0, 0.85),
}
SCORES = {each.name: each for each in (*score_keys(), *score_values(), score_texts())}


@pytest.mark.parametrize("name", FLOORS)
def test_a_rule_is_as_right_as_it_was(name: str):
    score: Score = SCORES[name]
    precision, recall = FLOORS[name]
    assert score.labeled >= 10
    assert score.precision >= precision
    assert score.recall >= recall


def test_a_key_that_means_no_field_is_left_alone():
    alone, count = keys_left_alone()
    assert count >= 50
    assert count - alone <= 1


def test_the_set_is_large_enough_to_tell():
    labeled = labeled_set()
    assert len(labeled["keys"]) >= 200
    assert len(labeled["values"]) >= 150
    keys = [row["key"] for row in labeled["keys"]]
    assert len(set(keys)) == len(keys)
    known = {each["name"] for each in labeled["definitions"]}
    assert {row["means"] for row in labeled["keys"]} - {None} <= known
    assert {name for row in labeled["texts"] for name in row["says"]} <= known
