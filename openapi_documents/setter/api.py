"""Describe Setter AI's API.

Sources: Setter AI, "Update Contact" and "Send Message".
"""

from openapi_documents.description import (
    EVENT,
    Api,
    Group,
    JsonObject,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.forms import METADATA, NO_ROOM, TOO_MUCH
from openapi_documents.setter import responses
from shared.dialects.setter.dialect import MAX_BODY_BYTES, SETTER
from shared.dialects.setter.requests import ContactUpdate, Message
from shared.domain import errors

DESCRIPTION = """\
The contacts API of Setter AI.

Send the key as `Authorization: Bearer`. It must be a key without permissions.

Every path is served with and without a trailing slash.
A request that fails with a status below 500 changes nothing.
"""


def _format(name: str) -> JsonObject:
    """Build the schema of a string of this format. It can be empty, which clears the field."""
    return {"if": {"minLength": 1}, "then": {"format": name}}


def _identified_by(name: str, schema: JsonObject) -> JsonObject:
    return {"required": [name], "properties": {name: schema}}


_FILLED: JsonObject = {"type": "string", "minLength": 1}
_LIMITS: JsonObject = {
    "if": _identified_by("id", {"type": "integer"}),
    "else": {"anyOf": [_identified_by("waId", _FILLED), _identified_by("smsPhoneNumber", _FILLED)]},
    "properties": {
        "phoneNumber": _format("phone-number"),
        "email": _format("email"),
        "defaultTimeZone": _format("time-zone"),
        "metadata": METADATA,
    },
}
_MESSAGE_LIMITS: JsonObject = {
    "properties": {
        "phoneNumber": {"format": "phone-number"},
        "email": _format("email"),
        "timeZone": _format("time-zone"),
        "metadata": METADATA,
    }
}

_CONTACTS = {
    ("update_contact", "PUT"): Operation(
        "Changes the sent fields of the contact found by `id`, else by `waId`, else by "
        "`smsPhoneNumber`. `null` clears a field, and removes a key of `metadata`.",
        summary="Update Contact",
        body=ContactUpdate,
        examples={
            "names": EVENT,
            "metadata": {
                "waId": "1234567890",
                "metadata": {"source": "updated_via_api", "campaign": "winter2024"},
            },
        },
        response=Success("The changed contact", responses.ContactUpdated),
        errors=(
            errors.MissingField("id, waId or smsPhoneNumber"),
            errors.InvalidField("email", "An email address must have an @-sign."),
            errors.ContactNotFound("123"),
            errors.SeveralContacts("wa_id"),
            *TOO_MUCH,
        ),
    ),
    ("send_message", "POST"): Operation(
        "Creates or changes the contact with a phone number. No message is sent. Each "
        "number is accepted once in 30 minutes.",
        summary="Send Message",
        body=Message,
        response=Success(
            "The contact was created or changed", responses.MessageAccepted, status=201
        ),
        errors=(
            errors.InvalidField("phoneNumber", "it is no possible phone number"),
            errors.SeveralContacts("wa_id"),
            errors.TooSoon(1800),
            *TOO_MUCH,
            NO_ROOM,
        ),
    ),
}

API = Api(
    dialect=SETTER,
    title="Setter AI",
    description=DESCRIPTION,
    security={"setterBearer": {"type": "http", "scheme": "bearer", "description": "The API key"}},
    error_response=responses.ErrorResponse,
    coded=("error",),
    max_body_bytes=MAX_BODY_BYTES,
    groups=(Group("Contacts", "The people an agent talks to.", _CONTACTS),),
    path_parameters=(Parameter("botIntegrationId", "Any id", example="42"),),
    limits={ContactUpdate: _LIMITS, Message: _MESSAGE_LIMITS},
)
