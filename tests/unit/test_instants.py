"""Instants as APIs show them."""

from datetime import UTC, datetime

import pytest

from shared.validation.instants import to_the_millisecond, to_the_second


@pytest.mark.parametrize(
    ("at", "seconds", "milliseconds"),
    [
        (
            datetime(2025, 9, 29, 7, 8, tzinfo=UTC),
            "2025-09-29T07:08:00Z",
            "2025-09-29T07:08:00.000Z",
        ),
        (
            datetime(2025, 9, 29, 7, 8, 9, 123_999, tzinfo=UTC),
            "2025-09-29T07:08:09Z",
            "2025-09-29T07:08:09.123Z",
        ),
        (datetime(987, 1, 1, tzinfo=UTC), "0987-01-01T00:00:00Z", "0987-01-01T00:00:00.000Z"),
    ],
    ids=str,
)
def test_the_rest_of_a_fraction_is_left_out(at: datetime, seconds: str, milliseconds: str):
    assert to_the_second(at) == seconds
    assert to_the_millisecond(at) == milliseconds
