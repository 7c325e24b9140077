"""Record names that writes were refused for, in a limited number of small items.

A name has one of 256 positions of its account, by its hash. A function counts the names that it
refuses in memory, and stores one of them with a refused request: at its first, second, fourth,
eighth request and so on, and at the first of an hour. Of two names with one position, the one
that comes more often gets it.
"""

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Lock

from shared.domain.errors import ContextError, UnknownName, WriteConflict
from shared.domain.records import dataclass
from shared.domain.unknown_names import NotedName
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.operations import (
    Item,
    Write,
    as_item,
    name_placeholders,
    set_clause,
    update,
    value_placeholders,
)

POSITIONS = 256
"""The most names of an account."""

KEPT_FOR = timedelta(days=30)
"""How long a name is stored after it came last."""

_REPLACEABLE_AFTER_HOURS = 24
"""From this age on, any other name gets the position of a name."""

_MAX_NAMES = 32
"""The most names of one request that are counted."""

_MAX_REMEMBERED = 10_000
"""The most names that a function counts, of all accounts together."""

_SECONDS_PER_HOUR = 3600
_COUNTER = "requests"


@dataclass(slots=True)
class _Count:
    """What a function knows of a name.

    Attributes:
        requests: How many requests it has refused.
        stored: How many of them are stored.
        hour: The hour in which it stored the name last.
        has_lost: Whether another name had the position then.
    """

    requests: int = 0
    stored: int = 0
    hour: int = 0
    has_lost: bool = False

    def is_due(self, hour: int) -> bool:
        """Return whether to store the name now."""
        return hour != self.hour or self.requests >= 2 * self.stored


class UnknownNameTable:
    """The adapter of the port `UnknownNames`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counts: OrderedDict[tuple[str, UnknownName], _Count] = OrderedDict()
        # Lambda sends a function one request at a time; a local run has threads.
        self._lock = Lock()

    def note(self, account_id: str, names: Sequence[UnknownName], at: datetime) -> None:
        """Count names of a refused request. Never fails, and sends at most one small write."""
        hour = int(at.timestamp()) // _SECONDS_PER_HOUR
        # A function that has just started counts all of them once: start at any of them.
        start = at.microsecond % len(names) if names else 0
        counted = [*names[start:], *names[:start]][:_MAX_NAMES]
        with self._lock:
            due = [each for each in counted if self._count(account_id, each).is_due(hour)]
            if not due:
                return
            counts = {each: self._counts[account_id, each] for each in due}
            name = max(due, key=lambda each: counts[each].requests - counts[each].stored)
            count = counts[name]
            write = _write(account_id, name, count, hour)
            count.stored, count.hour = count.requests, hour
        # The request is refused, whatever becomes of the record.
        with suppress(ContextError):
            try:
                self._table.write([write])
            except WriteConflict:
                count.has_lost = not count.has_lost
            else:
                count.has_lost = False

    def list(self, account_id: str, now: datetime) -> Sequence[NotedName]:
        """Return the names of an account that came in the last 30 days, in no order."""
        items = self._table.query(keys.unknown_names_partition(account_id), keys.POSITIONS)
        found = map(_to_noted_name, items)
        # TTL deletes late.
        return [each for each in found if each.last_seen > now - KEPT_FOR]

    def _count(self, account_id: str, name: UnknownName) -> _Count:
        count = self._counts.setdefault((account_id, name), _Count())
        self._counts.move_to_end((account_id, name))
        if len(self._counts) > _MAX_REMEMBERED:
            self._counts.popitem(last=False)
        count.requests += 1
        return count


def _write(account_id: str, name: UnknownName, count: _Count, hour: int) -> Write:
    """Build the write that counts a name, or that takes the position of a rarer or older name."""
    key = keys.unknown_name(account_id, _position(name))
    sets = {
        **codec.entity_attributes("unknown_name"),
        "context_type": codec.encode(name.context_type),
        "name": codec.encode(name.name),
        "last_seen": codec.encode(hour),
        "expires_at": codec.ttl(_to_datetime(hour) + KEPT_FOR),
    }
    if not count.has_lost:
        return _counting(key, sets, count.requests - count.stored)
    taking = {"first_seen": codec.encode(hour), _COUNTER: codec.encode(count.requests)}
    return update(
        key,
        {**sets, **taking},
        condition=(
            f"attribute_not_exists(pk) OR #{_COUNTER} < :{_COUNTER} OR #last_seen < :replaceable"
        ),
        values={":replaceable": codec.encode(hour - _REPLACEABLE_AFTER_HOURS)},
    )


def _counting(key: keys.Key, sets: Item, requests: int) -> Write:
    """Build the write that adds requests to a name, unless another name has its position."""
    is_own = "#name = :name AND #context_type = :context_type"
    return {
        "Update": {
            "Key": as_item(key),
            "UpdateExpression": (
                f"{set_clause(sets)}, #first_seen = if_not_exists(#first_seen, :last_seen) "
                f"ADD #{_COUNTER} :{_COUNTER}"
            ),
            "ConditionExpression": f"attribute_not_exists(pk) OR ({is_own})",
            "ExpressionAttributeNames": name_placeholders([*sets, "first_seen", _COUNTER]),
            "ExpressionAttributeValues": value_placeholders(
                {**sets, _COUNTER: codec.encode(requests)}
            ),
        }
    }


def _position(name: UnknownName) -> int:
    return zlib.crc32(f"{name.context_type}#{name.name}".encode()) % POSITIONS


def _to_noted_name(item: Item) -> NotedName:
    plain = codec.decode_item(item)
    return NotedName(
        UnknownName(plain["context_type"], plain["name"]),
        plain[_COUNTER],
        _to_datetime(plain["first_seen"]),
        _to_datetime(plain["last_seen"]),
    )


def _to_datetime(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * _SECONDS_PER_HOUR, UTC)
