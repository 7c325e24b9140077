"""Requests that create, find, change and list contacts."""

import re
from dataclasses import replace
from typing import Any

from shared.dialects.native.contact_fields import IDENTIFIER_SCHEMAS, ContactFields
from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.dialects.native.paging import Listed, page_parameters
from shared.dialects.native.variable_requests import (
    parse_body,
    parse_condition,
    parse_idempotency_key,
    parse_mode,
)
from shared.domain.contact_changes import SentVariables, Upsert
from shared.domain.contact_lists import ContactFilter, ContactQuery, WordPosition
from shared.domain.contacts import ContactDraft, Identifier, IdentifierKind, PhoneNumber
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.json_values import JsonObject
from shared.domain.search_words import MAX_WORD_CHARS, searched_words
from shared.domain.upserts import UpsertMode
from shared.domain.value_changes import IdempotencyKey, RequestTerms
from shared.gateway.request import Request
from shared.gateway.request_model import OBJECT, RequestModel, defaulted, nested, required
from shared.validation.contact_fields import with_fields
from shared.validation.contacts import MAX_FIELD_CHARS

_POSITION = re.compile(r"[1-9][0-9]{0,17}")

_ABSENT: Any = None


class ContactCreation(ContactFields, closed=True):
    """The body that creates a contact."""

    variables: JsonObject = defaulted(OBJECT, {})

    @classmethod
    def of(cls, request: Request) -> tuple[ContactDraft, SentVariables, IdempotencyKey | None]:
        """Parse a contact, its variables and the key; raises InvalidRequest with all faults."""
        faults: list[Fault] = []
        mode = parse_mode(request.query("mode"), faults)
        key = parse_idempotency_key(request, faults)
        body = parse_body(request, cls, faults)
        return body.apply(ContactDraft()), SentVariables(body.variables, mode), key


class ContactIdentifiers(RequestModel, closed=True):
    """Identifiers of a contact."""

    uuid: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.UUID], _ABSENT)
    external_id: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.EXTERNAL_ID], _ABSENT)
    email: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.EMAIL], _ABSENT)
    phone: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.PHONE], _ABSENT)
    wa_id: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.WHATSAPP], _ABSENT)
    sms_phone_number: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.SMS], _ABSENT)
    webchat_user_id: str = defaulted(IDENTIFIER_SCHEMAS[IdentifierKind.WEBCHAT], _ABSENT)

    @property
    def identifiers(self) -> list[Identifier]:
        """The identifiers that were sent, in the order of their kinds."""
        return [
            Identifier(kind, getattr(self, kind)) for kind in IdentifierKind if kind in self.sent
        ]

    def apply(self, draft: ContactDraft) -> ContactDraft:
        """Return a new contact with the identifiers as they were sent."""
        given = {kind: getattr(self, kind) for kind in self.sent - {IdentifierKind.PHONE}}
        identified = with_fields(draft, given)
        if IdentifierKind.PHONE not in self.sent or _has_phone(identified, self.phone):
            return identified
        return replace(identified, phone_numbers=(PhoneNumber(1, self.phone, primary=True),))


class ContactLookup(RequestModel, closed=True):
    """The body that finds a contact."""

    identifiers: ContactIdentifiers = required(nested(ContactIdentifiers))

    @classmethod
    def of(cls, request: Request) -> list[Identifier]:
        """Parse the identifiers; raises InvalidRequest with all faults."""
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES)
        faults = absence_faults(body.identifiers)
        if faults:
            raise InvalidRequest.from_faults(faults)
        return body.identifiers.identifiers


