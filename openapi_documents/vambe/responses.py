"""Response bodies of Vambe's API.

They are built by `shared/dialects/vambe/responses.py`.
The tests validate every response against these models.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from shared.validation.fields.formatting import Form
from shared.validation.fields.matching import MatchRule

Never = Annotated[None, Field(description="Not stored by this service")]


class ErrorResponse(BaseModel):
    """The body of an error response."""

    statusCode: int  # noqa: N815 - as it is on the wire
    message: str = Field(description="A message for people")
    error: str = Field(description="The status in words")


class MetadataValue(BaseModel):
    """A custom field that was set."""

    id: UUID
    key: str
    value: str = Field(description="The value as it is stored")
    ai_contact_id: UUID
    definition_id: UUID
    created_at: datetime
    updated_at: datetime
    sent_key: str = Field(description="The sent key, or the key of the text that has the value")
    matched_by: MatchRule | None = Field(
        description="How the definition was found, null if it was created"
    )
    confidence: float | None = Field(ge=0, le=1, description="The confidence of the match")
    form: Form = Field(description="Whether and how the value was converted to its type")


class MetadataValues(RootModel[list[MetadataValue]]):
    """The custom fields that were set, in the order in which they were sent."""


class Ticket(BaseModel):
    """The ticket of a contact."""

    id: str
    current_stage_id: Never


class Contact(BaseModel):
    """A contact as lists show it."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    platform: str | None
    created_at: datetime
    updated_at: datetime
    last_message_at: datetime = Field(description="The time of the last change")
    chat_status: Literal["UNATTENDED"]
    is_chat_read: Literal[False]
    blocked: Literal[False]
    client_id: UUID
    ai_customer_id: UUID
    default_stage_id: Never
    active_ticket_v2: Never


class Contacts(RootModel[list[Contact]]):
    """Contacts."""


class ContactInfo(BaseModel):
    """A contact with its custom fields."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    platform: str | None
    created_at: datetime
    updated_at: datetime
    last_message_at: datetime = Field(description="The time of the last change")
    last_message_content: Never
    chat_status: Literal["UNATTENDED"]
    is_chat_read: Literal[False]
    blocked: Literal[False]
    client_id: UUID
    ai_customer_id: UUID
    default_stage_id: Never
    active_ticket_v2: Ticket | None
    last_closed_ticket: Never
    metadata: dict[str, str] = Field(description="The custom fields by name")


class TagsReplaced(BaseModel):
    """The tags of a contact were replaced."""

    status: Literal["success"]
    aiContactTagsLength: int  # noqa: N815 - as it is on the wire


class TagsCreated(BaseModel):
    """Tags were added to a contact."""

    status: Literal["success"]
    createdCount: int  # noqa: N815 - as it is on the wire
    assignedCount: int  # noqa: N815 - as it is on the wire
    notAssignedCount: int  # noqa: N815 - as it is on the wire
    notAssignedTags: list[str]  # noqa: N815 - as it is on the wire
    details: str


class Tag(BaseModel):
    """A tag of the account."""

    id: int
    value: str
    variant: Literal["gray"]
    entity_type: str
    created_at: Never
    client_id: UUID
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

    conversation_id: str
    conversation_date: Never
    stage_id: Never
    conversation_channel: Never
    platform: str | None
    messages: list[None] = Field(max_length=0)


class Conversations(RootModel[list[Conversation]]):
    """Conversations with a contact, in order of id."""


class Messages(RootModel[list[None]]):
    """Messages of a contact. Always empty, as they are not stored."""

    root: list[None] = Field(max_length=0)


class Webhook(BaseModel):
    """A webhook, without its secret."""

    id: str
    topic: Literal["contact.created", "contact.updated"]
    url: str
    active: bool
    created_at: datetime
    updated_at: datetime


class Webhooks(RootModel[list[Webhook]]):
    """All webhooks, oldest first."""


class WebhookCreated(BaseModel):
    """A webhook was created."""

    status: Literal["created"]
    id: str


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    status: Literal["deleted"]
    id: str


class WebhookTopics(RootModel[list[str]]):
    """The topics that can be subscribed to."""
