"""Describe Vambe's API.

Source: Vambe, the pages under "Contact", "Customer", "Tags", "Ticket" and "Webchat".
"""

from pydantic import BaseModel, ConfigDict

from openapi_documents import forms
from openapi_documents.description import (
    EVENT,
    Api,
    Group,
    JsonObject,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.vambe import events, responses
from shared.dialects.vambe.customer_requests import CustomerUpsert, FieldValue
from shared.dialects.vambe.dialect import MAX_BODY_BYTES, VAMBE
from shared.dialects.vambe.metadata_requests import TicketMetadata, WebchatMetadata
from shared.dialects.vambe.tag_requests import TagCreation, TagReplacement
from shared.dialects.vambe.webhook_requests import WebhookCreation, WebhookUpdate
from shared.domain import errors
from shared.domain.errors import Fault, InvalidRequest
from shared.services.webhooks.subscriptions import MAX_WEBHOOKS
from shared.validation.contacts import MAX_IDENTIFIER_BYTES, MAX_TAGS
from shared.validation.webhooks import MAX_URL_CHARS

DESCRIPTION = """\
The contacts, customers, tags and tickets of Vambe's public API.

Send the key as `x-api-key`. It must be a key without permissions.

Every path is served with and without a trailing slash.
A request that fails with a status below 500 changes nothing.
"""


class ContactMetadata(BaseModel):
    """Any fields, or an object of any fields as `metadata` if there is no other member."""

    model_config = ConfigDict(extra="allow")


_UUID = "df980fc8-b6db-4820-bf22-2969482d106d"

_OF_UUID: JsonObject = {"type": "string", "format": "uuid"}
_FILLED: JsonObject = {"type": "string", "minLength": 1}
_WITH_A_DIGIT: JsonObject = {"type": "string", "pattern": "[0-9]"}
_NUMBERED: JsonObject = {**_WITH_A_DIGIT, "maxLength": MAX_IDENTIFIER_BYTES}
_NOT_GIVEN: JsonObject = {"anyOf": [{"type": "null"}, {"maxLength": 0}]}
_URL: JsonObject = {"maxLength": MAX_URL_CHARS, "format": "webhook-url"}

_NO_CONTACT = errors.ContactNotFound(_UUID)
_SEVERAL_WITH_NUMBER = errors.SeveralContacts("phone")
_FIELD_ERRORS = (
    errors.UndefinedVariable("company_name", "it has no definition that this key can use"),
    forms.TOO_LONG,
    *forms.TOO_MUCH,
)
_BAD_URL = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must start with https://", ("url",))]
)

_PATH_PARAMETERS = (
    Parameter(
        "aiContactId",
        "The UUID of the contact",
        _OF_UUID,
        example=_UUID,
        errors=(errors.InvalidField("aiContactId", "it must be a UUID"), _NO_CONTACT),
    ),
    Parameter(
        "channelType",
        "The channel. Contacts on Instagram are not found",
        {"type": "string", "enum": ["whatsapp", "web-whatsapp", "playground", "instagram"]},
        example="whatsapp",
        errors=(errors.InvalidField("channelType", "it is one of: whatsapp, web-whatsapp"),),
    ),
    Parameter(
        "platformIdentifier",
        "The phone number of the contact, in any notation",
        _WITH_A_DIGIT,
        example="+56912345678",
        errors=(_NO_CONTACT, _SEVERAL_WITH_NUMBER),
    ),
    Parameter(
        "webhookId",
        "The id of the webhook",
        example="wh_123",
        errors=(errors.WebhookNotFound("wh_123"),),
    ),
)


def _optional(name: str, description: str, schema: JsonObject) -> Parameter:
    # Clients of a search form send empty values for fields that are not filled in.
    return Parameter(name, description, schema, may_be_empty=True)


def _number(name: str, description: str, least: int, most: int) -> Parameter:
    return _optional(name, description, {"type": "integer", "minimum": least, "maximum": most})


def _moment(name: str, description: str) -> Parameter:
    return _optional(name, description, {"type": "string", "format": "date-time"})


_FIELDS_SET = Success("The custom fields that were set", responses.MetadataValues, status=201)

