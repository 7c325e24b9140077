"""Requests that create or change contacts, and their results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from shared.domain.contacts import Contact, ContactDraft, Identifier
from shared.domain.errors import ContextError
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass
from shared.domain.upserts import UpsertMode
from shared.domain.value_changes import ChangeResult, IdempotencyKey


@dataclass(frozen=True, slots=True)
class SentVariables:
    """Values of variables as they were sent, and how they are matched with definitions."""

    values: Mapping[str, JsonValue] = field(default_factory=dict)
    mode: UpsertMode = UpsertMode.STRICT


@dataclass(frozen=True, slots=True)
class ChangedContact:
    """A contact after a request.

    Attributes:
        is_new: Whether the request has created it.
        results: What became of each variable that was sent.
        is_replay: Whether an earlier request had these results. The contact is as it is now.
    """

    contact: Contact
    is_new: bool = False
    results: Mapping[str, ChangeResult] = field(default_factory=dict)
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Upsert:
    """How to create the contact of identifiers, or change the contact that has one of them.

    Attributes:
        draft: The contact to create, with all of the identifiers.
        change: Returns the changed contact.
        variables: The values to set in either case.
    """

    identifiers: Sequence[Identifier]
    draft: ContactDraft
    change: Callable[[Contact], Contact]
    variables: SentVariables


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One upsert of a batch, or the error of its form, and its own idempotency key."""

    upsert: Upsert | ContextError
    key: IdempotencyKey | None = None
