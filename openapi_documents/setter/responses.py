"""Response bodies of Setter AI's API.

They are built by `shared/dialects/setter/responses.py`.
The tests validate every response against these models.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.alias_generators import to_camel


class ErrorResponse(BaseModel):
    """The body of an error response."""

    error: str = Field(description="The status in words")
    message: str = Field(description="A message for people")


class Contact(BaseModel):
    """A contact with its metadata."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: int
    created_at: datetime
    updated_at: datetime
    first_name: str | None
    last_name: str | None
    full_name: str | None
    phone_number: str | None
    wa_id: str | None
    sms_phone_number: str | None
    email: str | None
    default_time_zone: str | None
    metadata: dict[str, str | float | bool]


class ContactUpdated(BaseModel):
    """A contact was changed."""

    message: Literal["Contact updated successfully"]
    data: Contact


class MessageAccepted(RootModel[Literal[201]]):
    """A contact was created or changed."""
