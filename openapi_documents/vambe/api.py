"""Describe Vambe's API.

Source: Vambe, the pages under "Contact", "Customer", "Tags", "Ticket" and "Webchat".
"""

from openapi_documents.description import (
    Api,
    JsonObject,
    Operation,
    Parameter,
    RequestBody,
    SuccessResponse,
)
from openapi_documents.forms import KEY, METADATA, TOO_LONG, TOO_MUCH, in_path, in_query
from openapi_documents.vambe import events, responses
from openapi_documents.vambe.requests import ContactMetadata
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

_CONTACT, _CUSTOMER, _TAGS, _TICKET = "Contact", "Customer", "Tags", "Ticket"
_WEBCHAT, _WEBHOOKS = "Webchat", "Webhooks"

_UUID = "df980fc8-b6db-4820-bf22-2969482d106d"
_OTHER_UUID = "123e4567-e89b-12d3-a456-426614174000"
_AT = "2024-01-15T10:00:00.000Z"

_OF_UUID: JsonObject = {"type": "string", "format": "uuid"}
_FILLED: JsonObject = {"type": "string", "minLength": 1}
_WITH_A_DIGIT: JsonObject = {"type": "string", "pattern": "[0-9]"}

_ID = in_path("aiContactId", "The UUID of the contact", _OF_UUID, _UUID)

_NO_CONTACT = errors.ContactNotFound(_UUID)
_ID_ERRORS = (errors.InvalidField("aiContactId", "it must be a UUID"), _NO_CONTACT)
_SEVERAL_WITH_NUMBER = errors.SeveralContacts("phone")
_BODY_ERRORS = (errors.BodyTooLarge(MAX_BODY_BYTES),)
_FIELD_ERRORS = (
    *_BODY_ERRORS,
    errors.UndefinedVariable("company_name", "it has no definition that this key can use"),
    TOO_LONG,
    *TOO_MUCH,
)

_CONTACT_SHOWN: JsonObject = {
    "id": _UUID,
    "name": "John Doe",
    "email": "john@example.com",
    "phone": "+56912345678",
    "platform": "whatsapp",
    "created_at": _AT,
    "updated_at": _AT,
    "last_message_at": _AT,
    "chat_status": "UNATTENDED",
    "is_chat_read": False,
    "blocked": False,
    "client_id": _OTHER_UUID,
    "ai_customer_id": _OTHER_UUID,
    "default_stage_id": None,
    "active_ticket_v2": None,
}
_WEBHOOK = in_path("webhookId", "The id of the webhook", {"type": "string"}, "wh_123")
_NO_WEBHOOK = errors.WebhookNotFound("wh_123")
_BAD_URL = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must start with https://", ("url",))]
)
_URL: JsonObject = {"maxLength": MAX_URL_CHARS, "format": "webhook-url"}
_WEBHOOK_SHOWN: JsonObject = {
    "id": "wh_123",
    "topic": "contact.updated",
    "url": "https://yourdomain.com/webhook-handler",
    "active": True,
    "created_at": _AT,
    "updated_at": _AT,
}
_FIELD_SHOWN: JsonObject = {
    "id": _OTHER_UUID,
    "key": "company_name",
    "value": "Acme Corp",
    "ai_contact_id": _UUID,
    "definition_id": _OTHER_UUID,
    "created_at": _AT,
    "updated_at": _AT,
    "sent_key": "companyName",
    "matched_by": "snake_case",
    "confidence": 1.0,
    "form": "as_sent",
}


def _query(name: str, description: str, schema: JsonObject) -> Parameter:
    # Clients of a search form send empty values for fields that are not filled in.
    return in_query(name, description, schema, may_be_empty=True)


def _number(name: str, description: str, least: int, most: int) -> Parameter:
    return _query(name, description, {"type": "integer", "minimum": least, "maximum": most})


def _moment(name: str, description: str) -> Parameter:
    return _query(name, description, {"type": "string", "format": "date-time"})


