"""Responses of Vambe's API.

Sources: Vambe, the pages of each endpoint under "Contact", "Customer", "Tags", "Ticket" and
"Webchat". Fields that this service does not store have a fixed value, listed in `docs/dialects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from shared.domain.accounts import Caller
from shared.domain.contact_lists import Matches
from shared.domain.contacts import (
    Contact,
    ContactSummary,
    ContactWithValues,
    Conversation,
)
from shared.domain.tags import Tag
from shared.domain.values import WrittenVariable
from shared.gateway.index_age import index_headers
from shared.gateway.response import Response
from shared.validation.instants import to_the_millisecond
from shared.validation.value_forms import plain_form
from shared.validation.value_text import to_text

if TYPE_CHECKING:
    from shared.validation.fields.reports import FieldReport

_NAMESPACE = UUID("3e0c7a9e-8a55-4c1b-9d7e-5b0f6a4f2c11")
"""The namespace of derived UUIDs, for resources that have no UUID in this service."""

_WITHHELD = "Tags of type TICKET are for contacts with a ticket, and this contact has none."


def metadata_updated(
    contact: Contact,
    fields: Sequence[WrittenVariable],
    reports: Iterable[FieldReport],
    caller: Caller,
) -> Response:
    """Build the response to metadata of a contact: one object for each field that was set.

    In addition to Vambe's fields, each object says how its key and value were interpreted.
    """
    at = to_the_millisecond(caller.requested_at)
    reports_by_name = {report.name: report for report in reports}
    document = [
        {
            **_field_value(contact, field, at),
            **_interpretation(reports_by_name[field.definition.name]),
        }
        for field in fields
    ]
    return Response(201, document)


def ticket_metadata_updated() -> Response:
    """Build the response to metadata of a ticket."""
    return Response(201, {"status": "ok"})


def contact_info(
    found: ContactWithValues, conversations: Sequence[Conversation], caller: Caller
) -> Response:
    """Build the response to a request for one contact."""
    document = {
        **_contact(found.contact, caller),
        "last_message_content": None,
        "active_ticket_v2": _active_ticket(conversations),
        "last_closed_ticket": None,
        "metadata": {
            each.name: to_text(plain_form(each.variable_type, each.value)) for each in found.values
        },
    }
    return Response(200, document)


def contact_list(found: Matches, caller: Caller) -> Response:
    """Build the response to a list of contacts."""
    document = [_contact(contact, caller) for contact in found.contacts]
    headers = index_headers(found.as_of, found.limited_to, found.limited_to_oldest)
    return Response(200, document, headers)


def customer_upserted(contact: Contact, caller: Caller) -> Response:
    """Build the response to the creation or change of a customer."""
    return Response(201, _contact(contact, caller))


def tag_list(tags: Iterable[Tag], caller: Caller) -> Response:
    """Build the response to a list of tags."""
    return Response(200, [_tag(tag, caller) for tag in tags])


def tags_replaced(contact: Contact) -> Response:
    """Build the response to the replacement of a contact's tags."""
    return Response(200, {"status": "success", "aiContactTagsLength": len(contact.tags)})


def tags_created(made: Sequence[Tag], given: Sequence[str], withheld: Sequence[str]) -> Response:
    """Build the response to tags that were created as needed and given to a contact."""
    document = {
        "status": "success",
        "createdCount": len(made),
        "assignedCount": len(given),
        "notAssignedCount": len(withheld),
        "notAssignedTags": list(withheld),
        "details": _WITHHELD if withheld else "",
    }
    return Response(201, document)


def conversation_list(contact: Contact, conversations: Iterable[Conversation]) -> Response:
    """Build the response to a list of conversations. Their messages are not stored."""
    return Response(200, [_conversation(contact, each) for each in conversations])


def message_list() -> Response:
    """Build the response to a list of messages. It is empty, as messages are not stored."""
    return Response(200, [])


def _field_value(contact: Contact, field: WrittenVariable, at: str) -> dict[str, Any]:
    external_id = field.definition.external_id
    return {
        "id": _derived_uuid("value", str(contact.uuid), external_id),
        "key": field.definition.name,
        "value": to_text(plain_form(field.definition.variable_type, field.value)),
        "ai_contact_id": contact.uuid,
        "definition_id": _derived_uuid("definition", external_id),
        "created_at": at,
        "updated_at": at,
    }


def _interpretation(report: FieldReport) -> dict[str, Any]:
    return {
        "sent_key": report.key,
        "matched_by": report.rule,
        "confidence": report.confidence,
        "form": report.form,
    }


def _contact(contact: Contact | ContactSummary, caller: Caller) -> dict[str, Any]:
    return {
        "id": contact.uuid,
        "name": contact.full_name,
        "email": contact.email,
        "phone": contact.phone_number,
        "platform": contact.platform,
        "created_at": to_the_millisecond(contact.created_at),
        "updated_at": to_the_millisecond(contact.updated_at),
        "last_message_at": to_the_millisecond(contact.updated_at),
        "chat_status": "UNATTENDED",
        "is_chat_read": False,
        "blocked": False,
        "client_id": _client_id(caller),
        "ai_customer_id": _derived_uuid("customer", str(contact.uuid)),
        "default_stage_id": None,
        "active_ticket_v2": None,
    }


def _active_ticket(conversations: Sequence[Conversation]) -> dict[str, Any] | None:
    if not conversations:
        return None
    return {"id": conversations[-1].conversation_id, "current_stage_id": None}


def _conversation(contact: Contact, conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation_id": conversation.conversation_id,
        "conversation_date": None,
        "stage_id": None,
        "conversation_channel": None,
        "platform": contact.platform,
        "messages": [],
    }


def _tag(tag: Tag, caller: Caller) -> dict[str, Any]:
    return {
        "id": tag.tag_id,
        "value": tag.value,
        "variant": "gray",
        "entity_type": tag.entity_type,
        "created_at": None,
        "client_id": _client_id(caller),
        "integration_token_id": None,
        "integration_provider": None,
        "integration_external_id": None,
    }


def _client_id(caller: Caller) -> str:
    return _derived_uuid("client", caller.account_id)


def _derived_uuid(*names: str) -> str:
    return str(uuid5(_NAMESPACE, "/".join(names)))
