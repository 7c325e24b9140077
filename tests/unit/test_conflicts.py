"""Writes that conflict are tried again, and fail with the conflict as the cause."""

import pytest

from shared.domain.errors import Unavailable, WriteConflict
from shared.services import conflicts


def test_the_last_conflict_is_the_cause_of_the_failure(monkeypatch: pytest.MonkeyPatch):
    """The log has the cause, which distinguishes a contended item from an outage."""
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0, 0.0))
    raised: list[WriteConflict] = []

    def attempt() -> None:
        raised.append(WriteConflict())
        raise raised[-1]

    with pytest.raises(Unavailable) as failed:
        conflicts.retry_on_conflict(attempt)
    assert len(raised) == 2
    assert failed.value.__cause__ is raised[-1]
