"""The phone numbers of a contact, where an API knows only one of them."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.contacts import PhoneNumber, primary_phone


def with_primary_number(
    phones: Sequence[PhoneNumber], number: str | None
) -> tuple[PhoneNumber, ...]:
    """The phone numbers of a contact with another primary one, or without the primary one if None.

    Another number of the contact takes its place as it is. A new one takes over its id and type,
    but not who asked not to be called on it.
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
