"""The items of the table: each noun of the domain as DynamoDB keeps it, and back.

Every item carries `entity`, what it is, and `v`, the version of its form. What has its default
value is left out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from shared.domain.accounts import WHOLE_ACCOUNT, Account, ApiKey, Attribution, Audience, Grant
from shared.domain.contacts import (
    Address,
    Contact,
    ContactSummary,
    Conversation,
    Cooldown,
    PhoneNumber,
    primary_phone,
)
from shared.domain.tags import Tag
from shared.domain.variables import (
    Assignment,
    Category,
    ContextType,
    Definition,
    SlotIndex,
    StoredValue,
    Subject,
    Tombstone,
    Value,
    VariableType,
)
from shared.table import keys
from shared.table.dynamo import Item, as_item
from shared.table.keys import Key

SCHEMA_VERSION = 1

LARGE_VALUES = "large_values"
"""The attribute of a page whose values are not all on it: the stamp of the latest one set."""

ATTRIBUTION = "written_by"
"""The attribute that tells who wrote an item last: when, source, key, request and origin."""

WRITES = "writes"
"""The attribute of a page that counts its writes, so that none is taken twice or left out."""

MAX_BYTES_ON_PAGE = 8192
"""The longest text in bytes of UTF-8 that a page holds: 32 of them and their names fit an item."""

_PART_BYTES = 300_000
"""With its key and marks, a part fits the 400 KB of an item."""

_SLOT_PREFIX = "s"
_AUDIENCE_PREFIX = "o"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entity_item(key: Key, entity: str, attributes: Mapping[str, Any]) -> Item:
    """An item of that entity with plain Python attributes; None is left out."""
    kept = {name: encode(value) for name, value in attributes.items() if value is not None}
    return {**as_item(key), **entity_mark(entity), **kept}


def entity_mark(entity: str) -> Item:
    """What every item carries."""
    return {"entity": {"S": entity}, "v": {"N": str(SCHEMA_VERSION)}}


COUNTERS = entity_mark("counters")
"""What the item of an account's counters carries."""


def request_count_mark(expires_at: int) -> Item:
    """What a count of requests carries; DynamoDB deletes it some time after `expires_at` (s)."""
    return {**entity_mark("request_count"), "expires_at": {"N": str(expires_at)}}


def encode(value: Any) -> dict[str, Any]:
    """A plain value as an attribute value: text, number, boolean, null, list, object, instant."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {name: encode(part) for name, part in value.items()}}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, datetime):
        return {"N": str(milliseconds(value))}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    return {"L": [encode(part) for part in value]}


def decode(attribute: Mapping[str, Any]) -> Any:
    """The plain value of an attribute value; a whole number becomes an int."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return _number(value)
        case "L":
            return [decode(part) for part in value]
        case "M":
            return {name: decode(part) for name, part in value.items()}
    return None


