"""Response bodies of Vambe's API, each member with an example."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from openapi_documents.forms import CamelModel, member
from shared.validation.fields.formatting import Form
from shared.validation.fields.matching import MatchRule

Never = Annotated[None, member("Not stored by this service")]
ContactId = Annotated[UUID, member(example="df980fc8-b6db-4820-bf22-2969482d106d")]
OtherId = Annotated[UUID, member(example="123e4567-e89b-12d3-a456-426614174000")]
Instant = Annotated[datetime, member(example="2024-01-15T10:00:00.000Z")]


class MetadataValue(BaseModel):
    """A custom field that was set."""

    id: OtherId
    key: str = member(example="company_name")
    value: str = member("The value as it is stored", example="Acme Corp")
    ai_contact_id: ContactId
    definition_id: OtherId
    created_at: Instant
    updated_at: Instant
    sent_key: str = member(
        "The sent key, or the key of the text that has the value", example="companyName"
    )
    matched_by: MatchRule | None = member(
        "How the definition was found, null if it was created", example="snake_case"
    )
    confidence: float | None = member("The confidence of the match", example=1.0, ge=0, le=1)
    form: Form = member("Whether and how the value was converted to its type", example="as_sent")


class MetadataValues(RootModel[list[MetadataValue]]):
    """The custom fields that were set, in the order in which they were sent."""


class Ticket(BaseModel):
    """The ticket of a contact."""

    id: str = member(example="conv_1")
    current_stage_id: Never


class Person(BaseModel):
    """The fields that all representations of a contact share."""

    id: ContactId
    name: str = member(example="John Doe")
    email: str | None = member(example="john@example.com")
    phone: str | None = member(example="+56912345678")
    platform: str | None = member(example="whatsapp")
    created_at: Instant
    updated_at: Instant
    last_message_at: Instant = member("The time of the last change")
    chat_status: Literal["UNATTENDED"]
    is_chat_read: Literal[False]
    blocked: Literal[False]
    client_id: OtherId
    ai_customer_id: OtherId
    default_stage_id: Never


class Contact(Person):
    """A contact as lists show it."""

    active_ticket_v2: Never


class Contacts(RootModel[list[Contact]]):
    """Contacts."""


class ContactInfo(Person):
    """A contact with its custom fields."""

    last_message_content: Never
    active_ticket_v2: Ticket | None
    last_closed_ticket: Never
    metadata: dict[str, str] = member(
        "The custom fields by name", example={"company_name": "Acme Corp", "lead_score": "85"}
    )


class TagsReplaced(CamelModel):
    """The tags of a contact were replaced."""

    status: Literal["success"]
    ai_contact_tags_length: int = member(example=2)


class TagsCreated(CamelModel):
    """Tags were added to a contact."""

    status: Literal["success"]
    created_count: int = member(example=1)
    assigned_count: int = member(example=2)
    not_assigned_count: int = member(example=0)
    not_assigned_tags: list[str] = member(example=[])
    details: str = member(example="")


class Tag(BaseModel):
    """A tag of the account."""

    id: int = member(example=1)
    value: str = member(example="vip-customer")
    variant: Literal["gray"]
    entity_type: str = member(example="CONTACT")
    created_at: Never
    client_id: OtherId
    integration_token_id: Never
    integration_provider: Never
    integration_external_id: Never


class Tags(RootModel[list[Tag]]):
    """All tags, in order of id."""


class TicketUpdated(BaseModel):
    """Custom fields of a ticket were set."""

    status: Literal["ok"]


class Conversation(BaseModel):
    """A conversation with a contact."""

    conversation_id: str = member(example="conv_1")
    conversation_date: Never
    stage_id: Never
    conversation_channel: Never
    platform: str | None = member(example="whatsapp")
    messages: list[None] = Field(max_length=0)


class Conversations(RootModel[list[Conversation]]):
    """Conversations with a contact, in order of id."""


class Messages(RootModel[list[None]]):
    """Messages of a contact. Always empty, as they are not stored."""

    root: list[None] = Field(max_length=0)


class Webhook(BaseModel):
    """A webhook, without its secret."""

    id: str = member(example="wh_123")
    topic: Literal["contact.created", "contact.updated"] = member(example="contact.updated")
    url: str = member(example="https://yourdomain.com/webhook-handler")
    active: bool = member(example=True)
    created_at: Instant
    updated_at: Instant


class Webhooks(RootModel[list[Webhook]]):
    """All webhooks, oldest first."""


class WebhookCreated(BaseModel):
    """A webhook was created."""

    status: Literal["created"]
    id: str = member(example="wh_123")


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    status: Literal["deleted"]
    id: str = member(example="wh_123")


class WebhookTopics(RootModel[list[str]]):
    """The topics that can be subscribed to."""
