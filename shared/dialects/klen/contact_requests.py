"""Bodies of Klen AI's requests about contacts.

Source: Klen AI, the pages under "Contacts".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from shared.dialects.klen.dialect import MAX_BODY_BYTES
from shared.domain.contacts import Address, Contact, ContactDraft, PhoneNumber
from shared.domain.errors import InvalidField
from shared.domain.json_values import JsonValue
from shared.domain.values import AUTO_CREATE
from shared.gateway.request import Request
from shared.gateway.request_model import (
    ANY,
    BOOLEAN,
    INTEGER,
    OBJECT,
    TEXT,
    RequestModel,
    defaulted,
    list_of,
    nested,
    object_of,
    optional,
    required,
    text,
)
from shared.validation.contacts import MAX_PHONE_NUMBERS, full_name

RULES = AUTO_CREATE
"""How `custom_context` is stored: undefined names get a definition, invalid values are errors."""

_SAME_NAME = ("first_name", "last_name", "email", "company", "website", "status", "stage")
_ADDRESS = {
    "address": "street",
    "city": "city",
    "state": "state",
    "zip_code": "zip_code",
    "country": "country",
}

Draft = TypeVar("Draft", bound=ContactDraft)

_INDUSTRY_CONTEXT = object_of(TEXT, ANY, max_length=2000)
"""More members than its text has room for, so that they are not converted in vain."""


class PhoneBody(RequestModel):
    """A phone number in a request. `id` refers to an existing number of the contact."""

    id: int | None = optional(INTEGER)
    phone_number: str = required(TEXT)
    phone_type: str = defaulted(TEXT, "mobile")
    primary: bool = defaulted(BOOLEAN, default=False)
    do_not_call: bool = defaulted(BOOLEAN, default=False)


class ContactBody(RequestModel):
    """The body of "Update Contact". Null resets a field to its default."""

    first_name: str | None = optional(TEXT)
    last_name: str | None = optional(TEXT)
    email: str | None = optional(TEXT)
    company: str | None = optional(TEXT)
    website: str | None = optional(TEXT)
    address: str | None = optional(TEXT)
    city: str | None = optional(TEXT)
    state: str | None = optional(TEXT)
    zip_code: str | None = optional(TEXT)
    country: str | None = optional(TEXT)
    status: str | None = optional(TEXT)
    stage: str | None = optional(TEXT)
    team_id: int | None = optional(INTEGER)
    tags: list[str] | None = optional(list_of(TEXT))
    phone_numbers: list[PhoneBody] | None = optional(
        list_of(nested(PhoneBody), max_length=MAX_PHONE_NUMBERS)
    )
    custom_context: dict[str, Any] | None = optional(OBJECT)
    industry_context: dict[str, Any] | None = optional(_INDUSTRY_CONTEXT)

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """The variables to set on the contact."""
        return self.custom_context or {}


class ContactCreation(ContactBody):
    """The body of "Create Contact"."""

    first_name: str = required(text(min_length=1))

    @classmethod
    def of(cls, request: Request) -> "ContactCreation":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    def draft(self) -> ContactDraft:
        """Return the contact to create."""
        return _with_fields(ContactDraft(), self)


class ContactUpdate:
    """A change of a contact. PATCH changes the sent fields, PUT replaces all fields."""

    def __init__(self, body: ContactBody, *, replaces_all: bool) -> None:
        self._body = body
        self._replaces_all = replaces_all

    @classmethod
    def of(cls, request: Request) -> "ContactUpdate":
        """Parse and validate the body of a request."""
        body = request.parse(ContactBody, MAX_BODY_BYTES)
        return cls(body, replaces_all=request.method == "PUT")

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """The variables to set on the contact. Others stay unchanged, with PUT too."""
        return self._body.values

    def apply(self, contact: Contact) -> Contact:
        """Return the contact with the sent fields changed. PUT resets the others.

        PUT keeps the first name if none is sent, as it is required.
        """
        if not self._replaces_all:
            return _with_fields(contact, self._body)
        return _with_fields(_reset(contact, self._body), self._body)


def _with_fields(draft: Draft, body: ContactBody) -> Draft:
    given = {name: getattr(body, name) for name in body.sent}
    default = ContactDraft()
    changes: dict[str, Any] = {
        name: _or_default(given[name], getattr(default, name))
        for name in _SAME_NAME
        if name in given
    }
    if "team_id" in given:
        changes["team"] = given["team_id"]
    if "tags" in given:
        changes["tags"] = tuple(dict.fromkeys(given["tags"] or ()))
    if "industry_context" in given:
        changes["industry_context"] = given["industry_context"] or {}
    if "phone_numbers" in given:
        changes["phone_numbers"] = _phones(draft.phone_numbers, given["phone_numbers"])
    if changes.keys() & {"first_name", "last_name"}:
        named = {"first_name": draft.first_name, "last_name": draft.last_name, **changes}
        changes["full_name"] = full_name(named["first_name"], named["last_name"])
    return replace(draft, **changes, address=_address(draft.address, given))


def _reset(contact: Contact, body: ContactBody) -> Contact:
    default = ContactDraft()
    kept = _phones_named(contact.phone_numbers, body.phone_numbers or ())
    cleared = replace(
        contact,
        **{name: getattr(default, name) for name in _SAME_NAME if name != "first_name"},
        address=default.address,
        tags=default.tags,
        phone_numbers=kept,
        industry_context=default.industry_context,
    )
    return replace(cleared, full_name=full_name(cleared.first_name, cleared.last_name))


def _address(before: Address, given: Mapping[str, Any]) -> Address:
    default = Address()
    known = replace(before, house_number="") if "address" in given else before
    return replace(
        known,
        **{
            part: _or_default(given[name], getattr(default, part))
            for name, part in _ADDRESS.items()
            if name in given
        },
    )


def _or_default(given: Any, default: Any) -> Any:
    return default if given is None else given


def _phones_named(
    before: Sequence[PhoneNumber], bodies: Sequence[PhoneBody]
) -> tuple[PhoneNumber, ...]:
    ids = {body.id for body in bodies}
    numbers = {body.phone_number for body in bodies if body.id is None}
    return tuple(phone for phone in before if phone.phone_id in ids or phone.number in numbers)


def _phones(
    before: Sequence[PhoneNumber], bodies: Sequence[PhoneBody] | None
) -> tuple[PhoneNumber, ...]:
    # A number with an id changes the number of that id. Without an id, an equal number is changed
    # and a new one is added.
    phones = {phone.phone_id: phone for phone in before} if bodies else {}
    primary_ids: list[int] = []
    for body in bodies or ():
        phone_id = body.id
        if phone_id is None:
            phone_id = _id_of(phones, body.phone_number)
        elif phone_id not in phones:
            raise InvalidField("phone_numbers", f"the contact has none with the id {phone_id}")
        phones[phone_id] = _phone(phone_id, phones.get(phone_id), body)
        primary_ids += [phone_id] if body.primary else []
    return _with_one_primary(tuple(phones.values()), primary_ids)


def _id_of(phones: Mapping[int, PhoneNumber], number: str) -> int:
    known = [phone.phone_id for phone in phones.values() if phone.number == number]
    return known[0] if known else max(phones, default=0) + 1


def _phone(phone_id: int, before: PhoneNumber | None, body: PhoneBody) -> PhoneNumber:
    phone = before or PhoneNumber(phone_id, body.phone_number)
    given = {name: getattr(body, name) for name in body.sent - {"id"}}
    given["number"] = given.pop("phone_number")
    return replace(phone, **given)


def _with_one_primary(
    phones: tuple[PhoneNumber, ...], primary_ids: list[int]
) -> tuple[PhoneNumber, ...]:
    # The last number that the request marks as primary, else the current primary, else the first.
    flagged = [phone.phone_id for phone in phones if phone.primary]
    first = [phone.phone_id for phone in phones]
    chosen = next(iter(primary_ids[-1:] + flagged + first), None)
    return tuple(replace(phone, primary=phone.phone_id == chosen) for phone in phones)
