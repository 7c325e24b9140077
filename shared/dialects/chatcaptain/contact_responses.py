"""Responses of ChatCaptain's API about contacts.

Sources: ChatCaptain, "Conversation contacts", and the public n8n nodes. Empty fields of a contact
are left out.
"""

from typing import Any

from shared.dialects.chatcaptain.parameters import page_token
from shared.domain.contact_lists import FoundContacts, NewestContacts
from shared.domain.contacts import Address, Contact, ContactWithValues
from shared.gateway.index_age import index_headers
from shared.gateway.response import Response
from shared.validation.instants import to_the_millisecond
from shared.validation.value_forms import plain_form
from shared.validation.value_text import to_text


def contact_details(found: ContactWithValues) -> Response:
    """Build the response to a request for one contact, or to change it."""
    variables = {
        each.name: to_text(plain_form(each.variable_type, each.value)) for each in found.values
    }
    return Response(200, {"contact": {**_contact(found.contact), "variables": variables}})


def contact_created(contact: Contact) -> Response:
    """Build the response to the creation of a contact."""
    return Response(201, {"contact": {**_contact(contact), "variables": {}}})


def contact_list(listed: NewestContacts) -> Response:
    """Build the response to a list of contacts, with the token of the next page if there is one."""
    document: dict[str, Any] = {"contacts": [_contact(each) for each in listed.contacts]}
    if listed.following:
        document["nextPageToken"] = page_token(listed.following, listed.created_before)
    return Response(200, document, index_headers(listed.as_of))


def search_results(found: FoundContacts) -> Response:
    """Build the response to a search: one page of contacts, and the number of all matches."""
    results = {
        "facetCounts": [],
        "found": found.count,
        "hits": [{"document": _contact(each)} for each in found.contacts],
        "page": found.page,
    }
    headers = index_headers(found.as_of, found.limited_to)
    return Response(200, {"results": results}, headers)


def _contact(contact: Contact) -> dict[str, Any]:
    channels = contact.channel_ids
    document = {
        "id": contact.external_id,
        "name": contact.full_name,
        "language": contact.language,
        "email": contact.email,
        "phoneNumber": contact.phone_number,
        "whatsappId": contact.wa_id,
        "webId": contact.webchat_user_id,
        "instagramId": channels.get("instagram"),
        "facebookId": channels.get("facebook"),
        "telegramId": channels.get("telegram"),
        "providerId": channels.get("provider"),
        "avatar": contact.avatar,
        "address": _address(contact.address),
        "organizationIds": list(contact.organization_ids),
        "created": to_the_millisecond(contact.created_at),
        "updated": to_the_millisecond(contact.updated_at),
    }
    return {name: value for name, value in document.items() if value not in (None, "", {})}


def _address(address: Address) -> dict[str, str]:
    if address == Address():
        return {}
    document = {
        "street": address.street,
        "houseNumber": address.house_number,
        "zipcode": address.zip_code,
        "location": address.city,
        "country": address.country,
    }
    return {name: value for name, value in document.items() if value}
