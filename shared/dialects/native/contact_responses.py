"""Responses to requests about contacts."""

from typing import Any

from shared.dialects.native.instants import format_instant
from shared.domain.contacts import Contact, PhoneNumber
from shared.domain.entity_tags import EntityTag, digest_of
from shared.gateway.response import Response


def contact_shown(contact: Contact) -> Response:
    """Build the response to a request for one contact."""
    document = _contact(contact)
    tag = EntityTag(str(contact.version), digest_of(document.items()))
    return Response(200, document, {"etag": str(tag)})


def _contact(contact: Contact) -> dict[str, Any]:
    address = contact.address
    return {
        "id": f"contact_{contact.contact_id}",
        "uuid": contact.uuid,
        "external_id": contact.external_id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "full_name": contact.full_name,
        "email": contact.email,
        "phone_numbers": [_phone_number(each) for each in contact.phone_numbers],
        "wa_id": contact.wa_id,
        "sms_phone_number": contact.sms_phone_number,
        "webchat_user_id": contact.webchat_user_id,
        "company": contact.company,
        "website": contact.website,
        "stage": contact.stage,
        "status": contact.status,
        "language": contact.language,
        "time_zone": contact.time_zone,
        "address": {
            "street": address.street_line,
            "city": address.city,
            "state": address.state,
            "zip_code": address.zip_code,
            "country": address.country,
        },
        "tags": list(contact.tags),
        "created_at": format_instant(contact.created_at),
        "updated_at": format_instant(contact.updated_at),
    }


def _phone_number(phone: PhoneNumber) -> dict[str, Any]:
    return {
        "number": phone.number,
        "type": phone.phone_type,
        "is_primary": phone.primary,
        "do_not_call": phone.do_not_call,
    }
