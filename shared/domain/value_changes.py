"""Changes of values that depend on what is stored, or that must be applied once."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from shared.domain.entity_tags import VersionCondition
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass
from shared.domain.suggestions import Suggestion
from shared.domain.values import Assignment, StoredValue


class OperationKind(StrEnum):
    """What an operation does with the stored value."""

    INCREMENT = "increment"
    APPEND = "append"
    REMOVE = "remove"
    SET_ONCE = "set_once"
    FILL_IF_EMPTY = "fill_if_empty"


BLIND_OPERATIONS = frozenset({OperationKind.SET_ONCE, OperationKind.FILL_IF_EMPTY})
"""The operations whose outcomes do not depend on the stored value, only on whether there is one."""


class Operation(NamedTuple):
    """An operation on the value of a variable.

    Attributes:
        operand: What is added, appended, removed or set.
    """

    kind: OperationKind
    variable: str
    operand: JsonValue


class Outcome(StrEnum):
    """What became of a change."""

    SET = "set"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What became of the change of one variable.

    Attributes:
        version: The version of the value now. None if it has none.
        suggestion_id: The suggestion that the change became.
        value: The value that an operation has set, as JSON has it. Not kept for replays.
    """

    outcome: Outcome
    version: str | None = None
    suggestion_id: str | None = None
    value: JsonValue = None


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The idempotency key of a request.

    Attributes:
        digest: The digest of the key that the client chose.
        fingerprint: The digest of the request. A key belongs to one request.
    """

    digest: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RequestTerms:
    """The terms of a request.

    Attributes:
        condition: What the stored version must be. None for no condition.
        key: The idempotency key. None if the client sent none.
    """

    condition: VersionCondition | None = None
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """That a request was processed, and its results by variable, without values.

    Attributes:
        resource: The id of what the request has created or changed. Empty for variables alone.
        is_new: Whether the request has created it.
    """

    key_id: str
    key: IdempotencyKey
    results: Mapping[str, ChangeResult]
    processed_at: datetime
    expires_at: datetime
    resource: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class ChangedVariables:
    """The results of a request by variable, and whether an earlier request had them."""

    results: Mapping[str, ChangeResult]
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class ValuesSnapshot:
    """Values of a subject as they were read, for a write that depends on them.

    Attributes:
        values: The values, with current names if the snapshot is of all pages.
        writes: The number of writes of each page that was read. Pages that do not exist are absent.
    """

    values: Sequence[StoredValue] = ()
    writes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteGuard:
    """What a write of values requires, and what is stored with it.

    Attributes:
        snapshot: Nothing has been written to its pages since. Pages of the write that it lacks
            must not exist. None for no requirement.
        record: The idempotency record, which must not exist yet.
    """

    snapshot: ValuesSnapshot | None = None
    record: IdempotencyRecord | None = None


@dataclass(frozen=True, slots=True)
class WrittenValues:
    """What a write could not set, because stronger sources had set other values.

    Attributes:
        suggestions: What it suggests instead.
        kept: The versions of stronger values that are equal to what would have been set, by slot.
    """

    suggestions: Sequence[Suggestion] = ()
    kept: Mapping[int, str] = field(default_factory=dict)

    def settle(
        self, results: Mapping[str, ChangeResult], assignments: Sequence[Assignment]
    ) -> dict[str, ChangeResult]:
        """Return results by variable, with those of what could not be set."""
        suggested = {each.slot: each for each in self.suggestions}
        settled = dict(results)
        for each in assignments:
            if each.slot in suggested:
                suggestion = suggested[each.slot]
                settled[each.name] = ChangeResult(
                    Outcome.SUGGESTED, suggestion.standing_version, suggestion.suggestion_id
                )
            elif each.slot in self.kept:
                settled[each.name] = ChangeResult(Outcome.UNCHANGED, self.kept[each.slot])
        return settled


class IdempotencyRecords(Protocol):
    """Stores idempotency records of requests."""

    def find(
        self, account_id: str, key_id: str, digest: str, at: datetime
    ) -> IdempotencyRecord | None:
        """Return the record of an idempotency key of an API key, None if it has expired."""

    def add(self, account_id: str, record: IdempotencyRecord) -> None:
        """Store the record of a request that changes nothing.

        Raises:
            WriteConflict: There is a record of the key.
        """
