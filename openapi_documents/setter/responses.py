"""Response bodies of Setter AI's API, each member with an example."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, RootModel

from openapi_documents.forms import CamelModel, member


class ErrorResponse(BaseModel):
    """The body of an error response."""

    error: str = member("The status in words")
    message: str = member("A message for people")


class Contact(CamelModel):
    """A contact with its metadata."""

    id: int = member(example=123)
    created_at: datetime = member(example="2024-01-01T10:00:00Z")
    updated_at: datetime = member(example="2024-01-15T14:30:00Z")
    first_name: str | None = member(example="John")
    last_name: str | None = member(example="Smith")
    full_name: str | None = member(example="John Smith")
    phone_number: str | None = member(example="1234567890")
    wa_id: str | None = member(example="1234567890")
    sms_phone_number: str | None = member(example="1234567890")
    email: str | None = member(example="john.smith@example.com")
    default_time_zone: str | None = member(example="America/New_York")
    metadata: dict[str, str | float | bool] = member(example={"source": "updated_via_api"})


class ContactUpdated(BaseModel):
    """A contact was changed."""

    message: Literal["Contact updated successfully"]
    data: Contact


class MessageAccepted(RootModel[Literal[201]]):
    """A contact was created or changed."""
