"""Convert contacts, conversations, identifiers and cooldowns to items and back.

The values of a contact's variables are separate items; see `value_items`.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.changes import ContactIds
from shared.domain.contacts import (
    Address,
    Contact,
    ContactSummary,
    Conversation,
    Cooldown,
    Identifier,
    IdentifierKind,
    PhoneNumber,
    primary_phone,
)
from shared.domain.values import Subject
from shared.table import codec, keys
from shared.table.keys import Key
from shared.table.operations import Item

_ALWAYS_STORED = frozenset({"contact_id", "created_at", "updated_at", "version"})
_SUMMARY_FIELDS = frozenset(spec.name for spec in fields(ContactSummary)) - {"phone_number"}


def contact_item(account_id: str, contact: Contact, by: Attribution) -> Item:
    """Build the item of a contact, including its index keys and who writes it."""
    default = Contact(contact_id=0, created_at=contact.created_at, updated_at=contact.updated_at)
    plain = {
        name: value
        for name, value in codec.field_values(contact).items()
        if name in _ALWAYS_STORED or value != getattr(default, name)
    }
    if "phone_numbers" in plain:
        plain["phone_numbers"] = [codec.field_values(phone) for phone in contact.phone_numbers]
    if "address" in plain:
        plain["address"] = codec.field_values(contact.address)
    if "other_identifiers" in plain:
        plain["other_identifiers"] = [[each.kind, each.value] for each in contact.other_identifiers]
    if "industry_context" in plain:
        # JSON text, because JSON allows numbers that DynamoDB does not support.
        plain["industry_context"] = json.dumps(
            contact.industry_context, ensure_ascii=False, allow_nan=False
        )
    item = codec.entity_item(
        keys.subject(account_id, Subject.contact(contact.contact_id)), "contact", plain
    )
    listed = keys.listed_contact(account_id, contact.contact_id)
    index = {"gsi1pk": {"S": listed.pk}, "gsi1sk": {"S": listed.sk}}
    return {**item, **index, codec.ATTRIBUTION: codec.encode_attribution(by)}


def to_contact(item: Item) -> Contact:
    """Build a contact from its item. Attributes that this version does not know are ignored."""
    plain = codec.decode_fields(item, Contact)
    for name in ("created_at", "updated_at"):
        plain[name] = codec.to_datetime(plain[name])
    if "address" in plain:
        plain["address"] = Address(**plain["address"])
    if "industry_context" in plain:
        plain["industry_context"] = json.loads(plain["industry_context"])
    plain["organization_ids"] = tuple(plain.get("organization_ids", ()))
    plain["phone_numbers"] = _to_phone_numbers(plain)
    plain["tags"] = tuple(plain.get("tags", ()))
    plain["merged_from"] = tuple(plain.get("merged_from", ()))
    plain["other_identifiers"] = tuple(
        Identifier(IdentifierKind(kind), value)
        for kind, value in plain.get("other_identifiers", ())
    )
    return Contact(**plain)


def to_contact_ids(item: Item | None) -> ContactIds:
    """Build the ids of a contact from its item. They are None if there is no item."""
    plain = (item or {}).get
    external_id, uuid = plain("external_id"), plain("uuid")
    return ContactIds(
        codec.decode(external_id) if external_id else None, codec.decode(uuid) if uuid else None
    )


def to_contact_summary(item: Item) -> ContactSummary:
    """Build the summary of a contact from the attributes that the index projects."""
    plain = codec.decode_item(item)
    summary = {name: value for name, value in plain.items() if name in _SUMMARY_FIELDS}
    for name in ("created_at", "updated_at"):
        summary[name] = codec.to_datetime(summary[name])
    summary["tags"] = tuple(plain.get("tags", ()))
    phone = primary_phone(_to_phone_numbers(plain))
    return ContactSummary(**summary, phone_number=phone.number if phone else None)


def _to_phone_numbers(plain: Mapping[str, Any]) -> tuple[PhoneNumber, ...]:
    return tuple(PhoneNumber(**phone) for phone in plain.get("phone_numbers", ()))


def conversation_item(key: Key, conversation: Conversation) -> Item:
    """Build the item of a conversation, for its own key or its key in the contact's list."""
    return codec.entity_item(key, "conversation", codec.field_values(conversation))


def to_conversation(item: Item) -> Conversation:
    """Build a conversation from its item."""
    plain = codec.decode_item(item)
    return Conversation(plain["conversation_id"], plain["contact_id"])


def identifier_item(account_id: str, identifier: Identifier, contact_id: int) -> Item:
    """Build the item by which a contact is found by an identifier."""
    return codec.entity_item(
        keys.identifier(account_id, identifier, contact_id),
        "identifier",
        {"contact_id": contact_id},
    )


def claim_item(
    account_id: str, identifier: Identifier, contact_id: int, expires_at: datetime
) -> Item:
    """Build the claim of a contact on an identifier. TTL deletes it after `expires_at`."""
    claim = codec.entity_item(
        keys.claim(account_id, identifier), "claim", {"contact_id": contact_id}
    )
    return {**claim, "expires_at": codec.ttl(expires_at)}


def cooldown_item(account_id: str, cooldown: Cooldown) -> Item:
    """Build the item of a cooldown. TTL deletes it after its end."""
    item = codec.entity_item(
        keys.cooldown(account_id, cooldown.about), "cooldown", {"ends_at": cooldown.ends_at}
    )
    return {**item, "expires_at": codec.ttl(cooldown.ends_at + timedelta(seconds=1))}