class ContactUpsert(RequestModel, closed=True):
    """The body that creates the contact of identifiers, or changes the contact that has one."""

    identifiers: ContactIdentifiers = required(nested(ContactIdentifiers))
    contact: ContactFields = defaulted(nested(ContactFields), _ABSENT)
    variables: JsonObject = defaulted(OBJECT, {})

    @classmethod
    def of(cls, request: Request) -> tuple[Upsert, IdempotencyKey | None]:
        """Parse an upsert and the key; raises InvalidRequest with all faults."""
        faults: list[Fault] = []
        mode = parse_mode(request.query("mode"), faults)
        key = parse_idempotency_key(request, faults)
        body = parse_body(request, cls, faults)
        return body.upsert(mode), key

    def upsert(self, mode: UpsertMode) -> Upsert:
        """Return what to create or change.

        Raises:
            InvalidRequest: There is no identifier, or fields contradict one. Has all faults.

        """
        fields = self.contact or ContactFields.model_validate({})
        faults = absence_faults(self.identifiers) + _contradictions(self.identifiers, fields)
        if faults:
            raise InvalidRequest.from_faults(faults)
        return Upsert(
            identifiers=self.identifiers.identifiers,
            draft=self.identifiers.apply(fields.apply(ContactDraft())),
            change=fields.apply,
            variables=SentVariables(self.variables, mode),
        )


def update_of(request: Request) -> tuple[ContactFields, RequestTerms]:
    """Parse a merge patch of a contact and its terms; raises InvalidRequest with all faults."""
    faults: list[Fault] = []
    condition = parse_condition(request, faults)
    key = parse_idempotency_key(request, faults)
    return parse_body(request, ContactFields, faults), RequestTerms(condition, key)


def contacts_query(request: Request) -> ContactQuery:
    """Parse the query of a list or a search; raises InvalidRequest with all faults."""
    faults: list[Fault] = []
    stage, status, tag, search = (
        _filter_of(request, name, faults) for name in ("stage", "status", "tag", "search")
    )
    words = None if search is None else searched_words(search)
    position, limit = page_parameters(request, Listed.CONTACTS, faults, _position_among(words))
    start: int | WordPosition | None = None
    if position is not None:
        start = int(position) if words is None else WordPosition.of(position)
    return ContactQuery(ContactFilter(stage, status, tag), words, start, limit)


def _position_among(words: tuple[str, ...] | None) -> re.Pattern[str]:
    """Return what the position of a page looks like, in a list or in a search for words."""
    if words is None:
        return _POSITION
    beginning = re.escape(words[0]) if words else ""
    return re.compile(f"{beginning}.{{0,{MAX_WORD_CHARS}}}#{_POSITION.pattern}", re.DOTALL)


def _filter_of(request: Request, name: str, faults: list[Fault]) -> str | None:
    given = request.query(name)
    if given is not None and not 1 <= len(given) <= MAX_FIELD_CHARS:
        reason = f"it must have 1 to {MAX_FIELD_CHARS} characters"
        faults.append(Fault("invalid_value", reason, parameter=name))
        return None
    return given


def absence_faults(identifiers: ContactIdentifiers) -> list[Fault]:
    """Return the fault of a body without identifiers."""
    if identifiers.sent:
        return []
    return [Fault("required", "it needs at least one identifier", ("identifiers",))]


def _contradictions(identifiers: ContactIdentifiers, fields: ContactFields) -> list[Fault]:
    """Return the faults of fields that would take away an identifier that was sent."""
    faults = []
    for identifier in identifiers.identifiers:
        kind = identifier.kind
        if kind is IdentifierKind.PHONE:
            name = "phone_numbers"
            numbers = [each.number for each in getattr(fields, name) or ()]
            is_kept = identifier in [Identifier(kind, number) for number in numbers]
        else:
            name = str(kind)
            is_kept = identifier == Identifier(kind, getattr(fields, name) or "")
        if name in fields.sent and not is_kept:
            reason = f"it contradicts identifiers.{kind}, by which the contact is found"
            faults.append(Fault("invalid_value", reason, ("contact", name)))
    return faults


def _has_phone(draft: ContactDraft, number: str) -> bool:
    kind = IdentifierKind.PHONE
    wanted = Identifier(kind, number)
    return wanted in [Identifier(kind, each.number) for each in draft.phone_numbers]
