"""Describe the operations on contacts in the native API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from openapi_documents.description import Header, Operation, SuccessResponse
from openapi_documents.forms import TEXT, in_path
from shared.domain import errors

TAG = "Contacts"

WHICH = in_path("contact_id", "The id of the contact", TEXT, "contact_123")
NO_CONTACT = errors.ContactNotFound("contact_123")

ETAG = Header(
    description="A strong entity tag: the version, a period, and a hash of what this key sees",
    schema=TEXT,
)


class PhoneNumber(BaseModel):
    """A phone number of a contact."""

    number: str
    type: str
    is_primary: bool
    do_not_call: bool


class Address(BaseModel):
    """A postal address. Unknown parts are empty."""

    street: str = Field(description="The street with the house number")
    city: str
    state: str
    zip_code: str
    country: str


class Contact(BaseModel):
    """A person that an agent talks to, without the variables."""

    id: str
    uuid: str | None
    external_id: str | None = Field(description="The id in another system")
    first_name: str
    last_name: str
    full_name: str
    email: str | None
    phone_numbers: list[PhoneNumber]
    wa_id: str | None = Field(description="The WhatsApp id")
    sms_phone_number: str | None
    webchat_user_id: str | None
    company: str
    website: str
    stage: str
    status: str
    language: str | None
    time_zone: str | None
    address: Address
    tags: list[str]
    created_at: datetime
    updated_at: datetime


_EXAMPLE: dict[str, Any] = {
    "id": "contact_123",
    "uuid": "df980fc8-b6db-4820-bf22-2969482d106d",
    "external_id": "fdnklxaCACfw92b01v",
    "first_name": "John",
    "last_name": "Smith",
    "full_name": "John Smith",
    "email": "john@example.com",
    "phone_numbers": [
        {"number": "+15550100", "type": "mobile", "is_primary": True, "do_not_call": False}
    ],
    "wa_id": None,
    "sms_phone_number": None,
    "webchat_user_id": None,
    "company": "",
    "website": "",
    "stage": "lead",
    "status": "not_contacted",
    "language": "EN",
    "time_zone": "America/New_York",
    "address": {"street": "", "city": "", "state": "", "zip_code": "", "country": "US"},
    "tags": ["VIP"],
    "created_at": "2024-01-01T10:00:00.000Z",
    "updated_at": "2026-11-22T05:00:00.000Z",
}

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("get_contact", "GET"): Operation(
        operation_id="getContact",
        summary="Get a contact",
        tag=TAG,
        description="Returns the fields of a contact. Its variables have an endpoint of their own.",
        parameters=(WHICH,),
        response=SuccessResponse(
            description="The contact", model=Contact, example=_EXAMPLE, headers={"ETag": ETAG}
        ),
        error_responses=(NO_CONTACT,),
    ),
}