def milliseconds(at: datetime) -> int:
    """An instant as it is stored: milliseconds since the epoch."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def instant(stored: int) -> datetime:
    """A stored instant, in UTC."""
    return _EPOCH + timedelta(milliseconds=stored)


def attribution(by: Attribution) -> dict[str, Any]:
    """Who wrote an item, as it carries it: a list, so that no names are stored with it."""
    return encode((by.at, by.source, by.key_id, by.request_id, by.origin_id))


def to_attribution(item: Item) -> Attribution:
    """Who wrote an item last."""
    at, *rest = decode(item[ATTRIBUTION])
    return Attribution(instant(at), *rest)


def account_item(account: Account) -> Item:
    """The item of an account."""
    return entity_item(
        keys.account(account.account_id),
        "account",
        {
            "account_id": account.account_id,
            "name": account.name,
            "chatbots": account.chatbots,
            "locale": account.locale or None,
        },
    )


def to_account(item: Item) -> Account:
    """The account of an item."""
    plain = _plain(item)
    return Account(
        account_id=plain["account_id"],
        name=plain.get("name", ""),
        chatbots=tuple(plain.get("chatbots", ())),
        locale=plain.get("locale", ""),
    )


def api_key_item(key: ApiKey) -> Item:
    """The item of an API key, found by its hash."""
    plain = {
        "key_id": key.key_id,
        "account_id": key.account_id,
        "key_hash": key.key_hash,
        "hint": key.hint,
        "name": key.name,
        "active": key.active,
        "grants": [[grant.permission, grant.resource] for grant in key.grants],
        "requests_per_minute": key.requests_per_minute,
        "valid_until": key.valid_until,
        "user": key.user,
        "teams": sorted(key.teams),
        "created_at": key.created_at,
    }
    if key.read_only:
        plain["read_only"] = True
    return entity_item(keys.api_key(key.key_hash), "api_key", plain)


def to_api_key(item: Item) -> ApiKey:
    """The API key of an item."""
    plain = _plain(item)
    valid_until = plain.get("valid_until")
    return ApiKey(
        key_id=plain["key_id"],
        account_id=plain["account_id"],
        key_hash=plain["key_hash"],
        hint=plain["hint"],
        created_at=instant(plain["created_at"]),
        name=plain.get("name", ""),
        active=plain["active"],
        grants=tuple(Grant(*pair) for pair in plain.get("grants", ())),
        requests_per_minute=plain.get("requests_per_minute"),
        valid_until=instant(valid_until) if valid_until else None,
        user=plain.get("user"),
        teams=frozenset(plain.get("teams", ())),
        read_only=plain.get("read_only", False),
    )


def api_key_entry_item(key: ApiKey) -> Item:
    """The item that lists an API key in its account."""
    return entity_item(
        keys.api_key_entry(key.account_id, key.key_id), "api_key_entry", {"key_hash": key.key_hash}
    )


def definition_item(account_id: str, definition: Definition) -> Item:
    """The item of a definition, found by its name."""
    key = keys.definition(account_id, definition.context_type, definition.name)
    plain = {spec.name: getattr(definition, spec.name) for spec in fields(Definition)}
    if definition.category is Category.CUSTOM:
        del plain["category"]
    if not definition.aliases:
        del plain["aliases"]
    return entity_item(key, "definition", plain)


def to_definition(item: Item) -> Definition | Tombstone:
    """The definition of an item, or the tombstone of a deleted one."""
    plain = _plain(item)
    if item["entity"]["S"] == "tombstone":
        return Tombstone(plain["name"], plain["slot"], Audience(*plain.get("audience", ())))
    options = plain.get("select_options")
    return Definition(
        definition_id=plain["definition_id"],
        slot=plain["slot"],
        external_id=plain["external_id"],
        version=plain["version"],
        name=plain["name"],
        display_name=plain["display_name"],
        variable_type=VariableType(plain["variable_type"]),
        context_type=ContextType(plain["context_type"]),
        description=plain.get("description"),
        category=Category(plain.get("category", Category.CUSTOM)),
        is_default=plain.get("is_default", False),
        select_options=tuple(options) if options else None,
        default_value=plain.get("default_value"),
        aliases=tuple(plain.get("aliases", ())),
        structure=plain.get("structure"),
        owner=plain.get("owner"),
        team=plain.get("team"),
    )


def tombstone_item(account_id: str, definition: Definition) -> Item:
    """The item that keeps a deleted definition's slot for its name."""
    key = keys.definition(account_id, definition.context_type, definition.name)
    tombstone = entity_item(key, "tombstone", {"name": definition.name, "slot": definition.slot})
    if definition.audience != WHOLE_ACCOUNT:
        tombstone["audience"] = audience(definition.audience)
    return tombstone


def audience(of: Audience) -> dict[str, Any]:
    """An audience as it is stored: owner and team."""
    return encode((of.owner, of.team))


def definition_pointer_item(key: Key, definition: Definition) -> Item:
    """The item that leads from a definition's id or external id to its name."""
    return entity_item(
        key,
        "definition_pointer",
        {"name": definition.name, "context_type": definition.context_type},
    )


def to_slot_index(item: Item) -> SlotIndex:
    """The current names and the audiences of slots."""
    names = {slot: decode(item[value_attribute(slot)]) for slot in _slots(item)}
    audiences = {
        slot: Audience(*decode(item[audience_attribute(slot)]))
        for slot in _slots(item, _AUDIENCE_PREFIX)
    }
    return SlotIndex(names, audiences)


