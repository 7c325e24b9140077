"""Response bodies of ChatCaptain's API, each member with an example."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import SkipJsonSchema

from openapi_documents.forms import CamelModel, member

Absent = SkipJsonSchema[None]
"""The type of an optional member that is never null."""


class ErrorNotice(BaseModel):
    """An error with status 200."""

    error: str = member("A message for people")


class Variable(BaseModel):
    """A variable with its value on a contact or in a conversation."""

    id: str = member("The id of the global variable", example="var_membership_level")
    name: str = member(example="membership_level")
    type: Literal["string", "number", "boolean", "object"] = member(example="string")
    value: str = member(example="Gold")
    updated: datetime = member(example="2025-09-29T07:08:00.000Z")


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

    id: str = member(example="4f1c2a9d0b7e8f3a6c5d")
    name: str = member(example="customer_email")
    default_value: str | Absent = member(example="Default Value", optional=True)
    category: Literal["custom", "app", "entity"] = member(example="custom")
    label: str = member(example="Customer Email")
    type: Literal["string", "number", "boolean", "object"] = member(example="string")
    structure_json: str | Absent = None
    sub_category: Literal[0, 1] = member("0 for conversations, 1 for contacts", example=1)


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

    id: str = member(example="fdnklxaCACfw92b01v")
    name: str | Absent = member(example="Max Example", optional=True)
    language: str | Absent = member(example="EN", optional=True)
    email: str | Absent = member(example="max.mustermann@example.com", optional=True)
    phone_number: str | Absent = member(example="+4917612345678", optional=True)
    whatsapp_id: str | Absent = member(example="49123456789", optional=True)
    web_id: str | Absent = None
    instagram_id: str | Absent = None
    facebook_id: str | Absent = None
    telegram_id: str | Absent = None
    provider_id: str | Absent = None
    avatar: str | Absent = None
    address: Address | Absent = None
    organization_ids: list[str] = member(example=[])
    created: datetime = member(example="2025-09-29T07:08:00.000Z")
    updated: datetime = member(example="2025-09-29T07:08:00.000Z")


class ContactWithVariables(Contact):
    """A contact and the values of its variables, by name."""

    variables: dict[str, str] = member(example={})


class ContactResponse(BaseModel):
    """One contact."""

    contact: ContactWithVariables


class ContactList(CamelModel):
    """Contacts, newest first. With an error, the list is empty."""

    contacts: list[Contact]
    next_page_token: str | Absent = member(
        "The `pageToken` of the next page, if there is one",
        example="2025-09-29T07:08:00.000000000000000000123Z",
        optional=True,
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

    public_apps: list[PublicApp] = member(example=[])


class Hit(BaseModel):
    """A contact that was found."""

    document: Contact


class SearchResults(CamelModel):
    """One page of the contacts that were found."""

    facet_counts: list[dict[str, Any]] = member(example=[])
    found: int = member("The number of matches on all pages", example=1)
    hits: list[Hit]
    page: int = member(example=1)


class SearchResponse(BaseModel):
    """The result of a search. With an error, it is null."""

    results: SearchResults | None
    error: str | Absent = None
