"""Convert the head and the entries of an activity log to items and back."""

from collections.abc import Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from shared.domain.changes import ActivityEntry, Content, LargeValue, PageWrite, VariableChange
from shared.domain.definitions import VariableType
from shared.domain.records import dataclass
from shared.table import codec, keys
from shared.table.keys import Key
from shared.table.operations import Item
from shared.table.source_letters import LETTERS, SOURCES

_SET_AT = "set_at"
"""When the old and the new value of each change were set; absent if none of the values expire.

An attribute of its own, because earlier versions read the changes by position.
"""


@dataclass(slots=True)
class Head:
    """The state of a contact's activity log.

    Attributes:
        sequence: The last sequence number used.
        revision: The number of writes of the head. Each write is conditional on it.
        is_closed: Whether the contact was deleted.
        missing: The ranges `[first, last]` of write numbers that are not logged yet, by page. The
            last range is `[first]`: it begins after the highest write number seen.
    """

    sequence: int = 0
    revision: int = 0
    is_closed: bool = False
    missing: dict[int, list[list[int]]] = field(default_factory=dict)

    def add(self, write: PageWrite) -> bool:
        """Mark a page write as logged; return whether it was missing."""
        ranges = self.missing.setdefault(write.page, [[1]])
        for position, (first, *last) in enumerate(ranges):
            if first <= write.number <= (last[0] if last else write.number):
                ranges[position : position + 1] = _split_range(first, last, write.number)
                return True
        return False


def _split_range(first: int, last: list[int], number: int) -> list[list[int]]:
    before = [[first, number - 1]] if first < number else []
    after = [[number + 1, *last]] if not last or number < last[0] else []
    return before + after


def head_item(key: Key, head: Head) -> Item:
    """Build the item of a log's head, with the next revision."""
    return codec.entity_item(
        key,
        "activity_head",
        {
            "sequence": head.sequence,
            "revision": head.revision + 1,
            "pages": {str(page): ranges for page, ranges in head.missing.items()},
        },
    )


def closed_head_item(key: Key, keep_until: datetime) -> Item:
    """Build the head of a deleted contact's log. TTL deletes it after `keep_until`."""
    head = codec.entity_item(key, "activity_head", {"closed": True})
    return {**head, "expires_at": codec.ttl(keep_until)}


def to_head(item: Item | None) -> Head:
    """Build the head of a log from its item. None is the head of a log without entries."""
    if item is None:
        return Head()
    if "closed" in item:
        return Head(is_closed=True)
    pages = codec.decode(item["pages"])
    return Head(
        sequence=codec.decode(item["sequence"]),
        revision=codec.decode(item["revision"]),
        missing={int(page): ranges for page, ranges in pages.items()},
    )


def entry_item(
    key: Key, write: PageWrite, entries: Sequence[ActivityEntry], keep_until: datetime
) -> Item:
    """Build one item of consecutive entries of the same page write."""
    item = codec.entity_item(
        key,
        "activity_entry",
        {
            "page": write.page,
            "number": write.number,
            "event": entries[0].event_range,
            "changes": [_encode_change(entry.change) for entry in entries],
        },
    )
    times = [entry.change.set_at for entry in entries]
    return {
        **item,
        **({_SET_AT: codec.encode(times)} if any(map(any, times)) else {}),
        codec.ATTRIBUTION: codec.encode_attribution(write.by),
        "expires_at": codec.ttl(keep_until),
    }


def to_entries(item: Item) -> list[ActivityEntry]:
    """Build the activity entries of an item, in order of sequence."""
    by = codec.to_attribution(item)
    first = keys.sequence_of(item["sk"]["S"])
    event_range = tuple(codec.decode(item["event"]))
    changes = [_to_change(*stored) for stored in codec.decode(item["changes"])]
    if _SET_AT in item:
        times = map(_to_times, codec.decode(item[_SET_AT]))
        changes = [
            replace(change, set_at=set_at) for change, set_at in zip(changes, times, strict=True)
        ]
    return [
        ActivityEntry(sequence, change, by, event_range)
        for sequence, change in enumerate(changes, first)
    ]


def is_entry_of(item: Item, write: PageWrite) -> bool:
    """Return whether an entry item belongs to a page write."""
    expected = {"page": codec.encode(write.page), "number": codec.encode(write.number)}
    return expected.items() <= item.items()


def is_expired(item: Item, now: datetime) -> bool:
    """Return whether an entry item has expired. TTL deletes late, so it may still be stored."""
    return int(item["expires_at"]["N"]) <= int(codec.ttl(now)["N"])


def _encode_change(change: VariableChange) -> list[Any]:
    contents = [_encode_content(content) for content in (change.old, change.new)]
    letter = [LETTERS[change.source]] if change.source else []
    return [change.slot, change.variable, change.variable_type, *contents, *letter]


def _encode_content(content: Content | None) -> Any:
    if isinstance(content, LargeValue):
        return {"bytes": content.size, "sha256": content.sha256}
    return content


def _to_change(
    slot: int, variable: str, variable_type: str, old: Any, new: Any, letter: str = ""
) -> VariableChange:
    return VariableChange(
        *(slot, variable, VariableType(variable_type), _to_content(old), _to_content(new)),
        source=SOURCES[letter] if letter else None,
    )


def _to_times(stored: Sequence[int | None]) -> tuple[datetime | None, datetime | None]:
    old, new = (None if each is None else codec.to_datetime(each) for each in stored)
    return old, new


def _to_content(stored: Any) -> Content | None:
    if isinstance(stored, dict):
        return LargeValue(stored["bytes"], stored["sha256"])
    content: Content | None = stored
    return content