def _text(name: str, description: str) -> Parameter:
    return _query(name, description, _FILLED)


def _uuid(name: str, description: str) -> Parameter:
    return _query(name, description, _OF_UUID)


_FIELDS_SET = SuccessResponse(
    status=201,
    description="The custom fields that were set",
    model=responses.MetadataValues,
    example=[_FIELD_SHOWN],
)

_OPERATIONS = {
    ("update_metadata", "POST"): Operation(
        operation_id="updateContactMetadata",
        summary="Update metadata to an AI contact",
        tag=_CONTACT,
        description=(
            "Sets custom fields of a contact. Keys are converted to snake case, and values to "
            "text. Undefined fields are defined. `null` leaves a field unchanged."
        ),
        parameters=(_ID,),
        body=RequestBody(
            model=ContactMetadata,
            examples={
                "flat": {"companyName": "Acme Corp", "leadScore": 85, "interests": ["AI"]},
                "wrapped": {"metadata": {"companyName": "Acme Corp"}},
            },
        ),
        response=_FIELDS_SET,
        error_responses=(*_ID_ERRORS, *_FIELD_ERRORS),
    ),
    ("get_contact_info", "GET"): Operation(
        operation_id="getContactInfo",
        summary="Get info of an AI contact",
        tag=_CONTACT,
        description="Returns a contact. `metadata` has its custom fields as text.",
        parameters=(_ID,),
        response=SuccessResponse(
            description="The contact",
            model=responses.ContactInfo,
            example={
                **_CONTACT_SHOWN,
                "last_message_content": None,
                "active_ticket_v2": {"id": "conv_1", "current_stage_id": None},
                "last_closed_ticket": None,
                "metadata": {"company_name": "Acme Corp", "lead_score": "85"},
            },
        ),
        error_responses=_ID_ERRORS,
    ),
    ("list_contact_conversations", "GET"): Operation(
        operation_id="listContactConversations",
        summary="Retrieve conversations by AI contact",
        tag=_CONTACT,
        description="Lists the conversations with a contact. Their messages are not stored.",
        parameters=(
            _ID,
            _number("daysBack", "Validated, but filters nothing", 0, 1_000_000),
        ),
        response=SuccessResponse(
            description="The conversations",
            model=responses.Conversations,
            example=[
                {
                    "conversation_id": "conv_1",
                    "conversation_date": None,
                    "stage_id": None,
                    "conversation_channel": None,
                    "platform": "whatsapp",
                    "messages": [],
                }
            ],
        ),
        error_responses=_ID_ERRORS,
    ),
    ("list_contact_messages", "GET"): Operation(
        operation_id="listContactMessages",
        summary="Retrieve messages by AI contact",
        tag=_CONTACT,
        description="Returns an empty list, as messages are not stored. An unknown contact is 404.",
        parameters=(_ID, _number("limit", "Validated, but filters nothing", 1, 1000)),
        response=SuccessResponse(description="No messages", model=responses.Messages, example=[]),
        error_responses=_ID_ERRORS,
    ),
    ("list_contacts", "GET"): Operation(
        operation_id="listContacts",
        summary="Get contacts by time filters",
        tag=_CONTACT,
        description=(
            "Lists the contacts that match all filters. One of `days`, `created_after` and "
            "`updated_after` is required. `custom_field_key` and `custom_field_value` require "
            "each other."
        ),
        parameters=(
            _number("days", "Contacts whose last message is at most this many days old", 1, 365),
            _moment("created_after", "Contacts that were created after this"),
            _moment("updated_after", "Contacts that were changed after this"),
            _text("custom_field_key", "Contacts with `custom_field_value` in this custom field"),
            _text("custom_field_value", "The text that the custom field has"),
            _query(
                "entity",
                "The kind of custom field. Fields of tickets are not searched",
                {"type": "string", "enum": ["customer", "ticket"]},
            ),
            _uuid("stage_id", "Matches no contact, as stages are not stored"),
            _uuid("pipeline_id", "Matches no contact, as pipelines are not stored"),
            _number("limit", "The most contacts to list, all by default", 1, 1000),
            _number("offset", "The number of contacts to skip", 0, 1_000_000),
        ),
        response=SuccessResponse(
            description="The contacts, last changed first, or in the order of the time filter",
            model=responses.Contacts,
            example=[_CONTACT_SHOWN],
        ),
        error_responses=(
            errors.MissingField("days"),
            errors.InvalidField("days", "it must be a number from 1 to 365"),
        ),
    ),
    ("search_contacts", "GET"): Operation(
        operation_id="searchContacts",
        summary="Search contacts by phone or email",
        tag=_CONTACT,
        description="Finds contacts by a part of their phone number or e-mail address.",
        parameters=(
            _query("phone", "A part of the phone number", _WITH_A_DIGIT),
            _text("email", "A part of the e-mail address, in any case"),
        ),
        response=SuccessResponse(
            description="At most 50 contacts, last changed first",
            model=responses.Contacts,
            example=[_CONTACT_SHOWN],
        ),
        error_responses=(
            errors.MissingField("phone or email"),
            errors.InvalidField("phone", "it must be a phone number"),
        ),
    ),
    ("add_webchat_metadata", "POST"): Operation(
        operation_id="addWebchatContactMetadata",
        summary="Add metadata for a webchat contact",
        tag=_WEBCHAT,
        description="Sets custom fields of the contact with this user id.",
        body=RequestBody(
            model=WebchatMetadata,
            examples={
                "campaign": {"externalUserId": "user-12345", "metadata": {"utm_source": "google"}}
            },
        ),
        response=_FIELDS_SET,
        error_responses=(
            errors.MissingField("externalUserId"),
            _NO_CONTACT,
            errors.SeveralContacts("webchat_user_id"),
            *_FIELD_ERRORS,
        ),
    ),
    ("upsert_customer_info", "POST"): Operation(
        operation_id="upsertCustomerInfo",
        summary="Upsert a contact",
        tag=_CUSTOMER,
        description=(
            "Creates or changes the contact with this phone number, or with this user id of a "
            "webchat."
        ),
        body=RequestBody(
            model=CustomerUpsert,
            examples={
                "whatsapp": {
                    "channel": "whatsapp",
                    "contact_phone_number": "+56912345678",
                    "contact_name": "John Doe",
                    "meta_data": {"source": "landing-page"},
                    "custom_field_values": [{"key": "plan", "value": "pro"}],
                },
                "webchat": {"channel": "webchat", "external_user_id": "user-12345"},
            },
        ),
        response=SuccessResponse(
            status=201,
            description="The created or changed contact",
            model=responses.Contact,
            example=_CONTACT_SHOWN,
        ),
        error_responses=(
            errors.MissingField("contact_phone_number"),
            _SEVERAL_WITH_NUMBER,
            *_FIELD_ERRORS,
        ),
    ),
    ("list_tags", "GET"): Operation(
        operation_id="listTags",
        summary="Get all tags",
        description="Lists the tags of the account, in order of id.",
        tag=_TAGS,
        response=SuccessResponse(
            description="All tags",
            model=responses.Tags,
            example=[
                {
                    "id": 1,
                    "value": "vip-customer",
                    "variant": "gray",
                    "entity_type": "CONTACT",
                    "created_at": None,
                    "client_id": _OTHER_UUID,
                    "integration_token_id": None,
                    "integration_provider": None,
                    "integration_external_id": None,
                }
            ],
        ),
    ),
    ("replace_contact_tags", "PATCH"): Operation(
        operation_id="replaceContactTags",
        summary="Update all the tags from an AI contact",
        tag=_TAGS,
        description="Replaces the tags of a contact.",
        parameters=(_ID,),
        body=RequestBody(model=TagReplacement, examples={"two": {"tagsIds": [1, 5]}}),
        response=SuccessResponse(
            description="The contact has these tags",
            model=responses.TagsReplaced,
            example={"status": "success", "aiContactTagsLength": 2},
        ),
        error_responses=(
            errors.MissingField("tagsIds"),
            *_ID_ERRORS,
            errors.TagNotFound("99"),
            *_BODY_ERRORS,
        ),
    ),
    ("create_tags", "POST"): Operation(
        operation_id="createTags",
        summary="Create tags for a contact",
        tag=_TAGS,
        description=(
            "Adds tags to a contact, and creates those that do not exist. Tags of tickets are "
            "added only to a contact with a conversation."
        ),
        parameters=(
            in_path(
                "channelType",
                "The channel. Contacts on Instagram are not found",
                {"type": "string", "enum": ["whatsapp", "web-whatsapp", "playground", "instagram"]},
                "whatsapp",
            ),
            in_path(
                "platformIdentifier",
                "The phone number of the contact, in any notation",
                _WITH_A_DIGIT,
                "+56912345678",
            ),
        ),
        body=RequestBody(model=TagCreation, examples={"two": {"tags": ["VIP", "new-tag-2024"]}}),
        response=SuccessResponse(
            status=201,
            description="The tags were added",
            model=responses.TagsCreated,
            example={
                "status": "success",
                "createdCount": 1,
                "assignedCount": 2,
                "notAssignedCount": 0,
                "notAssignedTags": [],
                "details": "",
            },
        ),
        error_responses=(
            errors.MissingField("tags"),
            errors.InvalidField("channelType", "it is one of: whatsapp, web-whatsapp"),
            _NO_CONTACT,
            _SEVERAL_WITH_NUMBER,
            *_BODY_ERRORS,
        ),
    ),
    ("update_ticket_metadata", "POST"): Operation(
        operation_id="updateTicketMetadata",
        summary="Update metadata of a ticket",
        tag=_TICKET,
        description=(
            "Sets custom fields of a ticket: the one with this id, or the latest of a contact. "
            "Send exactly one of `ticket_id`, `ai_contact_id` and `contact_number`."
        ),
        body=RequestBody(
            model=TicketMetadata,
            examples={
                "contact": {"ai_contact_id": _UUID, "metadata": {"order_id": "ORD-12345"}},
                "number": {"contact_number": "+56912345678", "metadata": {"priority": "high"}},
            },
        ),
        response=SuccessResponse(
            status=201,
            description="All fields were set",
            model=responses.TicketUpdated,
            example={"status": "ok"},
        ),
        error_responses=(
            errors.MissingField("ticket_id, ai_contact_id or contact_number"),
            _NO_CONTACT,
            errors.ConversationNotFound("conv_1"),
            _SEVERAL_WITH_NUMBER,
            *_FIELD_ERRORS,
        ),
    ),
    ("create_webhook", "POST"): Operation(
        operation_id="createWebhook",
        summary="Create a New Webhook",
        tag=_WEBHOOKS,
        description="Registers a URL that receives events.",
        body=RequestBody(
            model=WebhookCreation,
            examples={
                "updates": {
                    "topic": "contact.updated",
                    "url": "https://yourdomain.com/webhook-handler",
                    "secret": "yourSecretKey",
                }
            },
        ),
        response=SuccessResponse(
            status=201,
            description="The webhook was created",
            model=responses.WebhookCreated,
            example={"status": "created", "id": "wh_123"},
        ),
        error_responses=(
            errors.MissingField("topic"),
            _BAD_URL,
            errors.TooManyWebhooks(MAX_WEBHOOKS),
            *_BODY_ERRORS,
        ),
    ),
    ("list_webhooks", "GET"): Operation(
        operation_id="listWebhooks",
        summary="Get All Webhooks",
        tag=_WEBHOOKS,
        description="Lists the webhooks that this API created, oldest first.",
        response=SuccessResponse(
            description="All webhooks", model=responses.Webhooks, example=[_WEBHOOK_SHOWN]
        ),
    ),
    ("get_webhook", "GET"): Operation(
        operation_id="getWebhook",
        summary="Get a Webhook",
        tag=_WEBHOOKS,
        description="Returns a webhook without its secret.",
        parameters=(_WEBHOOK,),
        response=SuccessResponse(
            description="The webhook", model=responses.Webhook, example=_WEBHOOK_SHOWN
        ),
        error_responses=(_NO_WEBHOOK,),
    ),
    ("update_webhook", "PUT"): Operation(
        operation_id="updateWebhook",
        summary="Update a Webhook",
        tag=_WEBHOOKS,
        description="Changes the sent fields of a webhook.",
        parameters=(_WEBHOOK,),
        body=RequestBody(
            model=WebhookUpdate,
            examples={"off": {"active": False}, "secret": {"secret": "updatedSecret"}},
        ),
        response=SuccessResponse(
            description="The changed webhook", model=responses.Webhook, example=_WEBHOOK_SHOWN
        ),
        error_responses=(
            _BAD_URL,
            _NO_WEBHOOK,
            errors.WebhookForbidden("it belongs to an API key that sees more than this one"),
            *_BODY_ERRORS,
        ),
    ),
    ("delete_webhook", "DELETE"): Operation(
        operation_id="deleteWebhook",
        summary="Delete a Webhook",
        tag=_WEBHOOKS,
        description="Deletes a webhook.",
        parameters=(_WEBHOOK,),
        response=SuccessResponse(
            description="The webhook was deleted",
            model=responses.WebhookDeleted,
            example={"status": "deleted", "id": "wh_123"},
        ),
        error_responses=(_NO_WEBHOOK,),
    ),
    ("list_webhook_topics", "GET"): Operation(
        operation_id="listWebhookTopics",
        summary="Get Available Webhook Topics",
        tag=_WEBHOOKS,
        description="Lists the topics that this service sends.",
        response=SuccessResponse(
            description="The topics",
            model=responses.WebhookTopics,
            example=["contact.created", "contact.updated"],
        ),
    ),
}

