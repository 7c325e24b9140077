"""Responses of Klen AI's API.

Source: Klen AI, the pages under "Contacts" and "Context Variables".
"""

from typing import Any

from shared.dialects.klen.variable_types import VariableType, shown_type
from shared.domain.contact_lists import ContactPage
from shared.domain.contacts import Contact, ContactSummary, ContactWithValues, PhoneNumber
from shared.domain.definitions import Definition
from shared.gateway.index_age import index_headers
from shared.gateway.response import Response
from shared.validation.instants import to_the_second
from shared.validation.names import display_name
from shared.validation.value_forms import plain_form


def contact_context_set(contact_id: int) -> Response:
    """Build the response to setting variables of a contact."""
    message = "Contact context variables updated successfully"
    return Response(200, {"message": message, "contact_id": contact_id})


def business_context_set() -> Response:
    """Build the response to setting variables of the business."""
    return Response(200, {"message": "Business context variables updated successfully"})


def definition_list(definitions: list[Definition]) -> Response:
    """Build the response to a list of definitions."""
    variables = [_definition(definition) for definition in definitions]
    return Response(200, {"count": len(variables), "variables": variables})


def definition_created(definition: Definition) -> Response:
    """Build the response to the creation of a definition."""
    return _named(201, definition, "Variable definition created successfully")


def definition_updated(definition: Definition) -> Response:
    """Build the response to the change of a definition."""
    return _named(200, definition, "Variable definition updated successfully")


def definition_deleted() -> Response:
    """Build the response to the deletion of a definition."""
    return Response(200, {"message": "Variable definition deleted successfully"})


def contact_list(page: ContactPage) -> Response:
    """Build the response to a list of contacts."""
    return Response(
        200,
        {
            "count": page.count,
            "page": page.page,
            "limit": page.limit,
            "pages": page.pages,
            "contacts": [_listed(contact) for contact in page.contacts],
        },
        index_headers(page.as_of, page.limited_to),
    )


def contact_details(found: ContactWithValues) -> Response:
    """Build the response to a request for one contact."""
    custom_context = {
        each.name: plain_form(each.variable_type, each.value) for each in found.values
    }
    return Response(200, {**_details(found.contact), "custom_context": custom_context})


def contact_created(contact: Contact) -> Response:
    """Build the response to the creation of a contact."""
    return Response(201, {**_details(contact), "message": "Contact created successfully"})


def contact_updated(contact: Contact) -> Response:
    """Build the response to the change of a contact."""
    return Response(200, {**_details(contact), "message": "Contact updated successfully"})


def _named(status: int, definition: Definition, message: str) -> Response:
    document = {
        "id": definition.definition_id,
        "name": definition.name,
        "display_name": definition.display_name,
        "message": message,
    }
    return Response(status, document)


def _definition(definition: Definition) -> dict[str, Any]:
    shown = shown_type(definition.variable_type)
    options = definition.select_options if shown is VariableType.SELECT else None
    return {
        "id": definition.definition_id,
        "name": definition.name,
        "display_name": definition.display_name,
        "description": definition.description,
        "variable_type": shown,
        "context_type": definition.context_type,
        "is_default": definition.is_default,
        "select_options": None if options is None else list(options),
    }


def _person(contact: Contact | ContactSummary) -> dict[str, Any]:
    return {
        "id": contact.contact_id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "full_name": contact.full_name,
        "email": contact.email,
        "company": contact.company,
    }


def _listed(contact: ContactSummary) -> dict[str, Any]:
    return {
        **_person(contact),
        "stage": contact.stage,
        "status": contact.status,
        "phone": contact.phone_number,
        "created_date": to_the_second(contact.created_at),
        "last_call_date": None,
        "tags": list(contact.tags),
    }


def _details(contact: Contact) -> dict[str, Any]:
    address = contact.address
    return {
        **_person(contact),
        "website": contact.website,
        "stage": contact.stage,
        "stage_display": display_name(contact.stage),
        "status": contact.status,
        "status_display": display_name(contact.status),
        "address": {
            "street": address.street_line,
            "city": address.city,
            "state": address.state,
            "zip_code": address.zip_code,
            "country": address.country,
        },
        "timezone": contact.time_zone,
        "created_date": to_the_second(contact.created_at),
        "last_call_date": None,
        "phone_numbers": [_phone_document(phone) for phone in contact.phone_numbers],
        "tags": list(contact.tags),
        "recent_notes": [],
        "industry_context": dict(contact.industry_context),
    }


def _phone_document(phone: PhoneNumber) -> dict[str, Any]:
    return {
        "id": phone.phone_id,
        "phone_number": phone.number,
        "phone_type": phone.phone_type,
        "primary": phone.primary,
        "do_not_call": phone.do_not_call,
        "dnc_date": phone.dnc_date,
        "dnc_reason": phone.dnc_reason,
    }