_CONTACT = {
    ("update_metadata", "POST"): Operation(
        "Sets custom fields of a contact. Keys are converted to snake case, and values to "
        "text. Undefined fields are defined. `null` leaves a field unchanged.",
        summary="Update metadata to an AI contact",
        operation_id="updateContactMetadata",
        body=ContactMetadata,
        examples={"flat": EVENT, "wrapped": {"metadata": {"companyName": "Acme Corp"}}},
        response=_FIELDS_SET,
        errors=_FIELD_ERRORS,
    ),
    ("get_contact_info", "GET"): Operation(
        "Returns a contact. `metadata` has its custom fields as text.",
        summary="Get info of an AI contact",
        response=Success("The contact", responses.ContactInfo),
    ),
    ("list_contact_conversations", "GET"): Operation(
        "Lists the conversations with a contact. Their messages are not stored.",
        summary="Retrieve conversations by AI contact",
        parameters=(_number("daysBack", "Validated, but filters nothing", 0, 1_000_000),),
        response=Success("The conversations", responses.Conversations),
    ),
    ("list_contact_messages", "GET"): Operation(
        "Returns an empty list, as messages are not stored. An unknown contact is 404.",
        summary="Retrieve messages by AI contact",
        parameters=(_number("limit", "Validated, but filters nothing", 1, 1000),),
        response=Success("No messages", responses.Messages),
    ),
    ("list_contacts", "GET"): Operation(
        "Lists the contacts that match all filters. One of `days`, `created_after` and "
        "`updated_after` is required. `custom_field_key` and `custom_field_value` require "
        "each other.",
        summary="Get contacts by time filters",
        parameters=(
            _number("days", "Contacts whose last message is at most this many days old", 1, 365),
            _moment("created_after", "Contacts that were created after this"),
            _moment("updated_after", "Contacts that were changed after this"),
            _optional(
                "custom_field_key",
                "Contacts with `custom_field_value` in this custom field",
                _FILLED,
            ),
            _optional("custom_field_value", "The text that the custom field has", _FILLED),
            _optional(
                "entity",
                "The kind of custom field. Fields of tickets are not searched",
                {"type": "string", "enum": ["customer", "ticket"]},
            ),
            _optional("stage_id", "Matches no contact, as stages are not stored", _OF_UUID),
            _optional("pipeline_id", "Matches no contact, as pipelines are not stored", _OF_UUID),
            _number("limit", "The most contacts to list, all by default", 1, 1000),
            _number("offset", "The number of contacts to skip", 0, 1_000_000),
        ),
        response=Success(
            "The contacts, last changed first, or in the order of the time filter",
            responses.Contacts,
            headers=forms.LIMITED_TO_NEWEST | forms.LIMITED_TO_OLDEST,
        ),
        errors=(
            errors.MissingField("days"),
            errors.InvalidField("days", "it must be a number from 1 to 365"),
        ),
    ),
    ("search_contacts", "GET"): Operation(
        "Finds contacts by a part of their phone number or e-mail address.",
        summary="Search contacts by phone or email",
        parameters=(
            _optional("phone", "A part of the phone number", _WITH_A_DIGIT),
            _optional("email", "A part of the e-mail address, in any case", _FILLED),
        ),
        response=Success(
            "At most 50 contacts, last changed first",
            responses.Contacts,
            headers=forms.LIMITED_TO_NEWEST,
        ),
        errors=(
            errors.MissingField("phone or email"),
            errors.InvalidField("phone", "it must be a phone number"),
        ),
    ),
}

_CUSTOMER = {
    ("upsert_customer_info", "POST"): Operation(
        "Creates or changes the contact with this phone number, or with this user id of a webchat.",
        summary="Upsert a contact",
        body=CustomerUpsert,
        examples={
            "whatsapp": EVENT,
            "webchat": {"channel": "webchat", "external_user_id": "user-12345"},
        },
        response=Success("The created or changed contact", responses.Contact, status=201),
        errors=(
            errors.MissingField("contact_phone_number"),
            _SEVERAL_WITH_NUMBER,
            *_FIELD_ERRORS,
            forms.NO_ROOM,
        ),
    )
}

_TAGS = {
    ("list_tags", "GET"): Operation(
        "Lists the tags of the account, in order of id.",
        summary="Get all tags",
        response=Success("All tags", responses.Tags),
    ),
    ("replace_contact_tags", "PATCH"): Operation(
        "Replaces the tags of a contact.",
        summary="Update all the tags from an AI contact",
        body=TagReplacement,
        response=Success("The contact has these tags", responses.TagsReplaced),
        errors=(errors.TagNotFound("99"),),
    ),
    ("create_tags", "POST"): Operation(
        "Adds tags to a contact, and creates those that do not exist. Tags of tickets are "
        "added only to a contact with a conversation.",
        summary="Create tags for a contact",
        body=TagCreation,
        response=Success("The tags were added", responses.TagsCreated, status=201),
    ),
}

_TICKET = {
    ("update_ticket_metadata", "POST"): Operation(
        "Sets custom fields of a ticket: the one with this id, or the latest of a contact. "
        "Send exactly one of `ticket_id`, `ai_contact_id` and `contact_number`.",
        summary="Update metadata of a ticket",
        body=TicketMetadata,
        examples={
            "contact": EVENT,
            "number": {"contact_number": "+56912345678", "metadata": {"priority": "high"}},
        },
        response=Success("All fields were set", responses.TicketUpdated, status=201),
        errors=(
            errors.MissingField("ticket_id, ai_contact_id or contact_number"),
            _NO_CONTACT,
            errors.ConversationNotFound("conv_1"),
            _SEVERAL_WITH_NUMBER,
            *_FIELD_ERRORS,
        ),
    )
}

