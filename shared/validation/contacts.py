"""Limits of contact fields, and full names."""

import json
from collections.abc import Collection

from shared.domain.contacts import ContactDraft
from shared.domain.errors import InvalidField

MAX_FIELD_CHARS = 500

MAX_FULL_NAME_CHARS = 2 * MAX_FIELD_CHARS + 1
"""The length of a full name that consists of a first and a last name of maximal length."""

MAX_IDENTIFIER_BYTES = 500
"""In UTF-8.

With every byte escaped, a partition key stays within DynamoDB's 2048 bytes.
"""

IDENTIFIER_RULE = f"it has at most {MAX_IDENTIFIER_BYTES} bytes"
"""The rule of `is_possible_identifier`, for error messages."""

MAX_CONTACT_ID = 10**18 - 1

MAX_TAG_ID = 10**18 - 1

MAX_PHONE_NUMBERS = 10
MAX_TAGS = 50
MAX_TAG_CHARS = 100
MAX_CHANNELS = 20
MAX_ORGANIZATIONS = 50
MAX_URL_CHARS = 2000
MAX_INDUSTRY_CONTEXT_BYTES = 10_240

_TEXT_FIELDS = (
    "first_name",
    "last_name",
    "company",
    "website",
    "stage",
    "status",
    "time_zone",
    "language",
    "platform",
)
_IDENTIFIERS = ("email", "wa_id", "sms_phone_number", "webchat_user_id", "uuid", "external_id")
_ADDRESS_FIELDS = ("street", "house_number", "city", "state", "zip_code", "country")


def check_contact(contact: ContactDraft) -> None:
    """Check the limits of all fields.

    Within the limits, the contact and its keys fit into DynamoDB items.

    Raises:
        InvalidField: A field is over its limit.
    """
    for name in _TEXT_FIELDS:
        _check_length(name, getattr(contact, name) or "")
    _check_length("full_name", contact.full_name, MAX_FULL_NAME_CHARS)
    for name in _IDENTIFIERS:
        _check_identifier(name, getattr(contact, name) or "")
    for name in _ADDRESS_FIELDS:
        _check_length(name, getattr(contact.address, name))
    _check_length("avatar", contact.avatar or "", MAX_URL_CHARS)
    _check_phones(contact)
    _check_all("tags", contact.tags, MAX_TAGS, MAX_TAG_CHARS)
    _check_all("channel_ids", contact.channel_ids.keys(), MAX_CHANNELS)
    _check_all("channel_ids", contact.channel_ids.values(), MAX_CHANNELS)
    _check_all("organization_ids", contact.organization_ids, MAX_ORGANIZATIONS)
    _check_industry_context(contact)


def is_possible_identifier(text: str) -> bool:
    """Return whether an identifier is short enough for a key."""
    return len(text.encode()) <= MAX_IDENTIFIER_BYTES


def is_contact_id(number: int) -> bool:
    """Return whether a number is in the range of contact ids."""
    return 0 <= number <= MAX_CONTACT_ID


def is_tag_id(number: int) -> bool:
    """Return whether a number is in the range of tag ids, so that it fits into a key."""
    return 0 <= number <= MAX_TAG_ID


def full_name(first_name: str, last_name: str) -> str:
    """Return the full name from first and last name. Both may be empty."""
    return f"{first_name} {last_name}".strip()


def split_full_name(full_name: str) -> tuple[str, str]:
    """Split a full name into first and last name, after the first word."""
    first_name, _, last_name = full_name.strip().partition(" ")
    return first_name, last_name.strip()


def _check_phones(contact: ContactDraft) -> None:
    if len(contact.phone_numbers) > MAX_PHONE_NUMBERS:
        raise InvalidField("phone_numbers", f"there are at most {MAX_PHONE_NUMBERS}")
    for phone in contact.phone_numbers:
        if not phone.number.strip():
            raise InvalidField("phone_number", "it is empty")
        _check_identifier("phone_number", phone.number)
        _check_length("phone_type", phone.phone_type)


def _check_industry_context(contact: ContactDraft) -> None:
    text = json.dumps(contact.industry_context, ensure_ascii=False, allow_nan=False)
    if len(text.encode()) > MAX_INDUSTRY_CONTEXT_BYTES:
        limit = f"it has at most {MAX_INDUSTRY_CONTEXT_BYTES} bytes"
        raise InvalidField("industry_context", limit)


def _check_all(
    name: str, texts: Collection[str], most: int, most_chars: int = MAX_FIELD_CHARS
) -> None:
    if len(texts) > most:
        raise InvalidField(name, f"there are at most {most}")
    for text in texts:
        _check_length(name, text, most_chars)


def _check_length(name: str, text: str, most: int = MAX_FIELD_CHARS) -> None:
    if len(text) > most:
        raise InvalidField(name, f"it has at most {most} characters")


def _check_identifier(name: str, text: str) -> None:
    if not is_possible_identifier(text):
        raise InvalidField(name, IDENTIFIER_RULE)
