"""Response bodies of Klen AI's API.

They are built by `shared/dialects/klen/responses.py`.
The tests validate every response against these models.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.domain.definitions import VariableType

Values = dict[str, str | float | bool]


class ErrorResponse(BaseModel):
    """The body of an error response."""

    error: str = Field(description="A code for programs")
    message: str = Field(description="A message for people")


class ContactContextSet(BaseModel):
    """Variables were set on a contact."""

    message: Literal["Contact context variables updated successfully"]
    contact_id: int


class BusinessContextSet(BaseModel):
    """Variables were set on the business."""

    message: Literal["Business context variables updated successfully"]


class Definition(BaseModel):
    """The definition of a context variable."""

    id: int
    name: str
    display_name: str
    description: str | None
    variable_type: VariableType
    context_type: Literal["contact", "business"]
    is_default: bool = Field(
        description="Whether it is a default definition, which cannot be changed"
    )
    select_options: list[str] | None = Field(
        description="The options of a select variable, null for other types"
    )


class DefinitionList(BaseModel):
    """The definitions that the key can see."""

    count: int = Field(description="The number of definitions in the list")
    variables: list[Definition]


class DefinitionCreated(BaseModel):
    """A definition was created."""

    id: int
    name: str
    display_name: str
    message: Literal["Variable definition created successfully"]


class DefinitionUpdated(BaseModel):
    """A definition was changed."""

    id: int
    name: str
    display_name: str
    message: Literal["Variable definition updated successfully"]


class DefinitionDeleted(BaseModel):
    """A definition was deleted."""

    message: Literal["Variable definition deleted successfully"]


class Person(BaseModel):
    """The fields that all representations of a contact share."""

    id: int
    first_name: str
    last_name: str
    full_name: str
    email: str | None
    company: str


class ListedContact(Person):
    """A contact in a list."""

    stage: str
    status: str
    phone: str | None = Field(description="The primary phone number")
    created_date: datetime
    last_call_date: None
    tags: list[str]


class ContactList(BaseModel):
    """One page of contacts."""

    count: int = Field(description="The number of contacts on all pages")
    page: int
    limit: int
    pages: int
    contacts: list[ListedContact]


class PostalAddress(BaseModel):
    """Where a contact lives."""

    street: str
    city: str
    state: str
    zip_code: str
    country: str


class PhoneNumber(BaseModel):
    """A phone number of a contact."""

    id: int
    phone_number: str
    phone_type: str
    primary: bool
    do_not_call: bool
    dnc_date: str | None
    dnc_reason: str | None


class Contact(Person):
    """A contact, apart from its variables."""

    website: str
    stage: str
    stage_display: str
    status: str
    status_display: str
    address: PostalAddress
    timezone: str | None
    created_date: datetime
    last_call_date: None
    phone_numbers: list[PhoneNumber]
    tags: list[str]
    recent_notes: list[Any] = Field(
        max_length=0, description="Always empty, as calls are not stored"
    )
    industry_context: dict[str, Any]


class ContactDetails(Contact):
    """A contact with its variables."""

    custom_context: Values


class ContactCreated(Contact):
    """A contact was created."""

    message: Literal["Contact created successfully"]


class ContactUpdated(Contact):
    """A contact was changed."""

    message: Literal["Contact updated successfully"]
