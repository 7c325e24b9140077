"""Responses to requests about contacts."""

from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page
from shared.dialects.native.variable_responses import change_results
from shared.domain.contact_changes import ChangedContact
from shared.domain.contact_lists import SummaryPage
from shared.domain.contacts import Contact, ContactSummary, PhoneNumber
from shared.domain.entity_tags import tag_of_contact
from shared.gateway.index_age import index_headers
from shared.gateway.response import Response


def contact_shown(contact: Contact) -> Response:
    """Build the response to a request for one contact."""
    return Response(200, contact_document(contact), _tag(contact))


def contact_created(changed: ChangedContact) -> Response:
    """Build the response to the creation of a contact."""
    return Response(201, contact_document(changed.contact), _headers(changed))


def contact_updated(changed: ChangedContact) -> Response:
    """Build the response to a change of a contact."""
    return Response(200, contact_document(changed.contact), _headers(changed))


def contact_upserted(changed: ChangedContact) -> Response:
    """Build the response to an upsert of a contact."""
    status = 201 if changed.is_new else 200
    document = {
        "contact": contact_document(changed.contact),
        "created": changed.is_new,
        "results": change_results(changed.results),
    }
    return Response(status, document, _headers(changed))


def contact_deleted(contact_id: int) -> Response:
    """Build the response to the deletion of a contact."""
    return Response(200, {"id": contact_name(contact_id), "deleted": True})


def contact_list(found: SummaryPage) -> Response:
    """Build the response to a request for the contacts of an account."""
    following = None if found.following is None else str(found.following)
    listed = page([_summary(each) for each in found.contacts], following, Listed.CONTACTS)
    return Response(listed.status, listed.document, index_headers(found.as_of))


def contact_name(contact_id: int) -> str:
    """Return the id of a contact as the API shows it."""
    return f"contact_{contact_id}"


def _headers(changed: ChangedContact) -> dict[str, str]:
    replayed = {"idempotent-replayed": "true"} if changed.is_replay else {}
    return {**_tag(changed.contact), **replayed}


def _tag(contact: Contact) -> dict[str, str]:
    return {"etag": str(tag_of_contact(contact))}


def _summary(contact: ContactSummary) -> dict[str, Any]:
    return {
        "id": contact_name(contact.contact_id),
        "uuid": contact.uuid,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "full_name": contact.full_name,
        "email": contact.email,
        "phone_number": contact.phone_number,
        "company": contact.company,
        "platform": contact.platform,
        "stage": contact.stage,
        "status": contact.status,
        "tags": list(contact.tags),
        "owner": contact.owner,
        "team": contact.team,
        "created_at": format_instant(contact.created_at),
        "updated_at": format_instant(contact.updated_at),
    }


def contact_document(contact: Contact) -> dict[str, Any]:
    """Build the document of a contact without its variables."""
    address = contact.address
    return {
        "id": contact_name(contact.contact_id),
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
        "channel_ids": dict(sorted(contact.channel_ids.items())),
        "company": contact.company,
        "website": contact.website,
        "avatar": contact.avatar,
        "platform": contact.platform,
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
        "organization_ids": list(contact.organization_ids),
        "industry_context": dict(contact.industry_context),
        "tags": list(contact.tags),
        "owner": contact.owner,
        "team": contact.team,
        "merged_from": [contact_name(each) for each in contact.merged_from],
        "other_identifiers": [
            {"kind": each.kind, "value": each.value} for each in contact.other_identifiers
        ],
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
