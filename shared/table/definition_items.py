"""Convert definitions, tombstones and slot indexes to items and back."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from shared.domain.accounts import WHOLE_ACCOUNT, Audience
from shared.domain.definitions import (
    Category,
    ContextType,
    Definition,
    SlotIndex,
    Tombstone,
    VariableType,
    WhenStale,
)
from shared.domain.disclosure import EVERY_PURPOSE, Assurance, Purpose, Sensitivity
from shared.domain.options import Option
from shared.domain.sources import Precedence
from shared.table import codec, keys
from shared.table.keys import Key
from shared.table.operations import Item
from shared.table.source_letters import LETTERS, SOURCES

AS_OF = "as_of"
"""The attribute with the version of the account's head at the last write."""

_NAME_PREFIX = "s"
_AUDIENCE_PREFIX = "o"
_LABELS_PREFIX = "l"
_OWNER_AND_TEAM = 2
_HANDLING = frozenset(
    {
        *("precedence", "stale_after_seconds", "sensitivity", "purposes"),
        *("when_stale", "min_assurance"),
    }
)
_PLAIN_FIELDS = tuple(spec.name for spec in fields(Definition) if spec.name not in _HANDLING)


def definition_item(account_id: str, definition: Definition) -> Item:
    """Build the item of a definition. Its primary key is the context type and the name."""
    key = keys.definition(account_id, definition.context_type, definition.name)
    # A Redefinition has one more field, which is not stored.
    plain = {name: getattr(definition, name) for name in _PLAIN_FIELDS}
    if definition.category is Category.CUSTOM:
        del plain["category"]
    if not definition.aliases:
        del plain["aliases"]
    plain["all_options"] = [_encode_option(each) for each in definition.all_options]
    for name in ("auto_created", "archived", "all_options", "is_required"):
        if not plain[name]:
            del plain[name]
    return codec.entity_item(key, "definition", {**plain, **_encode_handling(definition)})


def _encode_handling(definition: Definition) -> dict[str, Any]:
    """Encode how the values of a definition are handled, without what has its default."""
    purposes = definition.purposes
    return {
        "precedence": _encode_precedence(definition.precedence),
        "stale_after_seconds": definition.stale_after_seconds,
        "sensitivity": _unless(definition.sensitivity, Sensitivity.PUBLIC),
        "purposes": None if purposes == EVERY_PURPOSE else sorted(purposes),
        "when_stale": _unless(definition.when_stale, WhenStale.USE),
        "min_assurance": _unless(definition.min_assurance, Assurance.NONE),
    }


def _encode_precedence(precedence: Precedence) -> str | None:
    """Encode a precedence as the letters of its sources, with a period after each group.

    Lists of words would make the list of an account's definitions cost a sixth more.
    """
    groups = ("".join(LETTERS[source] for source in group) for group in precedence)
    return "".join(f"{group}." for group in groups) or None


def _to_precedence(letters: str) -> Precedence:
    *groups, _ = letters.split(".")
    return tuple(tuple(SOURCES[letter] for letter in group) for group in groups)


def _unless(value: Any, default: Any) -> Any:
    return None if value == default else value


def to_definition(item: Item) -> Definition | Tombstone:
    """Build a definition or a tombstone from its item."""
    plain = codec.decode_item(item)
    if item["entity"]["S"] == "tombstone":
        audience = _to_audience(plain.get("audience", ()))
        precedence = _to_precedence(plain.get("precedence", ""))
        return Tombstone(plain["name"], plain["slot"], audience, precedence)
    options, purposes = plain.get("select_options"), plain.get("purposes")
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
        precedence=_to_precedence(plain.get("precedence", "")),
        stale_after_seconds=plain.get("stale_after_seconds"),
        sensitivity=Sensitivity(plain.get("sensitivity", Sensitivity.PUBLIC)),
        purposes=EVERY_PURPOSE if purposes is None else frozenset(map(Purpose, purposes)),
        auto_created=plain.get("auto_created", False),
        archived=plain.get("archived", False),
        pattern=plain.get("pattern"),
        is_required=plain.get("is_required", False),
        expires_after_seconds=plain.get("expires_after_seconds"),
        all_options=tuple(map(_to_option, plain.get("all_options", ()))),
        min_value=plain.get("min_value"),
        max_value=plain.get("max_value"),
        max_length=plain.get("max_length"),
        json_schema=plain.get("json_schema"),
        group=plain.get("group"),
        fallback=plain.get("fallback"),
        question=plain.get("question"),
        when_stale=WhenStale(plain.get("when_stale", WhenStale.USE)),
        min_assurance=Assurance(plain.get("min_assurance", Assurance.NONE)),
    )