_NUMBERED: JsonObject = {**_WITH_A_DIGIT, "maxLength": MAX_IDENTIFIER_BYTES}
_NOT_GIVEN: JsonObject = {"anyOf": [{"type": "null"}, {"maxLength": 0}]}


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
    tags={
        _CONTACT: "The people an agent talks to.",
        _CUSTOMER: "Contacts by channel.",
        _TAGS: "The tags of accounts and contacts.",
        _TICKET: "Conversations with contacts.",
        _WEBCHAT: "Contacts of a web page.",
        _WEBHOOKS: "Notify your systems of events as they happen.",
    },
    security={"vambeApiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
    error_response=responses.ErrorResponse,
    coded=("statusCode", "error"),
    operations=_OPERATIONS,
    events=events.events(_WEBHOOKS),
    limits={
        ContactMetadata: METADATA,
        WebchatMetadata: {
            "properties": {
                "externalUserId": {"maxLength": MAX_IDENTIFIER_BYTES},
                "metadata": METADATA,
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
            "properties": {"metadata": METADATA},
        },
        WebhookCreation: {"properties": {"url": _URL}},
        WebhookUpdate: {"properties": {"url": _URL}},
        TagReplacement: {"properties": {"tagsIds": {"maxItems": MAX_TAGS}}},
        TagCreation: {"properties": {"tags": {"items": {"pattern": r"\S"}}}},
        FieldValue: {"properties": {"key": KEY}},
        CustomerUpsert: {
            "if": {"properties": {"channel": {"const": "webchat"}}},
            "then": _needed("external_user_id", _FILLED),
            "else": _needed("contact_phone_number", _NUMBERED),
            "properties": {"meta_data": METADATA},
        },
    },
)
