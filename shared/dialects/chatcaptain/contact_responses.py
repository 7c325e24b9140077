"""ChatCaptain's answers about contacts.

Source: ChatCaptain, "Conversation contacts", and what its public n8n nodes send and show. What is
not known of a contact is left out.
"""

from typing import Any

from shared.domain.contact_lists import Cursor, FoundContacts, NewestContacts
from shared.domain.contacts import Address, Contact, ContactWithValues
from shared.gateway.response import Response
from shared.validation.instants import to_the_millisecond
from shared.validation.value_text import to_text


def contact_details(found: ContactWithValues) -> Response:
    """The answer to a request for one contact, and to its change."""
    variables = {each.name: to_text(each.value) for each in found.values}
    return Response(200, {"contact": {**_contact(found.contact), "variables": variables}})


def contact_created(contact: Contact) -> Response:
    """The answer to the creation of a contact."""
    return Response(201, {"contact": {**_contact(contact), "variables": {}}})


def contact_list(listed: NewestContacts) -> Response:
    """The answer to a list of contacts: with what to ask for the following ones, if any."""
    document: dict[str, Any] = {"contacts": [_contact(each) for each in listed.contacts]}
    if listed.following:
        document["nextPageToken"] = _token(listed.following)
    return Response(200, document)


def search_results(found: FoundContacts) -> Response:
    """The answer to a search: one page of the contacts that were found, and their number."""
    results = {
        "facetCounts": [],
        "found": found.count,
        "hits": [{"document": _contact(each)} for each in found.contacts],
        "page": found.page,
    }
    return Response(200, {"results": results})


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


def _token(mark: Cursor) -> str:
    # A date, as the page asks for one; what many contacts of one instant differ by is behind the
    # milliseconds, where no client looks.
    return f"{to_the_millisecond(mark.created_at)[:-1]}{mark.contact_id:018d}Z"
