"""Response bodies of ChatCaptain's API.

They are built by `shared/dialects/chatcaptain`.
The tests validate every response against these models.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

Absent = SkipJsonSchema[None]
"""The type of an optional member that is never null."""


class ErrorResponse(BaseModel):
    """The body of an error response."""

    model_config = ConfigDict(alias_generator=to_camel)

    status_code: int
    message: str = Field(description="A message for people")
    error: str = Field(description="The status in words")


class ErrorNotice(BaseModel):
    """An error with status 200."""

    error: str = Field(description="A message for people")


class Variable(BaseModel):
    """A variable with its value on a contact or in a conversation."""

    id: str = Field(description="The id of the global variable")
    name: str
    type: Literal["string", "number", "boolean", "object"]
    value: str
    updated: datetime


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


class GlobalVariable(BaseModel):
    """The definition of a variable."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    name: str
    default_value: str | Absent = None
    category: Literal["custom", "app", "entity"]
    label: str
    type: Literal["string", "number", "boolean", "object"]
    structure_json: str | Absent = None
    sub_category: Literal[0, 1] = Field(description="0 for conversations, 1 for contacts")


class GlobalVariableList(BaseModel):
    """The definitions of the requested categories."""

    variables: list[GlobalVariable]


class GlobalVariableResponse(BaseModel):
    """One definition."""

    variable: GlobalVariable


class Address(BaseModel):
    """A postal address. Empty parts are left out."""

    model_config = ConfigDict(alias_generator=to_camel)

    street: str | Absent = None
    house_number: str | Absent = None
    zipcode: str | Absent = None
    location: str | Absent = None
    country: str | Absent = None


class Contact(BaseModel):
    """A contact. Empty fields are left out."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    name: str | Absent = None
    language: str | Absent = None
    email: str | Absent = None
    phone_number: str | Absent = None
    whatsapp_id: str | Absent = None
    web_id: str | Absent = None
    instagram_id: str | Absent = None
    facebook_id: str | Absent = None
    telegram_id: str | Absent = None
    provider_id: str | Absent = None
    avatar: str | Absent = None
    address: Address | Absent = None
    organization_ids: list[str]
    created: datetime
    updated: datetime


class ContactWithVariables(Contact):
    """A contact and the values of its variables, by name."""

    variables: dict[str, str]


class ContactResponse(BaseModel):
    """One contact."""

    contact: ContactWithVariables


class ContactList(BaseModel):
    """Contacts, newest first. With an error, the list is empty."""

    model_config = ConfigDict(alias_generator=to_camel)

    contacts: list[Contact]
    next_page_token: str | Absent = Field(
        None, description="The `pageToken` of the next page, if there is one"
    )
    error: str | Absent = None


class PublicApp(BaseModel):
    """An app that is offered to every workspace."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    version_count: int
    has_approved_version: bool
    last_version_requested: datetime
    last_version_approved: datetime | Absent = None
    name: str


class PublicAppList(BaseModel):
    """The public apps. Always empty, as apps are not stored."""

    model_config = ConfigDict(alias_generator=to_camel)

    public_apps: list[PublicApp]


class Hit(BaseModel):
    """A contact that was found."""

    document: Contact


class SearchResults(BaseModel):
    """One page of the contacts that were found."""

    model_config = ConfigDict(alias_generator=to_camel)

    facet_counts: list[dict[str, Any]]
    found: int = Field(description="The number of matches on all pages")
    hits: list[Hit]
    page: int


class SearchResponse(BaseModel):
    """The result of a search. With an error, it is null."""

    results: SearchResults | None
    error: str | Absent = None
