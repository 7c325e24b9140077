"""Requests that merge contacts, and the responses to them."""

from typing import Any

from shared.dialects.native.contact_responses import contact_document, contact_name
from shared.dialects.native.instants import format_instant
from shared.dialects.native.parameters import CONTACT_ID, contact_id_of
from shared.dialects.native.variable_requests import (
    parse_body,
    parse_condition,
    parse_idempotency_key,
)
from shared.dialects.native.variable_responses import change_results
from shared.domain.contact_merges import MergedContacts, MergeOrder, NotKept, Side
from shared.domain.entity_tags import tag_of_contact
from shared.domain.errors import Fault
from shared.domain.value_changes import RequestTerms
from shared.gateway.request import Request
from shared.gateway.request_model import (
    BOOLEAN,
    TEXT,
    RequestModel,
    after_validator,
    defaulted,
    enum_of,
    object_of,
    required,
)
from shared.gateway.response import Response
from shared.validation.names import NAME_RULE, is_variable_name
from shared.validation.value_forms import json_form

MAX_PREFERRED = 100
"""The most variables whose values a request chooses."""


def _contact_fault(given: str) -> str | None:
    is_named = CONTACT_ID.fullmatch(given) is not None
    return None if is_named else "it must be the id of a contact, such as contact_456"


def _name_fault(given: str) -> str | None:
    return None if is_variable_name(given) else NAME_RULE


class ContactMerge(RequestModel, closed=True):
    """The body that merges a contact into that of the path."""

    merged: str = required(after_validator(_contact_fault, TEXT), "from")
    prefer: dict[str, Side] = defaulted(
        object_of(after_validator(_name_fault, TEXT), enum_of(Side), max_length=MAX_PREFERRED),
        {},
    )
    dry_run: bool = defaulted(BOOLEAN, default=False)

    @classmethod
    def of(cls, request: Request) -> MergeOrder:
        """Parse a merge and its terms; raises InvalidRequest with all faults."""
        faults: list[Fault] = []
        condition = parse_condition(request, faults)
        key = parse_idempotency_key(request, faults)
        body = parse_body(request, cls, faults)
        return MergeOrder(
            survivor_id=contact_id_of(request),
            merged_id=int(body.merged.removeprefix("contact_")),
            prefer=body.prefer,
            is_dry_run=body.dry_run,
            terms=RequestTerms(condition, key),
        )


def contacts_merged(found: MergedContacts) -> Response:
    """Build the response to a merge, or to a dry run of one."""
    fields = {} if found.merged is None else contact_document(found.merged)
    document = {
        "contact": contact_document(found.contact),
        "merged": contact_name(found.merged_id),
        "dry_run": found.is_dry_run,
        "results": change_results(found.results),
        "not_kept": {
            "variables": [_not_kept(found, each) for each in found.not_kept],
            "fields": {name: fields[name] for name in found.fields_not_kept},
        },
    }
    replayed = {"idempotent-replayed": "true"} if found.is_replay else {}
    return Response(200, document, {"etag": str(tag_of_contact(found.stored)), **replayed})


def _not_kept(found: MergedContacts, lost: NotKept) -> dict[str, Any]:
    is_of_survivor = lost.side is Side.SURVIVOR
    document: dict[str, Any] = {
        "variable": lost.name,
        "contact_id": contact_name(found.contact.contact_id if is_of_survivor else found.merged_id),
        "suggestion_id": lost.suggestion_id,
    }
    value = lost.value
    if value is None or lost.is_withheld:
        return document
    return {
        **document,
        "value": json_form(value.variable_type, value.value),
        "source": value.source,
        "updated_at": format_instant(value.updated_at),
    }