def contact_item(account_id: str, contact: Contact, by: Attribution) -> Item:
    """The item of a contact, without the values of its variables, and who wrote it."""
    default = Contact(contact_id=0, created_at=contact.created_at, updated_at=contact.updated_at)
    plain = {
        spec.name: getattr(contact, spec.name)
        for spec in fields(Contact)
        if spec.name in _ALWAYS_KEPT or getattr(contact, spec.name) != getattr(default, spec.name)
    }
    if "phone_numbers" in plain:
        plain["phone_numbers"] = [_parts(phone) for phone in contact.phone_numbers]
    if "address" in plain:
        plain["address"] = _parts(contact.address)
    if "industry_context" in plain:
        # As text: JSON knows numbers that DynamoDB does not.
        plain["industry_context"] = json.dumps(
            contact.industry_context, ensure_ascii=False, allow_nan=False
        )
    item = entity_item(
        keys.subject(account_id, Subject.contact(contact.contact_id)), "contact", plain
    )
    listed = keys.listed_contact(account_id, contact.contact_id)
    index = {"gsi1pk": {"S": listed.pk}, "gsi1sk": {"S": listed.sk}}
    return {**item, **index, ATTRIBUTION: attribution(by)}


_ALWAYS_KEPT = frozenset({"contact_id", "created_at", "updated_at", "version"})
_CONTACT_FIELDS = frozenset(spec.name for spec in fields(Contact))
_SUMMARY_FIELDS = frozenset(spec.name for spec in fields(ContactSummary)) - {"phone_number"}


def to_contact(item: Item) -> Contact:
    """The contact of an item; attributes that a later version of this code may add are left."""
    given = {name: value for name, value in _plain(item).items() if name in _CONTACT_FIELDS}
    for name in ("created_at", "updated_at"):
        given[name] = instant(given[name])
    if "address" in given:
        given["address"] = Address(**given["address"])
    if "industry_context" in given:
        given["industry_context"] = json.loads(given["industry_context"])
    given["organization_ids"] = tuple(given.get("organization_ids", ()))
    given["phone_numbers"] = _phone_numbers(given)
    given["tags"] = tuple(given.get("tags", ()))
    return Contact(**given)


def to_contact_summary(item: Item) -> ContactSummary:
    """The summary of a contact from its projection in the index."""
    plain = _plain(item)
    given = {name: value for name, value in plain.items() if name in _SUMMARY_FIELDS}
    for name in ("created_at", "updated_at"):
        given[name] = instant(given[name])
    given["tags"] = tuple(plain.get("tags", ()))
    phone = primary_phone(_phone_numbers(plain))
    return ContactSummary(**given, phone_number=phone.number if phone else None)


def _phone_numbers(plain: Mapping[str, Any]) -> tuple[PhoneNumber, ...]:
    return tuple(PhoneNumber(**phone) for phone in plain.get("phone_numbers", ()))


def conversation_item(key: Key, conversation: Conversation) -> Item:
    """The item of a conversation, under its own key or in the list of its contact."""
    return entity_item(key, "conversation", _parts(conversation))


def to_conversation(item: Item) -> Conversation:
    """The conversation of an item."""
    plain = _plain(item)
    return Conversation(plain["conversation_id"], plain["contact_id"])


def claim_item(key: Key, contact_id: int, expires_at: datetime) -> Item:
    """The item of a claim, which DynamoDB deletes some time after `expires_at`."""
    claim = entity_item(key, "claim", {"contact_id": contact_id})
    return {**claim, "expires_at": seconds(expires_at)}


def seconds(at: datetime) -> dict[str, str]:
    """An instant as TTL attributes have it: seconds since the epoch."""
    return {"N": str(int(at.timestamp()))}


def cooldown_item(account_id: str, cooldown: Cooldown) -> Item:
    """The item of a cooldown; DynamoDB deletes it some time after its end."""
    item = entity_item(
        keys.cooldown(account_id, cooldown.about), "cooldown", {"ends_at": cooldown.ends_at}
    )
    return {**item, "expires_at": seconds(cooldown.ends_at + timedelta(seconds=1))}


def tag_item(key: Key, tag: Tag) -> Item:
    """The item of a tag, under its id or under what it says."""
    return entity_item(key, "tag", _parts(tag))


def to_tag(item: Item) -> Tag:
    """The tag of an item."""
    plain = _plain(item)
    return Tag(plain["tag_id"], plain["value"], plain["entity_type"])


def value_attribute(slot: int) -> str:
    """The attribute of a page that holds the value of a slot."""
    return f"{_SLOT_PREFIX}{slot}"


def audience_attribute(slot: int) -> str:
    """The attribute of the slot index that holds the audience of a slot."""
    return f"{_AUDIENCE_PREFIX}{slot}"


class InconsistentRead(Exception):
    """The parts of a value are not those that its page tells of: it changed while it was read."""


