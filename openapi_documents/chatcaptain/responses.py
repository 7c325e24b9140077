"""Response bodies of ChatCaptain's API, each member with an example.

Serves the gate's check of every response of every test. The responses are built by
`shared/dialects/chatcaptain`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from openapi_documents.forms import CamelModel

Absent = SkipJsonSchema[None]
"""The type of an optional member that is never null."""


class ErrorNotice(BaseModel):
    """An error with status 200."""

    error: str = Field(description="A message for people")


class Variable(BaseModel):
    """A variable with its value on a contact or in a conversation."""

    id: str = Field(description="The id of the global variable", examples=["var_membership_level"])
    name: str = Field(examples=["membership_level"])
    type: Literal["string", "number", "boolean", "object"] = Field(examples=["string"])
    value: str = Field(examples=["Gold"])
    updated: datetime = Field(examples=["2025-09-29T07:08:00.000Z"])


class VariableList(BaseModel):
    """The variables that have a value. With an error, the list is empty."""

    variables: list[Variable]
    error: str | Absent = None


class VariableResponse(BaseModel):
    """One variable."""

    variable: Variable


class Deleted(BaseModel):
    """The deletion succeeded."""

    deleted: Literal[True]


class GlobalVariable(CamelModel):
    """The definition of a variable."""

    id: str = Field(examples=["4f1c2a9d0b7e8f3a6c5d"])
    name: str = Field(examples=["customer_email"])
    default_value: str | Absent = Field(None, examples=["Default Value"])
    category: Literal["custom", "app", "entity"] = Field(examples=["custom"])
    label: str = Field(examples=["Customer Email"])
    type: Literal["string", "number", "boolean", "object"] = Field(examples=["string"])
    structure_json: str | Absent = None
    sub_category: Literal[0, 1] = Field(
        description="0 for conversations, 1 for contacts", examples=[1]
    )


class GlobalVariableList(BaseModel):
    """The definitions of the requested categories."""

    variables: list[GlobalVariable]


class GlobalVariableResponse(BaseModel):
    """One definition."""

    variable: GlobalVariable


class Address(CamelModel):
    """A postal address. Empty parts are left out."""

    street: str | Absent = None
    house_number: str | Absent = None
    zipcode: str | Absent = None
    location: str | Absent = None
    country: str | Absent = None


class Contact(CamelModel):
    """A contact. Empty fields are left out."""

    id: str = Field(examples=["fdnklxaCACfw92b01v"])
    name: str | Absent = Field(None, examples=["Max Example"])
    language: str | Absent = Field(None, examples=["EN"])
    email: str | Absent = Field(None, examples=["max.mustermann@example.com"])
    phone_number: str | Absent = Field(None, examples=["+4917612345678"])
    whatsapp_id: str | Absent = Field(None, examples=["49123456789"])
    web_id: str | Absent = None
    instagram_id: str | Absent = None
    facebook_id: str | Absent = None
    telegram_id: str | Absent = None
    provider_id: str | Absent = None
    avatar: str | Absent = None
    address: Address | Absent = None
    organization_ids: list[str] = Field(examples=[[]])
    created: datetime = Field(examples=["2025-09-29T07:08:00.000Z"])
    updated: datetime = Field(examples=["2025-09-29T07:08:00.000Z"])


class ContactWithVariables(Contact):
    """A contact and the values of its variables, by name."""

    variables: dict[str, str] = Field(examples=[{}])


class ContactResponse(BaseModel):
    """One contact."""

    contact: ContactWithVariables


class ContactList(CamelModel):
    """Contacts, newest first. With an error, the list is empty."""

    contacts: list[Contact]
    next_page_token: str | Absent = Field(
        None,
        description="The `pageToken` of the next page, if there is one",
        examples=["2025-09-29T07:08:00.000000000000000000123Z"],
    )
    error: str | Absent = None


class PublicApp(CamelModel):
    """An app that is offered to every workspace."""

    id: str
    version_count: int
    has_approved_version: bool
    last_version_requested: datetime
    last_version_approved: datetime | Absent = None
    name: str


class PublicAppList(CamelModel):
    """The public apps. Always empty, as apps are not stored."""

    public_apps: list[PublicApp] = Field(examples=[[]])


class Hit(BaseModel):
    """A contact that was found."""

    document: Contact


class SearchResults(CamelModel):
    """One page of the contacts that were found."""

    facet_counts: list[dict[str, Any]] = Field(examples=[[]])
    found: int = Field(description="The number of matches on all pages", examples=[1])
    hits: list[Hit]
    page: int = Field(examples=[1])


class SearchResponse(BaseModel):
    """The result of a search. With an error, it is null."""

    results: SearchResults | None
    error: str | Absent = None
