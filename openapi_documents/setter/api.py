"""Describe Setter AI's API.

Sources: Setter AI, "Update Contact" and "Send Message".
"""

from openapi_documents.description import Api, JsonObject, Operation, RequestBody, SuccessResponse
from openapi_documents.forms import METADATA, TEXT, TOO_MUCH, in_path, texts
from openapi_documents.setter import responses
from shared.dialects.setter.dialect import SETTER
from shared.dialects.setter.requests import ContactUpdate, Message
from shared.domain import errors
from shared.validation.contacts import MAX_FIELD_CHARS

DESCRIPTION = """\
The contacts API of Setter AI.

Send the key as `Authorization: Bearer`. It must be a key without permissions.

Every path is served with and without a trailing slash.
A request that fails with a status below 500 changes nothing.
"""

_CONTACTS = "Contacts"

_TEXTS = texts(MAX_FIELD_CHARS, "firstName", "lastName", "fullName")


def _format(name: str) -> JsonObject:
    """Build the schema of a string of this format. It can be empty, which clears the field."""
    return {"maxLength": MAX_FIELD_CHARS, "if": {"minLength": 1}, "then": {"format": name}}


def _identified_by(name: str, schema: JsonObject) -> JsonObject:
    return {"required": [name], "properties": {name: schema}}


_LIMITS: JsonObject = {
    "if": _identified_by("id", {"type": "integer"}),
    "else": {
        "anyOf": [
            _identified_by("waId", {"type": "string", "minLength": 1}),
            _identified_by("smsPhoneNumber", {"type": "string", "minLength": 1}),
        ]
    },
    "properties": {
        **_TEXTS,
        "phoneNumber": _format("phone-number"),
        "email": _format("email"),
        "defaultTimeZone": _format("time-zone"),
        "metadata": METADATA,
    },
}

_MESSAGE_LIMITS: JsonObject = {
    "properties": {
        **_TEXTS,
        "phoneNumber": {"maxLength": MAX_FIELD_CHARS, "format": "phone-number"},
        "email": _format("email"),
        "timeZone": _format("time-zone"),
        "metadata": METADATA,
    },
}

API = Api(
    dialect=SETTER,
    title="Setter AI",
    description=DESCRIPTION,
    tags={_CONTACTS: "The people an agent talks to."},
    security={"setterBearer": {"type": "http", "scheme": "bearer", "description": "The API key"}},
    error_response=responses.ErrorResponse,
    coded=("error",),
    operations={
        ("update_contact", "PUT"): Operation(
            operation_id="updateContact",
            summary="Update Contact",
            tag=_CONTACTS,
            description=(
                "Changes the sent fields of the contact found by `id`, else by `waId`, else by "
                "`smsPhoneNumber`. `null` clears a field, and removes a key of `metadata`."
            ),
            body=RequestBody(
                model=ContactUpdate,
                examples={
                    "names": {
                        "id": 123,
                        "firstName": "John",
                        "lastName": "Smith",
                        "email": "john.smith@example.com",
                        "defaultTimeZone": "America/New_York",
                    },
                    "metadata": {
                        "waId": "1234567890",
                        "metadata": {"source": "updated_via_api", "campaign": "winter2024"},
                    },
                },
            ),
            response=SuccessResponse(
                description="The changed contact",
                model=responses.ContactUpdated,
                example={
                    "message": "Contact updated successfully",
                    "data": {
                        "id": 123,
                        "createdAt": "2024-01-01T10:00:00Z",
                        "updatedAt": "2024-01-15T14:30:00Z",
                        "firstName": "John",
                        "lastName": "Smith",
                        "fullName": "John Smith",
                        "phoneNumber": "1234567890",
                        "waId": "1234567890",
                        "smsPhoneNumber": "1234567890",
                        "email": "john.smith@example.com",
                        "defaultTimeZone": "America/New_York",
                        "metadata": {"source": "updated_via_api"},
                    },
                },
            ),
            error_responses=(
                errors.MissingField("id, waId or smsPhoneNumber"),
                errors.InvalidField("email", "An email address must have an @-sign."),
                errors.ContactNotFound("123"),
                errors.SeveralContacts("wa_id"),
                *TOO_MUCH,
            ),
        ),
        ("send_message", "POST"): Operation(
            operation_id="sendMessage",
            summary="Send Message",
            tag=_CONTACTS,
            description=(
                "Creates or changes the contact with a phone number. No message is sent. Each "
                "number is accepted once in 30 minutes."
            ),
            parameters=(in_path("botIntegrationId", "Any id", TEXT, "42"),),
            body=RequestBody(
                model=Message,
                examples={
                    "contact": {
                        "phoneNumber": "+12125550100",
                        "firstName": "Jane",
                        "lastName": "Doe",
                        "timeZone": "America/New_York",
                        "metadata": {"source": "landing page"},
                    },
                },
            ),
            response=SuccessResponse(
                status=201,
                description="The contact was created or changed",
                model=responses.MessageAccepted,
                example=201,
            ),
            error_responses=(
                errors.MissingField("phoneNumber"),
                errors.InvalidField("phoneNumber", "it is no possible phone number"),
                errors.SeveralContacts("wa_id"),
                errors.TooSoon(1800),
                *TOO_MUCH,
            ),
        ),
    },
    limits={ContactUpdate: _LIMITS, Message: _MESSAGE_LIMITS},
)
