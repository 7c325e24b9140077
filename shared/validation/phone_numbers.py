"""Changes of phone numbers through APIs that have one number per contact."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.contacts import PhoneNumber, primary_phone


def with_primary_number(
    phones: Sequence[PhoneNumber], number: str | None
) -> tuple[PhoneNumber, ...]:
    """Return the phone numbers of a contact with another primary number.

    A number that the contact already has becomes the primary one. A new number replaces the primary
    one and keeps its id and type, but not its do-not-call state.

    Args:
        phones: The phone numbers of the contact.
        number: The new primary number. None removes the primary number.
    """
    before = primary_phone(phones)
    known = [phone for phone in phones if phone.number == number]
    others = [phone for phone in phones if phone is not before]
    if known:
        return _with_primary(phones, known[0])
    if not number:
        return _with_primary(others, others[0] if others else None)
    if before is None:
        return (PhoneNumber(1, number, primary=True),)
    return _with_primary(phones, before, PhoneNumber(before.phone_id, number, before.phone_type))


def _with_primary(
    phones: Sequence[PhoneNumber],
    primary: PhoneNumber | None,
    becomes: PhoneNumber | None = None,
) -> tuple[PhoneNumber, ...]:
    return tuple(
        replace(becomes or phone, primary=True)
        if phone is primary
        else replace(phone, primary=False)
        for phone in phones
    )
