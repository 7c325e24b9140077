"""How Vambe's requests name a contact: by UUID, or by a phone number however it is written.

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
    """The contact of the path; raises InvalidField when it is no UUID."""
    return contact_by_uuid("aiContactId", request.path("aiContactId"))


def contact_by_uuid(field: str, text: str) -> Identifier:
    """The contact of a UUID, in any case; raises InvalidField naming the field."""
    return Identifier(IdentifierKind.UUID, uuid_of(field, text))


def uuid_of(field: str, text: str) -> str:
    """A UUID in lower case; raises InvalidField naming the field when it is none."""
    lowered = text.lower()
    if not _UUID.fullmatch(lowered):
        raise InvalidField(field, "it must be a UUID")
    return lowered


def digits_of(field: str, number: str) -> str:
    """The digits of a phone number; raises InvalidField naming the field when it has none."""
    digits = digits_in(number)
    if not digits:
        raise InvalidField(field, "it must be a phone number")
    return digits


def contact_by_number(field: str, number: str) -> tuple[Identifier, ...]:
    """The ways in which a contact can have a phone number, however it is spelled.

    Raises InvalidField naming the field when the number has no digit.
    """
    digits = digits_of(field, number)
    return Identifier(IdentifierKind.PHONE, digits), Identifier(IdentifierKind.WHATSAPP, digits)
