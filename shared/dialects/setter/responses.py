"""Responses of Setter AI's API.

Source: Setter AI, "Update Contact" and "Send Message".
"""

from shared.domain.contacts import ContactWithValues
from shared.gateway.response import Response
from shared.validation.instants import to_the_second
from shared.validation.value_forms import plain_form

MESSAGE_ACCEPTED = Response(201, 201)
"""The response to a message. Its body is its status code."""


def contact_updated(found: ContactWithValues) -> Response:
    """Build the response to an update, with the schema's message and the example's data."""
    contact = found.contact
    changed_at = max([contact.updated_at, *(each.updated_at for each in found.values)])
    data = {
        "id": contact.contact_id,
        "createdAt": to_the_second(contact.created_at),
        "updatedAt": to_the_second(changed_at),
        "firstName": contact.first_name or None,
        "lastName": contact.last_name or None,
        "fullName": contact.full_name or None,
        "phoneNumber": contact.phone_number,
        "waId": contact.wa_id,
        "smsPhoneNumber": contact.sms_phone_number,
        "email": contact.email,
        "defaultTimeZone": contact.time_zone,
        "metadata": {
            each.name: plain_form(each.variable_type, each.value) for each in found.values
        },
    }
    return Response(200, {"message": "Contact updated successfully", "data": data})