_WEBCHAT = {
    ("add_webchat_metadata", "POST"): Operation(
        "Sets custom fields of the contact with this user id.",
        summary="Add metadata for a webchat contact",
        operation_id="addWebchatContactMetadata",
        body=WebchatMetadata,
        examples={"campaign": {"externalUserId": "u-1", "metadata": {"utm_source": "google"}}},
        response=_FIELDS_SET,
        errors=(_NO_CONTACT, errors.SeveralContacts("webchat_user_id"), *_FIELD_ERRORS),
    )
}

_WEBHOOKS = {
    ("create_webhook", "POST"): Operation(
        "Registers a URL that receives events.",
        summary="Create a New Webhook",
        body=WebhookCreation,
        response=Success("The webhook was created", responses.WebhookCreated, status=201),
        errors=(_BAD_URL, errors.TooManyWebhooks(MAX_WEBHOOKS)),
    ),
    ("list_webhooks", "GET"): Operation(
        "Lists the webhooks that this API created, oldest first.",
        summary="Get All Webhooks",
        response=Success("All webhooks", responses.Webhooks),
    ),
    ("get_webhook", "GET"): Operation(
        "Returns a webhook without its secret.",
        summary="Get a Webhook",
        response=Success("The webhook", responses.Webhook),
    ),
    ("update_webhook", "PUT"): Operation(
        "Changes the sent fields of a webhook.",
        summary="Update a Webhook",
        body=WebhookUpdate,
        examples={"off": EVENT, "secret": {"secret": "updatedSecret"}},
        response=Success("The changed webhook", responses.Webhook),
        errors=(
            _BAD_URL,
            errors.WebhookForbidden("it belongs to an API key that sees more than this one"),
        ),
    ),
    ("delete_webhook", "DELETE"): Operation(
        "Deletes a webhook.",
        summary="Delete a Webhook",
        response=Success("The webhook was deleted", responses.WebhookDeleted),
    ),
    ("list_webhook_topics", "GET"): Operation(
        "Lists the topics that this service sends.",
        summary="Get Available Webhook Topics",
        response=Success(
            "The topics", responses.WebhookTopics, example=["contact.created", "contact.updated"]
        ),
    ),
}


def _referred_by(name: str, schema: JsonObject) -> JsonObject:
    others = {"ticket_id", "ai_contact_id", "contact_number"} - {name}
    properties = {name: schema, **dict.fromkeys(sorted(others), _NOT_GIVEN)}
    return {"required": [name], "properties": properties}


def _needed(name: str, schema: JsonObject) -> JsonObject:
    return {"required": [name], "properties": {name: schema}}


API = Api(
    dialect=VAMBE,
    title="Vambe",
    description=DESCRIPTION,
    security={"vambeApiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
    error_response=forms.ErrorResponse,
    coded=("statusCode", "error"),
    max_body_bytes=MAX_BODY_BYTES,
    groups=(
        Group("Contact", "The people an agent talks to.", _CONTACT),
        Group("Customer", "Contacts by channel.", _CUSTOMER),
        Group("Tags", "The tags of accounts and contacts.", _TAGS),
        Group("Ticket", "Conversations with contacts.", _TICKET),
        Group("Webchat", "Contacts of a web page.", _WEBCHAT),
        Group(
            "Webhooks", "Notify your systems of events as they happen.", _WEBHOOKS, events.EVENTS
        ),
    ),
    path_parameters=_PATH_PARAMETERS,
    limits={
        ContactMetadata: forms.METADATA,
        WebchatMetadata: {
            "properties": {
                "externalUserId": {"maxLength": MAX_IDENTIFIER_BYTES},
                "metadata": forms.METADATA,
            }
        },
        TicketMetadata: {
            "if": _needed("ticket_id", _FILLED),
            "then": _referred_by("ticket_id", _FILLED),
            "else": {
                "oneOf": [
                    _referred_by("ai_contact_id", _OF_UUID),
                    _referred_by("contact_number", _NUMBERED),
                ]
            },
            "properties": {"metadata": forms.METADATA},
        },
        WebhookCreation: {"properties": {"url": _URL}},
        WebhookUpdate: {"properties": {"url": _URL}},
        TagReplacement: {"properties": {"tagsIds": {"maxItems": MAX_TAGS}}},
        TagCreation: {"properties": {"tags": {"items": {"pattern": r"\S"}}}},
        FieldValue: {"properties": {"key": forms.KEY}},
        CustomerUpsert: {
            "if": {"properties": {"channel": {"const": "webchat"}}},
            "then": _needed("external_user_id", _FILLED),
            "else": _needed("contact_phone_number", _NUMBERED),
            "properties": {"meta_data": forms.METADATA},
        },
    },
)
