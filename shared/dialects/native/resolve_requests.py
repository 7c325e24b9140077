"""Requests for the variables of callers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.dialects.native.dialect import MAX_BODY_BYTES, WRITE_CONTACTS
from shared.dialects.native.parameters import CONTACT_ID
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.disclosure import Assurance
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.resolutions import WantedCall
from shared.gateway.request import Request
from shared.gateway.request_model import (
    INTEGER,
    RequestModel,
    as_integer,
    before_validator,
    defaulted,
    enum_of,
    list_of,
    nested,
    optional,
    required,
    text,
)
from shared.validation.agents import MAX_BATCH, MAX_DEADLINE_MS, MIN_DEADLINE_MS
from shared.validation.callers import MAX_CALLER_CHARS, phone_number_of

MAX_CALL_ID_CHARS = 200
"""The longest id of a call."""

REFERENCES: Mapping[str, IdentifierKind] = {
    "external_id": IdentifierKind.EXTERNAL_ID,
    "uuid": IdentifierKind.UUID,
    "email": IdentifierKind.EMAIL,
    "wa_id": IdentifierKind.WHATSAPP,
    "sms_phone_number": IdentifierKind.SMS,
    "webchat_user_id": IdentifierKind.WEBCHAT,
}
"""The members of a contact that it is found by, besides `id` and `phone`."""

_ONE_OF = ("id", "phone", *REFERENCES)
_RULE = f"it must have exactly one of: {', '.join(_ONE_OF)}"
_DEADLINE = before_validator(as_integer, {**INTEGER, "ge": MIN_DEADLINE_MS, "le": MAX_DEADLINE_MS})
_REFERENCE = text(max_length=MAX_CALLER_CHARS)
_AGENT = text(min_length=1, max_length=100)
_NUMBER = re.compile(r"[0-9]{1,6}")


class ContactReference(RequestModel, closed=True):
    """The contact of a caller, by exactly one of its ids."""

    id: str | None = defaulted(_REFERENCE, None)
    phone: str | None = defaulted(_REFERENCE, None)
    external_id: str | None = defaulted(_REFERENCE, None)
    uuid: str | None = defaulted(_REFERENCE, None)
    email: str | None = defaulted(_REFERENCE, None)
    wa_id: str | None = defaulted(_REFERENCE, None)
    sms_phone_number: str | None = defaulted(_REFERENCE, None)
    webchat_user_id: str | None = defaulted(_REFERENCE, None)

    @property
    def given(self) -> dict[str, str]:
        """The members that have a value."""
        found = ((name, getattr(self, name)) for name in _ONE_OF)
        return {name: value for name, value in found if value is not None}


class ResolveRequest(RequestModel, closed=True):
    """The body that asks for the variables of one caller."""

    agent: str = required(_AGENT)
    contact: ContactReference = required(nested(ContactReference))
    deadline_ms: int | None = optional(_DEADLINE)
    assurance: Assurance = defaulted(enum_of(Assurance), Assurance.NUMBER_MATCH)
    call_id: str | None = optional(text(min_length=1, max_length=MAX_CALL_ID_CHARS))

    @classmethod
    def of(cls, request: Request) -> list[WantedCall]:
        """Parse the caller of the body; raises InvalidRequest with all faults."""
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES)
        _check([(("contact",), body.contact.given)])
        return [
            WantedCall(
                agent_id=body.agent,
                **_found_by(body.contact.given),
                assurance=body.assurance,
                call_id=body.call_id,
                deadline_ms=body.deadline_ms,
                creation=WRITE_CONTACTS,
            )
        ]


class ResolveBatch(RequestModel, closed=True):
    """The body that asks for the variables of several callers of one agent."""

    agent: str = required(_AGENT)
    contacts: list[ContactReference] = required(
        list_of(nested(ContactReference), min_length=1, max_length=MAX_BATCH)
    )
    deadline_ms: int | None = optional(_DEADLINE)
    assurance: Assurance = defaulted(enum_of(Assurance), Assurance.NUMBER_MATCH)

    @classmethod
    def of(cls, request: Request) -> list[WantedCall]:
        """Parse the callers of the body; raises InvalidRequest with all faults."""
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES)
        given = [each.given for each in body.contacts]
        _check([(("contacts", number), each) for number, each in enumerate(given)])
        return [
            WantedCall(
                agent_id=body.agent,
                **_found_by(each),
                assurance=body.assurance,
                deadline_ms=body.deadline_ms,
            )
            for each in given
        ]


def resolve_query(request: Request) -> list[WantedCall]:
    """Parse the caller of a query; raises InvalidRequest with all faults."""
    faults: list[Fault] = []
    agent = request.query("agent")
    if not agent:
        faults.append(Fault("required", "it is required", parameter="agent"))
    given = {
        name: value
        for name, value in ((name, request.query(name)) for name in _ONE_OF)
        if value is not None
    }
    if len(given) > 1 and not given.get("phone"):
        # Another id names the caller of a withheld number.
        given.pop("phone", None)
    if len(given) != 1:
        reason = f"the query must have exactly one of: {', '.join(_ONE_OF)}"
        faults.append(Fault("invalid_value", reason, parameter="phone"))
    faults += [
        Fault("invalid_value", f"it is longer than {MAX_CALLER_CHARS} characters", parameter=name)
        for name, value in given.items()
        if len(value) > MAX_CALLER_CHARS
    ]
    faults += [
        Fault("invalid_value", "it is empty", parameter=name)
        for name, value in given.items()
        # A withheld number can be empty.
        if not value and name != "phone"
    ]
    assurance = _assurance(request.query("assurance"), faults)
    deadline_ms = _deadline(request.query("deadline_ms"), faults)
    if faults:
        raise InvalidRequest.from_faults(faults)
    return [
        WantedCall(
            agent_id=str(agent),
            **_found_by(given),
            assurance=assurance,
            deadline_ms=deadline_ms,
        )
    ]


def _check(found: Sequence[tuple[tuple[str | int, ...], Mapping[str, str]]]) -> None:
    faults = [Fault("invalid_value", _RULE, path) for path, given in found if len(given) != 1]
    if faults:
        raise InvalidRequest.from_faults(faults)


def _found_by(given: Mapping[str, str]) -> dict[str, Any]:
    """Return how the contact is found. A malformed id is that of no contact."""
    ((name, value),) = given.items()
    if name == "id":
        named = CONTACT_ID.fullmatch(value)
        return {"contact_id": int(named[1]) if named else 0}
    if name == "phone":
        number = phone_number_of(value)
        return {"identifier": Identifier(IdentifierKind.PHONE, number) if number else None}
    return {"identifier": Identifier(REFERENCES[name], value)}


def _assurance(given: str | None, faults: list[Fault]) -> Assurance:
    try:
        return Assurance.NUMBER_MATCH if given is None else Assurance(given)
    except ValueError:
        reason = f"it must be one of: {', '.join(Assurance)}"
        faults.append(Fault("invalid_value", reason, parameter="assurance"))
        return Assurance.NONE


def _deadline(given: str | None, faults: list[Fault]) -> int | None:
    if given is None:
        return None
    if _NUMBER.fullmatch(given) and MIN_DEADLINE_MS <= int(given) <= MAX_DEADLINE_MS:
        return int(given)
    reason = f"it must be a number from {MIN_DEADLINE_MS} to {MAX_DEADLINE_MS}"
    faults.append(Fault("invalid_value", reason, parameter="deadline_ms"))
    return None
