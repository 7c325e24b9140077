"""What an agent gets for a call, where each value comes from, and the port that keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from shared.domain.agents import Origin
from shared.domain.calls import Resolution, ResolvedVariable
from shared.domain.contacts import Contact, Identifier
from shared.domain.disclosure import Assurance
from shared.domain.records import dataclass
from shared.domain.sources import Source
from shared.domain.values import StoredValue


class UnknownReason(StrEnum):
    """Why a caller is unknown."""

    NO_MATCH = "no_match"
    AMBIGUOUS = "ambiguous"
    """Several contacts have the identifier."""
    WITHHELD = "withheld"
    """The caller withholds the number."""
    UNAVAILABLE = "unavailable"
    """Storage did not answer in time."""


@dataclass(frozen=True, slots=True)
class WantedCall:
    """A request for the variables of one caller.

    Attributes:
        agent_id: The agent.
        contact_id: The contact, if it is known by its id.
        identifier: What the contact is found by otherwise. None for a withheld number.
        assurance: How sure it is that the caller is the contact.
        call_id: The caller's id of the call. None if it has none.
        deadline_ms: The milliseconds in which to answer. None for those of the agent.
        scope: What the id of the call is unique in: the agent, or a hook.
        creation: The permission that creating the contact of an unknown caller needs. None never
            creates one. Without an id of the call, none is created either.
    """

    agent_id: str
    contact_id: int | None = None
    identifier: Identifier | None = None
    assurance: Assurance = Assurance.NUMBER_MATCH
    call_id: str | None = None
    deadline_ms: int | None = None
    scope: str = ""
    creation: str | None = None


@dataclass(frozen=True, slots=True)
class CallerMatch:
    """The contact of a caller.

    Attributes:
        contact_id: The contact. None if the caller is unknown and none was created.
        known: Whether the contact was there before the call.
        reason: Why the caller is unknown. None if it is known.
    """

    contact_id: int | None = None
    known: bool = False
    reason: UnknownReason | None = None
    language: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class ValueOrigin:
    """Where a value that an agent gets comes from.

    Attributes:
        origin: The variable of the contact or the business.
        source: The source of the value. None if it is no stored value.
        updated_at: When the value was set.
        set_by: The fingerprint of the API key that set the value. Empty if it is not known.
        slot: The slot of the variable. Its name may be that of another variable by now. None if
            the reader saw no definition, or in a record from before slots were in it.
    """

    origin: Origin
    source: Source | None = None
    updated_at: datetime | None = None
    set_by: str = ""
    slot: int | None = None

    def is_of(self, slot: int) -> bool:
        """Return whether the definition that has a slot and this name is that of the variable."""
        return self.slot in (None, slot)


@dataclass(frozen=True, slots=True)
class ResolvedCall:
    """The answer to a request for the variables of a caller.

    Attributes:
        agent_id: The agent that it is for.
        caller: The contact of the caller.
        resolution: What the agent gets.
        origins: Where each value comes from, by the name that the agent declares.
        assurance: How sure it is that the caller is the contact.
        as_of: When the request was received.
        key_id: The API key or the hook that asked.
        request_id: The request that asked.
        is_pinned: Whether the answer is kept. A retry gets it again.
        has_values: Whether the values are kept with it, and not only their digests.
    """

    agent_id: str
    caller: CallerMatch
    resolution: Resolution
    origins: Mapping[str, ValueOrigin] = field(default_factory=dict)
    assurance: Assurance = Assurance.NUMBER_MATCH
    as_of: datetime | None = None
    key_id: str = ""
    request_id: str = ""
    is_pinned: bool = False
    has_values: bool = True


@dataclass(frozen=True, slots=True)
class ExplainedValue:
    """Where a value of an answer comes from.

    Attributes:
        key_id: The API key that set the value. None if it is not known.
        request_id: The request that set the value. None if it is not in the activity any more.
    """

    call: ResolvedCall
    variable: ResolvedVariable
    origin: ValueOrigin
    key_id: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class CallerRecord:
    """A contact with its values.

    Attributes:
        values: The values by slot, apart from large ones.
        large: The slots of large values.
    """

    contact: Contact
    values: Mapping[int, StoredValue]
    large: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RaisedAssurance:
    """The assurance of a call, and the variables that it had withheld and releases now."""

    call: ResolvedCall
    released: tuple[ResolvedVariable, ...]


class CallerReads(Protocol):
    """Reads what is known about a caller in as few requests as possible."""

    def begin(self, account_id: str, identifier: Identifier) -> None:
        """Begin to look up an identifier beside other reads of this request."""

    def contact_ids(self, account_id: str, identifier: Identifier) -> Sequence[int]:
        """Return the ids of the contacts with an identifier."""

    def contact(self, account_id: str, contact_id: int) -> CallerRecord | None:
        """Return a contact with its values, or None."""

    def business(self, account_id: str) -> Mapping[int, StoredValue]:
        """Return the values of the business by slot, large ones included."""

    def contact_values(self, account_id: str, contact_id: int) -> Mapping[int, StoredValue]:
        """Return the values of a contact by slot, large ones included."""


class ResolveLog(Protocol):
    """Logs what was done in another way, because the first one failed."""

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """Log the facts. They never have values."""


class Calls(Protocol):
    """Keeps the first answer of each call."""

    def pin(self, account_id: str, call: ResolvedCall) -> ResolvedCall:
        """Keep an answer unless the call has one; return the one that is kept.

        Raises:
            Unavailable: The storage does not answer.
            WriteConflict: Another request is writing the call.
        """

    def find(self, account_id: str, call_id: str, now: datetime) -> ResolvedCall | None:
        """Return the answer of a call by our id, or None if there is none or it has expired."""

    def raise_assurance(self, account_id: str, call_id: str, assurance: Assurance) -> None:
        """Keep that a caller has proved who it is. The kept answer stays as it is.

        Raises:
            WriteConflict: The call is gone, or has this assurance or more by now.
        """
