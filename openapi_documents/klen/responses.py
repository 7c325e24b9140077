"""Response bodies of Klen AI's API, each member with an example.

Serves the gate's check of every response of every test. The responses are built by
`shared/dialects/klen/responses.py`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.dialects.klen.variable_types import VariableType


class ErrorResponse(BaseModel):
    """The body of an error response."""

    error: str = Field(description="A code for programs")
    message: str = Field(description="A message for people")


class ContactContextSet(BaseModel):
    """Variables were set on a contact."""

    message: Literal["Contact context variables updated successfully"]
    contact_id: int = Field(examples=[123])


class BusinessContextSet(BaseModel):
    """Variables were set on the business."""

    message: Literal["Business context variables updated successfully"]


class NamedDefinition(BaseModel):
    """The members that all representations of a definition share."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["membership_level"])
    display_name: str = Field(examples=["Membership Level"])


class Definition(NamedDefinition):
    """The definition of a context variable."""

    description: str | None = Field(examples=["Customer's current membership tier"])
    variable_type: VariableType = Field(examples=["select"])
    context_type: Literal["contact", "business"] = Field(examples=["contact"])
    is_default: bool = Field(
        description="Whether it is a default definition, which cannot be changed", examples=[False]
    )
    select_options: list[str] | None = Field(
        description="The options of a select variable, null for other types",
        examples=[["Bronze", "Silver", "Gold", "Platinum"]],
    )


class DefinitionList(BaseModel):
    """The definitions that the key can see."""

    count: int = Field(description="The number of definitions in the list", examples=[2])
    variables: list[Definition]


class DefinitionCreated(NamedDefinition):
    """A definition was created."""

    message: Literal["Variable definition created successfully"]


class DefinitionUpdated(NamedDefinition):
    """A definition was changed."""

    message: Literal["Variable definition updated successfully"]


class DefinitionDeleted(BaseModel):
    """A definition was deleted."""

    message: Literal["Variable definition deleted successfully"]


class Person(BaseModel):
    """The fields that all representations of a contact share."""

    id: int = Field(examples=[123])
    first_name: str = Field(examples=["John"])
    last_name: str = Field(examples=["Smith"])
    full_name: str = Field(examples=["John Smith"])
    email: str | None = Field(examples=["john@example.com"])
    company: str = Field(examples=[""])


class ListedContact(Person):
    """A contact in a list."""

    stage: str = Field(examples=["lead"])
    status: str = Field(examples=["not_contacted"])
    phone: str | None = Field(description="The primary phone number", examples=["+15550100"])
    created_date: datetime = Field(examples=["2024-01-01T10:00:00Z"])
    last_call_date: None
    tags: list[str] = Field(examples=[["VIP", "Newsletter"]])


class ContactList(BaseModel):
    """One page of contacts."""

    count: int = Field(description="The number of contacts on all pages", examples=[1])
    page: int = Field(examples=[1])
    limit: int = Field(examples=[25])
    pages: int = Field(examples=[1])
    contacts: list[ListedContact]


class PostalAddress(BaseModel):
    """Where a contact lives."""

    street: str = Field(examples=[""])
    city: str = Field(examples=[""])
    state: str = Field(examples=[""])
    zip_code: str = Field(examples=[""])
    country: str = Field(examples=["US"])


class PhoneNumber(BaseModel):
    """A phone number of a contact."""

    id: int = Field(examples=[1])
    phone_number: str = Field(examples=["+15550100"])
    phone_type: str = Field(examples=["mobile"])
    primary: bool = Field(examples=[True])
    do_not_call: bool = Field(examples=[False])
    dnc_date: str | None
    dnc_reason: str | None


class Contact(Person):
    """A contact, apart from its variables."""

    website: str = Field(examples=[""])
    stage: str = Field(examples=["lead"])
    stage_display: str = Field(examples=["Lead"])
    status: str = Field(examples=["not_contacted"])
    status_display: str = Field(examples=["Not Contacted"])
    address: PostalAddress
    timezone: str | None = Field(examples=["America/New_York"])
    created_date: datetime = Field(examples=["2024-01-01T10:00:00Z"])
    last_call_date: None
    phone_numbers: list[PhoneNumber]
    tags: list[str] = Field(examples=[["VIP", "Newsletter"]])
    recent_notes: list[Any] = Field(
        max_length=0, description="Always empty, as calls are not stored"
    )
    industry_context: dict[str, Any] = Field(examples=[{}])


class ContactDetails(Contact):
    """A contact with its variables."""

    custom_context: dict[str, str | float | bool] = Field(
        examples=[{"membership_level": "Gold", "account_balance": 250.5}]
    )


class ContactCreated(Contact):
    """A contact was created."""

    message: Literal["Contact created successfully"]


class ContactUpdated(Contact):
    """A contact was changed."""

    message: Literal["Contact updated successfully"]
