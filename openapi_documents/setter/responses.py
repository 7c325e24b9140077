"""Response bodies of Setter AI's API, each member with an example.

Serves the gate's check of every response of every test. The responses are built by
`shared/dialects/setter/responses.py`.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, RootModel

from openapi_documents.forms import CamelModel


class ErrorResponse(BaseModel):
    """The body of an error response."""

    error: str = Field(description="The status in words")
    message: str = Field(description="A message for people")


class Contact(CamelModel):
    """A contact with its metadata."""

    id: int = Field(examples=[123])
    created_at: datetime = Field(examples=["2024-01-01T10:00:00Z"])
    updated_at: datetime = Field(examples=["2024-01-15T14:30:00Z"])
    first_name: str | None = Field(examples=["John"])
    last_name: str | None = Field(examples=["Smith"])
    full_name: str | None = Field(examples=["John Smith"])
    phone_number: str | None = Field(examples=["1234567890"])
    wa_id: str | None = Field(examples=["1234567890"])
    sms_phone_number: str | None = Field(examples=["1234567890"])
    email: str | None = Field(examples=["john.smith@example.com"])
    default_time_zone: str | None = Field(examples=["America/New_York"])
    metadata: dict[str, str | float | bool] = Field(examples=[{"source": "updated_via_api"}])


class ContactUpdated(BaseModel):
    """A contact was changed."""

    message: Literal["Contact updated successfully"]
    data: Contact


class MessageAccepted(RootModel[Literal[201]]):
    """A contact was created or changed."""
