"""References to contacts in Vambe's requests: UUIDs, and phone numbers in any notation.

Sources: Vambe, "Upsert a contact" for the form of a UUID, "Create tags for a contact" and "Search
contacts by phone or email" for phone numbers.
"""

import re

from shared.domain.contacts import Identifier, IdentifierKind, digits_in
from shared.domain.errors import InvalidField
from shared.gateway.request import Request

_UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    r"|00000000-0000-0000-0000-000000000000"
    r"|ffffffff-ffff-ffff-ffff-ffffffffffff"
)


def contact_of(request: Request) -> Identifier:
    """Return the contact of the path. Raises InvalidField if it is not a UUID."""
    return contact_by_uuid("aiContactId", request.path("aiContactId"))


def contact_by_uuid(field: str, text: str) -> Identifier:
    """Return the identifier of a UUID. Raises InvalidField for the field if it is not one."""
    return Identifier(IdentifierKind.UUID, uuid_of(field, text))


def uuid_of(field: str, text: str) -> str:
    """Convert a UUID to lower case. Raises InvalidField for the field if it is not one."""
    lowered = text.lower()
    if not _UUID.fullmatch(lowered):
        raise InvalidField(field, "it must be a UUID")
    return lowered


def digits_of(field: str, number: str) -> str:
    """Return the digits of a phone number. Raises InvalidField for the field without any."""
    digits = digits_in(number)
    if not digits:
        raise InvalidField(field, "it must be a phone number")
    return digits


def contact_by_number(field: str, number: str) -> tuple[Identifier, ...]:
    """Return the identifiers under which a contact can have a phone number, in lookup order.

    Raises:
        InvalidField: The number has no digits. Names the field.

    """
    digits = digits_of(field, number)
    return Identifier(IdentifierKind.PHONE, digits), Identifier(IdentifierKind.WHATSAPP, digits)
