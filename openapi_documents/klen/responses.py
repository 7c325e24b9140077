"""Response bodies of Klen AI's API, each member with an example."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from openapi_documents.forms import member
from shared.dialects.klen.variable_types import VariableType


class ErrorResponse(BaseModel):
    """The body of an error response."""

    error: str = member("A code for programs")
    message: str = member("A message for people")


class ContactContextSet(BaseModel):
    """Variables were set on a contact."""

    message: Literal["Contact context variables updated successfully"]
    contact_id: int = member(example=123)


class BusinessContextSet(BaseModel):
    """Variables were set on the business."""

    message: Literal["Business context variables updated successfully"]


class NamedDefinition(BaseModel):
    """The members that all representations of a definition share."""

    id: int = member(example=2)
    name: str = member(example="membership_level")
    display_name: str = member(example="Membership Level")


class Definition(NamedDefinition):
    """The definition of a context variable."""

    description: str | None = member(example="Customer's current membership tier")
    variable_type: VariableType = member(example="select")
    context_type: Literal["contact", "business"] = member(example="contact")
    is_default: bool = member("Whether it is a default definition, which cannot be changed")
    select_options: list[str] | None = member(
        "The options of a select variable, null for other types",
        example=["Bronze", "Silver", "Gold", "Platinum"],
    )


class DefinitionList(BaseModel):
    """The definitions that the key can see."""

    count: int = member("The number of definitions in the list", example=2)
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

    id: int = member(example=123)
    first_name: str = member(example="John")
    last_name: str = member(example="Smith")
    full_name: str = member(example="John Smith")
    email: str | None = member(example="john@example.com")
    company: str = member(example="")
    stage: str = member(example="lead")
    status: str = member(example="not_contacted")
    created_date: datetime = member(example="2024-01-01T10:00:00Z")
    last_call_date: None
    tags: list[str] = member(example=["VIP", "Newsletter"])


class ListedContact(Person):
    """A contact in a list."""

    phone: str | None = member("The primary phone number", example="+15550100")


class ContactList(BaseModel):
    """One page of contacts."""

    count: int = member("The number of contacts on all pages", example=1)
    page: int = member(example=1)
    limit: int = member(example=25)
    pages: int = member(example=1)
    contacts: list[ListedContact]


class PostalAddress(BaseModel):
    """Where a contact lives."""

    street: str = member(example="")
    city: str = member(example="")
    state: str = member(example="")
    zip_code: str = member(example="")
    country: str = member(example="US")


class PhoneNumber(BaseModel):
    """A phone number of a contact."""

    id: int = member(example=1)
    phone_number: str = member(example="+15550100")
    phone_type: str = member(example="mobile")
    primary: bool = member(example=True)
    do_not_call: bool
    dnc_date: str | None
    dnc_reason: str | None


class Contact(Person):
    """A contact, apart from its variables."""

    website: str = member(example="")
    stage_display: str = member(example="Lead")
    status_display: str = member(example="Not Contacted")
    address: PostalAddress
    timezone: str | None = member(example="America/New_York")
    phone_numbers: list[PhoneNumber]
    recent_notes: list[Any] = member("Always empty, as calls are not stored", max_length=0)
    industry_context: dict[str, Any] = member(example={})


class ContactDetails(Contact):
    """A contact with its variables."""

    custom_context: dict[str, str | float | bool] = member(
        example={"membership_level": "Gold", "account_balance": 250.5}
    )


class ContactCreated(Contact):
    """A contact was created."""

    message: Literal["Contact created successfully"]


class ContactUpdated(Contact):
    """A contact was changed."""

    message: Literal["Contact updated successfully"]
