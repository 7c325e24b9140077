"""Response bodies of Vambe's API, each member with an example.

Serves the gate's check of every response of every test. The responses are built by
`shared/dialects/vambe/responses.py` and `webhook_responses.py`.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from openapi_documents.forms import CamelModel
from shared.validation.fields.formatting import Form
from shared.validation.fields.matching import MatchRule

Never = Annotated[None, Field(description="Not stored by this service")]
ContactId = Annotated[UUID, Field(examples=["df980fc8-b6db-4820-bf22-2969482d106d"])]
OtherId = Annotated[UUID, Field(examples=["123e4567-e89b-12d3-a456-426614174000"])]
Instant = Annotated[datetime, Field(examples=["2024-01-15T10:00:00.000Z"])]


class MetadataValue(BaseModel):
    """A custom field that was set."""

    id: OtherId
    key: str = Field(examples=["company_name"])
    value: str = Field(description="The value as it is stored", examples=["Acme Corp"])
    ai_contact_id: ContactId
    definition_id: OtherId
    created_at: Instant
    updated_at: Instant
    sent_key: str = Field(
        description="The sent key, or the key of the text that has the value",
        examples=["companyName"],
    )
    matched_by: MatchRule | None = Field(
        description="How the definition was found, null if it was created",
        examples=["snake_case"],
    )
    confidence: float | None = Field(
        ge=0, le=1, description="The confidence of the match", examples=[1.0]
    )
    form: Form = Field(
        description="Whether and how the value was converted to its type", examples=["as_sent"]
    )


class MetadataValues(RootModel[list[MetadataValue]]):
    """The custom fields that were set, in the order in which they were sent."""


class Ticket(BaseModel):
    """The ticket of a contact."""

    id: str = Field(examples=["conv_1"])
    current_stage_id: Never


class Person(BaseModel):
    """The fields that all representations of a contact share."""

    id: ContactId
    name: str = Field(examples=["John Doe"])
    email: str | None = Field(examples=["john@example.com"])
    phone: str | None = Field(examples=["+56912345678"])
    platform: str | None = Field(examples=["whatsapp"])
    created_at: Instant
    updated_at: Instant
    last_message_at: Instant = Field(description="The time of the last change")


class Contact(Person):
    """A contact as lists show it."""

    chat_status: Literal["UNATTENDED"]
    is_chat_read: Literal[False]
    blocked: Literal[False]
    client_id: OtherId
    ai_customer_id: OtherId
    default_stage_id: Never
    active_ticket_v2: Never


class Contacts(RootModel[list[Contact]]):
    """Contacts."""


class ContactInfo(Person):
    """A contact with its custom fields."""

    last_message_content: Never
    chat_status: Literal["UNATTENDED"]
    is_chat_read: Literal[False]
    blocked: Literal[False]
    client_id: OtherId
    ai_customer_id: OtherId
    default_stage_id: Never
    active_ticket_v2: Ticket | None
    last_closed_ticket: Never
    metadata: dict[str, str] = Field(
        description="The custom fields by name",
        examples=[{"company_name": "Acme Corp", "lead_score": "85"}],
    )


class TagsReplaced(CamelModel):
    """The tags of a contact were replaced."""

    status: Literal["success"]
    ai_contact_tags_length: int = Field(examples=[2])


class TagsCreated(CamelModel):
    """Tags were added to a contact."""

    status: Literal["success"]
    created_count: int = Field(examples=[1])
    assigned_count: int = Field(examples=[2])
    not_assigned_count: int = Field(examples=[0])
    not_assigned_tags: list[str] = Field(examples=[[]])
    details: str = Field(examples=[""])


class Tag(BaseModel):
    """A tag of the account."""

    id: int = Field(examples=[1])
    value: str = Field(examples=["vip-customer"])
    variant: Literal["gray"]
    entity_type: str = Field(examples=["CONTACT"])
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

    conversation_id: str = Field(examples=["conv_1"])
    conversation_date: Never
    stage_id: Never
    conversation_channel: Never
    platform: str | None = Field(examples=["whatsapp"])
    messages: list[None] = Field(max_length=0)


class Conversations(RootModel[list[Conversation]]):
    """Conversations with a contact, in order of id."""


class Messages(RootModel[list[None]]):
    """Messages of a contact. Always empty, as they are not stored."""

    root: list[None] = Field(max_length=0)


class Webhook(BaseModel):
    """A webhook, without its secret."""

    id: str = Field(examples=["wh_123"])
    topic: Literal["contact.created", "contact.updated"] = Field(examples=["contact.updated"])
    url: str = Field(examples=["https://yourdomain.com/webhook-handler"])
    active: bool = Field(examples=[True])
    created_at: Instant
    updated_at: Instant


class Webhooks(RootModel[list[Webhook]]):
    """All webhooks, oldest first."""


class WebhookCreated(BaseModel):
    """A webhook was created."""

    status: Literal["created"]
    id: str = Field(examples=["wh_123"])


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    status: Literal["deleted"]
    id: str = Field(examples=["wh_123"])


class WebhookTopics(RootModel[list[str]]):
    """The topics that can be subscribed to."""
