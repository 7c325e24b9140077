"""Describe the operations on contacts in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/contact_responses.py`.
"""

from datetime import datetime

from pydantic import BaseModel, Field

from openapi_documents.description import Group, Operation, Parameter, Success
from openapi_documents.native.responses import ETAG
from shared.domain import errors

_CONTACT_ID = "contact_123"

PATH_PARAMETERS = (
    Parameter(
        "contact_id",
        "The id of the contact",
        example=_CONTACT_ID,
        error_responses=(errors.ContactNotFound(_CONTACT_ID),),
    ),
)


class PhoneNumber(BaseModel):
    """A phone number of a contact."""

    number: str = Field(examples=["+15550100"])
    type: str = Field(examples=["mobile"])
    is_primary: bool = Field(examples=[True])
    do_not_call: bool = Field(examples=[False])


class Address(BaseModel):
    """A postal address. Unknown parts are empty."""

    street: str = Field(description="The street with the house number", examples=[""])
    city: str = Field(examples=[""])
    state: str = Field(examples=[""])
    zip_code: str = Field(examples=[""])
    country: str = Field(examples=["US"])


class Contact(BaseModel):
    """A person that an agent talks to, without the variables."""

    id: str = Field(examples=[_CONTACT_ID])
    uuid: str | None = Field(examples=["df980fc8-b6db-4820-bf22-2969482d106d"])
    external_id: str | None = Field(
        description="The id in another system", examples=["fdnklxaCACfw92b01v"]
    )
    first_name: str = Field(examples=["John"])
    last_name: str = Field(examples=["Smith"])
    full_name: str = Field(examples=["John Smith"])
    email: str | None = Field(examples=["john@example.com"])
    phone_numbers: list[PhoneNumber]
    wa_id: str | None = Field(description="The WhatsApp id", examples=[None])
    sms_phone_number: str | None = Field(examples=[None])
    webchat_user_id: str | None = Field(examples=[None])
    company: str = Field(examples=[""])
    website: str = Field(examples=[""])
    stage: str = Field(examples=["lead"])
    status: str = Field(examples=["not_contacted"])
    language: str | None = Field(examples=["EN"])
    time_zone: str | None = Field(examples=["America/New_York"])
    address: Address
    tags: list[str] = Field(examples=[["VIP"]])
    created_at: datetime = Field(examples=["2024-01-01T10:00:00.000Z"])
    updated_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])


_OPERATIONS = {
    ("get_contact", "GET"): Operation(
        summary="Get a contact",
        description="Returns the fields of a contact. Its variables have an endpoint of their own.",
        response=Success("The contact", Contact, headers={"ETag": ETAG}),
    ),
}

GROUP = Group("Contacts", "The people that agents talk to.", _OPERATIONS)