def _encode_option(option: Option) -> list[Any]:
    """Build a list, because DynamoDB stores the names of a map's members with every item."""
    return [option.option_id, option.label, option.archived, *option.former]


def _to_option(plain: Sequence[Any]) -> Option:
    option_id, label, archived, *former = plain
    return Option(option_id, label, archived, tuple(former))


def tombstone_item(account_id: str, definition: Definition) -> Item:
    """Build the tombstone of a definition, which keeps its slot and audience for its name."""
    key = keys.definition(account_id, definition.context_type, definition.name)
    tombstone = codec.entity_item(
        key,
        "tombstone",
        {
            "name": definition.name,
            "slot": definition.slot,
            "precedence": _encode_precedence(definition.precedence),
        },
    )
    if definition.audience != WHOLE_ACCOUNT:
        tombstone["audience"] = encode_audience(definition.audience)
    return tombstone


def encode_audience(audience: Audience) -> dict[str, Any]:
    """Build the attribute value of an audience.

    It is a list of owner, team, sensitivity, purposes, whether the variable is archived, and when
    its values expire, without members at its end that have their defaults.
    """
    disclosure = (audience.sensitivity, sorted(audience.purposes))
    plain: tuple[Any, ...] = (audience.owner, audience.team)
    is_public = audience.sensitivity is Sensitivity.PUBLIC and audience.purposes == EVERY_PURPOSE
    if audience.expires_after_seconds is not None:
        plain += (*disclosure, audience.archived, audience.expires_after_seconds)
    elif audience.archived:
        plain += (*disclosure, True)
    elif not is_public:
        plain += disclosure
    return codec.encode(plain)


def _to_audience(plain: Sequence[Any]) -> Audience:
    if len(plain) <= _OWNER_AND_TEAM:
        return Audience(*plain)
    owner, team, sensitivity, purposes, *others = plain
    return Audience(
        owner, team, Sensitivity(sensitivity), frozenset(map(Purpose, purposes)), *others
    )


def at_version(item: Item, version: int) -> Item:
    """Add the version of the account's head that a definition or a slot index belongs to."""
    return {**item, AS_OF: codec.encode(version)}


def version_of(item: Item) -> int:
    """Return the version of the account's head at the last write of an item.

    It is 0 if the item was written before there were heads.
    """
    return int(codec.decode(item[AS_OF])) if AS_OF in item else 0


def definition_pointer_item(key: Key, definition: Definition) -> Item:
    """Build the item that maps a definition's id or external id to its name."""
    return codec.entity_item(
        key,
        "definition_pointer",
        {"name": definition.name, "context_type": definition.context_type},
    )


def to_slot_index(item: Item) -> SlotIndex:
    """Build the slot index of a context type from its item."""
    return SlotIndex(
        names={
            slot: codec.decode(item[name_attribute(slot)])
            for slot in codec.numbered_attributes(item, _NAME_PREFIX)
        },
        audiences={
            slot: _to_audience(codec.decode(item[audience_attribute(slot)]))
            for slot in codec.numbered_attributes(item, _AUDIENCE_PREFIX)
        },
        version=version_of(item),
        labels={
            slot: codec.decode(item[labels_attribute(slot)])
            for slot in codec.numbered_attributes(item, _LABELS_PREFIX)
        },
    )


def name_attribute(slot: int) -> str:
    """Return the attribute of the slot index with the current name of a slot's variable."""
    return f"{_NAME_PREFIX}{slot}"


def labels_attribute(slot: int) -> str:
    """Return the attribute of the slot index with the labels of a slot's renamed options."""
    return f"{_LABELS_PREFIX}{slot}"


def audience_attribute(slot: int) -> str:
    """Return the attribute of the slot index with the audience of a slot."""
    return f"{_AUDIENCE_PREFIX}{slot}"
