"""Unite the fields of two contacts of one person."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.domain.contacts import Contact, ContactDraft, Identifier, IdentifierKind, PhoneNumber
from shared.domain.records import dataclass

_PLAIN = (
    "first_name",
    "last_name",
    "full_name",
    "company",
    "website",
    "stage",
    "status",
    "address",
    "time_zone",
    "language",
    "platform",
    "avatar",
)
"""The fields of which the survivor keeps its own, unless that is the default."""

_SINGLE_IDENTIFIERS = ("email", "wa_id", "sms_phone_number", "webchat_user_id")
_LISTS = ("organization_ids", "tags")
_MAPPINGS = ("channel_ids", "industry_context")
_DEFAULT = ContactDraft()


@dataclass(frozen=True, slots=True)
class MergedFields:
    """The survivor of a merge, and the fields of the other contact that it does not have."""

    contact: Contact
    not_kept: tuple[str, ...]


def merge_fields(survivor: Contact, merged: Contact) -> MergedFields:
    """Return a contact with the fields of both.

    The survivor keeps its id, its owner, its team and every field that is not empty. It gets the
    other's phone numbers, tags and ids, and stays to be found by all identifiers of both.
    """
    changes: dict[str, Any] = {
        name: _first_set(name, survivor, merged) for name in (*_PLAIN, *_SINGLE_IDENTIFIERS)
    }
    changes |= {name: _union(name, survivor, merged) for name in _LISTS}
    changes |= {name: {**getattr(merged, name), **getattr(survivor, name)} for name in _MAPPINGS}
    changes["phone_numbers"] = _phone_numbers(survivor, merged)
    changes["uuid"] = survivor.uuid or merged.uuid
    changes["external_id"] = survivor.external_id or merged.external_id
    changes["merged_from"] = (*survivor.merged_from, *merged.merged_from, merged.contact_id)
    united = replace(survivor, **changes, other_identifiers=())
    others = (survivor.identifiers | merged.identifiers) - united.identifiers
    contact = replace(united, other_identifiers=tuple(sorted(others, key=_order)))
    not_kept = tuple(
        name
        for name in (*_PLAIN, *_MAPPINGS)
        if not _has(getattr(contact, name), getattr(merged, name), getattr(_DEFAULT, name))
    )
    return MergedFields(contact, not_kept)


def _order(identifier: Identifier) -> tuple[int, str]:
    return [*IdentifierKind].index(identifier.kind), identifier.value


def _first_set(name: str, survivor: Contact, merged: Contact) -> Any:
    own = getattr(survivor, name)
    return getattr(merged, name) if own == getattr(_DEFAULT, name) else own


def _union(name: str, survivor: Contact, merged: Contact) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*getattr(survivor, name), *getattr(merged, name))))


def _has(kept: Any, lost: Any, default: Any) -> bool:
    if isinstance(lost, Mapping):
        return all(kept[name] == value for name, value in lost.items())
    return lost in (default, kept)


def _phone_numbers(survivor: Contact, merged: Contact) -> tuple[PhoneNumber, ...]:
    """Unite phone numbers. Who may not be called at one of the two, may not be called."""
    found = {_digits(each): each for each in survivor.phone_numbers}
    next_id = max((each.phone_id for each in survivor.phone_numbers), default=0) + 1
    for each in merged.phone_numbers:
        own = found.get(_digits(each))
        if own is None:
            is_primary = each.primary and not survivor.phone_numbers
            found[_digits(each)] = replace(each, phone_id=next_id, primary=is_primary)
            next_id += 1
        elif each.do_not_call and not own.do_not_call:
            found[_digits(each)] = replace(
                own, do_not_call=True, dnc_date=each.dnc_date, dnc_reason=each.dnc_reason
            )
    return tuple(found.values())


def _digits(phone: PhoneNumber) -> str:
    return Identifier(IdentifierKind.PHONE, phone.number).value