def is_large(value: Value | None) -> bool:
    """Whether a value is too large for a page."""
    # No letter has more than four bytes, so that most texts need not be encoded to know.
    if not isinstance(value, str) or len(value) * 4 <= MAX_BYTES_ON_PAGE:
        return False
    return len(value.encode()) > MAX_BYTES_ON_PAGE


def split(value: Value | None) -> list[bytes]:
    """The parts in which a large value is kept."""
    text = str(value).encode()
    return [text[start : start + _PART_BYTES] for start in range(0, len(text), _PART_BYTES)]


def stored_value(assignment: Assignment, at: datetime, generation: str) -> dict[str, Any]:
    """A value as a page holds it: name, value, type and time of setting, in this order.

    A list and not a map: the names of a map's members would be stored with each value.
    In place of a large value stand the number of its parts, the stamp that they carry, and what
    tells it from others: its size and SHA-256.
    """
    value: Any = assignment.value
    if is_large(value):
        text = str(value).encode()
        digest = sha256(text).hexdigest()
        value = {
            "parts": len(split(value)),
            "stamp": generation,
            "bytes": len(text),
            "sha256": digest,
        }
    return encode((assignment.name, value, assignment.variable_type, at))


def value_part_item(key: Key, generation: str, text: bytes) -> Item:
    """A part of a large value."""
    return {
        **as_item(key),
        **entity_mark("value_part"),
        "stamp": {"S": generation},
        "text": {"B": text},
    }


def part_size(part: Item) -> int:
    """How many bytes of its value a part holds."""
    return len(part["text"]["B"])


def large_slots(page: Item) -> dict[int, int]:
    """The slots of a page whose values are large, each with the number of its parts."""
    if LARGE_VALUES not in page:
        return {}
    kept = {slot: decode(page[value_attribute(slot)])[1] for slot in _slots(page)}
    return {slot: value["parts"] for slot, value in kept.items() if isinstance(value, dict)}


def to_values(page: Item, parts: Mapping[int, Mapping[int, Item]]) -> list[StoredValue]:
    """The values of a page, in order of slot; `parts` are items by slot and number.

    Raises TornValue when the parts of a large value are not those the page tells of.
    """
    return [_stored(slot, decode(page[value_attribute(slot)]), parts) for slot in _slots(page)]


def values_told(page: Item) -> dict[int, tuple[str, Any, str]]:
    """Name, value and type by slot; a large value as what the page tells of it, an object."""
    kept = {slot: decode(page[value_attribute(slot)]) for slot in _slots(page)}
    return {slot: (name, value, kind) for slot, (name, value, kind, _) in kept.items()}


def value_slots(page: Item) -> list[int]:
    """The slots of a page that hold values, in order."""
    return _slots(page)


def _slots(item: Item, prefix: str = _SLOT_PREFIX) -> list[int]:
    return sorted(
        int(name[len(prefix) :])
        for name in item
        if name.startswith(prefix) and name[len(prefix) :].isdigit()
    )


def _stored(slot: int, kept: Sequence[Any], parts: Mapping[int, Mapping[int, Item]]) -> StoredValue:
    name, value, variable_type, updated_at = kept
    if isinstance(value, dict):
        value = _joined(value, parts.get(slot, {}))
    return StoredValue(slot, name, value, VariableType(variable_type), instant(updated_at))


def _joined(told: Mapping[str, Any], parts: Mapping[int, Item]) -> str:
    found = [parts.get(number) for number in range(told["parts"])]
    texts = [part["text"]["B"] for part in found if part and part["stamp"]["S"] == told["stamp"]]
    if len(texts) < told["parts"]:
        raise InconsistentRead
    return b"".join(texts).decode()


def _plain(item: Item) -> dict[str, Any]:
    return {name: decode(value) for name, value in item.items()}


def _parts(record: Any) -> dict[str, Any]:
    # dataclasses.asdict copies deeply, and these records are flat.
    return {spec.name: getattr(record, spec.name) for spec in fields(record)}


def _number(text: str) -> int | float:
    return float(text) if any(mark in text for mark in ".eE") else int(text)


def known_fields(item: Item, kind: type[Any]) -> dict[str, Any]:
    """The plain attributes of an item that a dataclass has; others are of a later version."""
    names = {spec.name for spec in fields(kind)}
    return {name: decode(value) for name, value in item.items() if name in names}
