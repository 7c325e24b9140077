"""Compare the items of a table after two runs of a request, and check their consistency.

Ids, slots, tokens and times differ in each run, so the comparison omits them. `flaws` checks that
they are consistent.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.domain.definitions import ContextType, Definition
from shared.domain.values import Subject
from shared.table import codec, contact_items, keys, value_items
from shared.table.account_head import to_account_head
from shared.table.account_items import to_tag
from shared.table.definition_items import to_definition, version_of
from shared.table.dynamo import Table
from shared.table.operations import Item, as_item, key_of
from shared.table.pages import read_values
from shared.table.part_references import InconsistentRead
from shared.wiring import endpoints as wiring
from tests.faults.proxy import Proxy
from tests.fixtures import Fixtures

_FIRST_NEW_ID = 1_000_000
"""The first id that is allocated during a test. All ids of the start are lower."""

_WRITES_PER_BATCH = 25
_UNCOMPARED = {
    *("account_head", "counters", "request_count", "api_key", "api_key_entry", "part_lease")
}
_DIFFERING = {
    *("created_at", "updated_at", "version", "as_of", "slot", "expires_at", "ends_at"),
    *("decided_at", "processed_at", "token_hash", "old_token_hash", "old_token_until"),
    *("occurred_at", "next_attempt_at", "disabled_at", "old_secrets"),
}
_DRAWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<!\w)0*1\d{6}(?!\w)"  # an id that is given while a test runs
    r"|(?<=PART#)\d{8}"  # a slot in the key of a part
    r"|(?<=contact_)1\d{6}(?!\w)"  # such an id of a contact, as the native API shows it
    r"|(?<=conv_)[0-9a-f]{24}"
    r"|(?<!\w)[0-9a-f]{16,20}(?!\w)"  # an external id, a stamp
    r"|(?<=agent_)[0-9a-f]{27}|(?<=hook_)[0-9a-f]{27}|(?<=\.)[0-9a-f]{48}"
    r"|(?<=wh_)[0-9a-f]{27}|whsec_[A-Za-z0-9+/]{43}="
    r"|(\d{15}\.)?evt_[0-9a-f]{32}"
    r"|(?<=imp_)[0-9a-f]{20,}(', \d{13})?"  # with the end of its place in the backlog
    r"|ctx_(\.\.\.)?\w+"  # an API key, or its hint
    r"|(?<=X-Amz-Date=)\w+|(?<=X-Amz-Signature=)\w+"  # of an address that is signed
    r"|(?<=SUGGESTION#)\d{15}"  # the time of a suggestion in the key of its index
    r"|(?<=version': ')[\w-]{17,20}"  # the version of a value
    r"|20\d\d-\d\d-\d\dT[\d:.]+(Z|\+00:00)"
)
_SLOT = re.compile(r"s\d+")
_ACCOUNT = "acme"


class Start:
    """What a table holds now, to come back to.

    From then on only requests on the wire write to the table, so only what they may have written is
    read and put back.
    """

    def __init__(self, fixtures: Fixtures, wire: Proxy) -> None:
        for table in (fixtures.contacts, fixtures.definitions, fixtures.tags):
            table.reserve(_ACCOUNT, _FIRST_NEW_ID)
        self._fixtures = fixtures
        self._wire = wire
        self._items = _by_key(fixtures.items())
        self.before = told(self._items.values())
        wire.written.clear()

    def items(self) -> dict[keys.Key, Item]:
        """Return the items that the table holds now, as `Fixtures.items` does but in no order."""
        now = {key: item for key, item in self._items.items() if key not in self._wire.written}
        found = self._fixtures.table.get_many(sorted(self._wire.written))
        return now | _by_key(item for item in found if item["entity"]["S"] != "unknown_name")

    def told(self) -> Counter[str]:
        """Return what the table says now, and check that it holds."""
        items = self.items()
        # Many faults leave nothing but the count of a request, and a close look takes long.
        if _uncounted(items) == _uncounted(self._items):
            return self.before
        assert flaws(items.values()) == []
        return told(items.values())

    def rewind(self) -> None:
        """Restore the items, and clear the memory of functions, because versions go back too."""
        wiring.memory().clear()
        changes: list[dict[str, Any]] = [
            {"PutRequest": {"Item": self._items[key]}}
            if key in self._items
            else {"DeleteRequest": {"Key": as_item(key)}}
            for key in self._wire.written
        ]
        for start in range(0, len(changes), _WRITES_PER_BATCH):
            part = {self._fixtures.table_name: changes[start : start + _WRITES_PER_BATCH]}
            done = self._fixtures.client.batch_write_item(RequestItems=part)
            assert not done["UnprocessedItems"]
        self._wire.written.clear()


def _by_key(found: Iterable[Item]) -> dict[keys.Key, Item]:
    return {key_of(item): item for item in found}


def _uncounted(items: dict[keys.Key, Item]) -> dict[keys.Key, Item]:
    """Return the items that are not counts of requests."""
    return {key: item for key, item in items.items() if item["entity"]["S"] != "request_count"}


def comparable(text: str) -> str:
    """Replace what differs in each run."""
    return _DRAWN.sub("~", text)


def told(found: Iterable[Item]) -> Counter[str]:
    """Return the items as comparable lines. Values are separate lines, as their page can differ.

    Omits parts that no page refers to, which a trigger deletes later.
    """
    items = list(found)
    used = {key for item in items if _is_page(item) for key in _part_keys(item)}
    return Counter(
        line
        for item in items
        if item["entity"]["S"] != "part" or key_of(item) in used
        for line in _comparable_lines(item)
    )


_LINES: dict[keys.Key, tuple[Item, list[str]]] = {}
"""The lines of the last item of each key. Most items stay the same from one look to the next."""


def _comparable_lines(item: Item) -> list[str]:
    key = key_of(item)
    known, lines = _LINES.get(key, ({}, []))
    if known != item:
        lines = [comparable(line) for line in _lines(item)]
        _LINES[key] = item, lines
    return lines


def _is_page(item: Item) -> bool:
    return item["entity"]["S"] == "values"


def _part_keys(page: Item) -> list[keys.Key]:
    references = value_items.page_references(page).values()
    return [key for each in references for key in each.part_keys()]


def _lines(item: Item) -> Iterator[str]:
    entity = item["entity"]["S"]
    if entity in _UNCOMPARED:
        return
    plain = {
        name: attribute["B"] if "B" in attribute else codec.decode(attribute)
        for name, attribute in item.items()
        if name not in _DIFFERING
    }
    if codec.ATTRIBUTION in plain:
        _, *by = plain[codec.ATTRIBUTION]
        plain[codec.ATTRIBUTION] = by
    slots = {name for name in plain if _SLOT.fullmatch(name)}
    if entity in ("values", "renames"):
        yield from (f"{plain['pk']} {_without_time(plain[name])!r}" for name in slots)
        return
    yield repr(sorted(plain.items()))


def _without_time(value: Any) -> Any:
    # A value is a list of name, value, type, and when it was set.
    if not isinstance(value, list):
        return value
    name, content, *kind = value[:3]
    if isinstance(content, dict):
        content = {member: each for member, each in content.items() if member != "write"}
    return [name, content, *kind]


class Parts(Table):
    """A table of given items, from which parts are read."""

    def __init__(self, by_key: dict[keys.Key, Item]) -> None:
        self._by_key = by_key

    def get_many(self, keys: Sequence[keys.Key]) -> list[Item]:
        """Return the items that exist."""
        return [self._by_key[key] for key in keys if key in self._by_key]


def flaws(found: Iterable[Item]) -> list[str]:
    """Yield the inconsistencies of the items of a table with one account."""
    by_key = _by_key(found)
    kinds: dict[str, list[Item]] = {}
    for item in by_key.values():
        kinds.setdefault(item["entity"]["S"], []).append(item)
    return [
        *_flaws_of_contacts(by_key, kinds),
        *_flaws_of_values(by_key, kinds),
        *_flaws_of_definitions(by_key, kinds),
        *_flaws_of_tags(by_key, kinds),
    ]


def forgotten_parts(found: Iterable[Item]) -> set[keys.Key]:
    """Return parts that neither a page nor a lease refers to.

    There must be none: the stream has the parts that a page has dropped.
    """
    items = list(found)
    used = {key for item in items if _is_page(item) for key in _part_keys(item)}
    leased = {
        keys.Key(item["pk"]["S"], name)
        for item in items
        if item["entity"]["S"] == "part_lease"
        for name in codec.decode(item["parts"])
    }
    stored = {key_of(item) for item in items if item["entity"]["S"] == "part"}
    return stored - used - leased


def _flaws_of_contacts(by_key: dict[keys.Key, Item], kinds: dict[str, list[Item]]) -> Iterator[str]:
    contacts = [contact_items.to_contact(item) for item in kinds.get("contact", ())]
    wanted = {
        keys.identifier(_ACCOUNT, each, contact.contact_id)
        for contact in contacts
        for each in contact.identifiers
    }
    there = {key_of(item) for item in kinds.get("identifier", ())}
    yield from (f"nothing finds {key}" for key in wanted - there)
    yield from (f"nobody has {key}" for key in there - wanted)
    led = {
        keys.merged_contact(_ACCOUNT, each): keys.subject(
            _ACCOUNT, Subject.contact(contact.contact_id)
        )
        for contact in contacts
        for each in contact.merged_from
    }
    leading = {key_of(item) for item in kinds.get("merged_contact", ())}
    yield from (f"{key} leads to nobody, or is missing" for key in led.keys() ^ leading)
    for item in kinds.get("conversation", ()):
        conversation = contact_items.to_conversation(item)
        subject = Subject.conversation(conversation.conversation_id)
        contact_id = conversation.contact_id
        contact_key = keys.subject(_ACCOUNT, Subject.contact(contact_id))
        places = (
            keys.subject(_ACCOUNT, subject),
            led.get(keys.merged_contact(_ACCOUNT, contact_id), contact_key),
            keys.contact_conversation(
                _ACCOUNT, conversation.contact_id, conversation.conversation_id
            ),
        )
        yield from (f"{key_of(item)} lacks {key}" for key in places if key not in by_key)


def _flaws_of_values(by_key: dict[keys.Key, Item], kinds: dict[str, list[Item]]) -> Iterator[str]:
    partitions: dict[str, list[Item]] = {}
    for item in [*kinds.get("values", ()), *kinds.get("value_part", ())]:
        partitions.setdefault(item["pk"]["S"], []).append(item)
    for pk, found in partitions.items():
        if not pk.endswith("#BUSINESS") and keys.Key(pk, "PROFILE") not in by_key:
            yield f"{pk} has values and does not exist"
        try:
            read_values(Parts(by_key), found)
        except InconsistentRead:
            yield f"{pk} has a torn value"
        pages = [item for item in found if item["entity"]["S"] == "values"]
        parts = sum(sum(value_items.legacy_part_counts(page).values()) for page in pages)
        if parts != len(found) - len(pages):
            yield f"{pk} has parts of no value"


def _flaws_of_definitions(
    by_key: dict[keys.Key, Item], kinds: dict[str, list[Item]]
) -> Iterator[str]:
    named = [*kinds.get("definition", ()), *kinds.get("tombstone", ())]
    slots = Counter((_context_type(item), codec.decode(item["slot"])) for item in named)
    yield from (f"slot {slot} is given twice" for slot, count in slots.items() if count > 1)
    head = to_account_head(by_key.get(keys.account_head(_ACCOUNT)))
    newer = [item for item in named if version_of(item) > head.definitions_version]
    yield from (f"{key_of(item)} is newer than the head" for item in newer)
    wanted = set()
    for item in kinds.get("definition", ()):
        each = to_definition(item)
        assert isinstance(each, Definition)
        wanted.add(keys.definition_id(_ACCOUNT, each.definition_id))
        wanted.add(keys.definition_external_id(_ACCOUNT, each.external_id))
    pointers = {key_of(item) for item in kinds.get("definition_pointer", ())}
    yield from (f"nothing leads to {key}" for key in wanted - pointers)
    yield from (f"{key} leads nowhere" for key in pointers - wanted)


def _flaws_of_tags(by_key: dict[keys.Key, Item], kinds: dict[str, list[Item]]) -> Iterator[str]:
    for item in kinds.get("tag", ()):
        tag = to_tag(item)
        places = (
            keys.tag(_ACCOUNT, tag.tag_id),
            keys.tag_value(_ACCOUNT, tag.entity_type, tag.value),
        )
        if any(key not in by_key or to_tag(by_key[key]) != tag for key in places):
            yield f"{key_of(item)} has no counterpart"


def _context_type(item: Item) -> ContextType:
    return ContextType(item["sk"]["S"].split("#")[1])
