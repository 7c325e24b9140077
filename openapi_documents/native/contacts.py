"""Describe the operations on contacts in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/contact_responses.py`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from openapi_documents.description import (
    Group,
    Header,
    JsonObject,
    Model,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.examples import EVENT
from openapi_documents.forms import NO_ROOM, TOO_MUCH, texts, variables
from openapi_documents.native.request_terms import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    MODE,
    REPLAYED,
    VERSION,
)
from openapi_documents.native.responses import ETAG, PAGING, Page, Problem
from openapi_documents.native.variables import VariableChange
from shared.dialects.native.contact_batches import MAX_BATCH_ITEMS
from shared.dialects.native.contact_fields import ContactFields, ContactPhoneNumber
from shared.dialects.native.contact_requests import (
    ContactCreation,
    ContactIdentifiers,
    ContactLookup,
    ContactUpsert,
)
from shared.domain import errors
from shared.domain.contacts import IdentifierKind
from shared.domain.errors import Fault, InvalidRequest
from shared.gateway.request_model import RequestModel, list_of, nested, required
from shared.validation.contacts import MAX_FIELD_CHARS, MAX_IDENTIFIER_BYTES
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

_CONTACT_ID = "contact_123"

PATH_PARAMETERS = (
    Parameter(
        "contact_id",
        "The id of the contact",
        example=_CONTACT_ID,
        error_responses=(errors.ContactNotFound(_CONTACT_ID),),
    ),
)

_IDENTIFIERS: JsonObject = {
    "email": {"format": "email"},
    "wa_id": {"format": "phone-number"},
    "sms_phone_number": {"format": "phone-number"},
    **texts(MAX_IDENTIFIER_BYTES, "uuid", "external_id", "webchat_user_id"),
}
_FIELDS: JsonObject = {
    **_IDENTIFIERS,
    "time_zone": {"format": "time-zone"},
    "channel_ids": {"propertyNames": {"minLength": 1, "maxLength": MAX_FIELD_CHARS}},
}

LIMITS: dict[Model, JsonObject] = {
    ContactFields: {"properties": _FIELDS},
    ContactPhoneNumber: {"properties": {"number": {"format": "phone-number"}}},
    ContactCreation: {"properties": {**_FIELDS, "variables": variables()}},
    ContactUpsert: {"properties": {"variables": variables()}},
    ContactIdentifiers: {
        "minProperties": 1,
        "properties": {**_IDENTIFIERS, "phone": {"format": "phone-number"}},
    },
}


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


class OtherIdentifier(BaseModel):
    """An identifier of a contact that was merged into this one."""

    kind: IdentifierKind = Field(examples=["email"])
    value: str = Field(examples=["j.smith@example.com"])


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
    channel_ids: dict[str, str] = Field(
        description="Ids in other channels, by channel. They find no contact", examples=[{}]
    )
    company: str = Field(examples=[""])
    website: str = Field(examples=[""])
    avatar: str | None = Field(description="The URL of a picture", examples=[None])
    platform: str | None = Field(
        description="The channel that the contact came by", examples=[None]
    )
    stage: str = Field(examples=["lead"])
    status: str = Field(examples=["not_contacted"])
    language: str | None = Field(examples=["EN"])
    time_zone: str | None = Field(examples=["America/New_York"])
    address: Address
    organization_ids: list[str] = Field(examples=[[]])
    industry_context: dict[str, Any] = Field(
        description="Facts of an industry, any JSON", examples=[{}]
    )
    tags: list[str] = Field(examples=[["VIP"]])
    owner: str | None = Field(description="The user that the contact belongs to", examples=[None])
    team: int | None = Field(description="The team that the contact belongs to", examples=[None])
    merged_from: list[str] = Field(
        description="The contacts that were merged into it. Their ids stand for it", examples=[[]]
    )
    other_identifiers: list[OtherIdentifier] = Field(
        description="Identifiers of these contacts that no other member has. They find the contact",
        examples=[[]],
    )
    created_at: datetime = Field(examples=["2024-01-01T10:00:00.000Z"])
    updated_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])


class ContactSummary(BaseModel):
    """A contact in a list."""

    id: str = Field(examples=[_CONTACT_ID])
    uuid: str | None = Field(examples=["df980fc8-b6db-4820-bf22-2969482d106d"])
    first_name: str = Field(examples=["John"])
    last_name: str = Field(examples=["Smith"])
    full_name: str = Field(examples=["John Smith"])
    email: str | None = Field(examples=["john@example.com"])
    phone_number: str | None = Field(description="The primary number", examples=["+15550100"])
    company: str = Field(examples=[""])
    platform: str | None = Field(examples=[None])
    stage: str = Field(examples=["lead"])
    status: str = Field(examples=["not_contacted"])
    tags: list[str] = Field(examples=[["VIP"]])
    owner: str | None = Field(examples=[None])
    team: int | None = Field(examples=[None])
    created_at: datetime = Field(examples=["2024-01-01T10:00:00.000Z"])
    updated_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])


class ContactList(Page[ContactSummary]):
    """Contacts, the newest first."""


class UpsertedContact(BaseModel):
    """A contact after an upsert, and what became of each variable."""

    contact: Contact
    created: bool = Field(description="Whether the contact is new", examples=[True])
    results: dict[str, VariableChange] = Field(
        description="By the names of variables",
        examples=[{"membership_level": {"outcome": "set", "version": VERSION}}],
    )


class BatchResult(BaseModel):
    """What became of one item of a batch: a contact or a problem."""

    status: int = Field(description="200, 201, or the status of the problem", examples=[201])
    contact_id: str | None = Field(default=None, examples=[_CONTACT_ID])
    created: bool | None = Field(
        default=None, description="Whether the contact is new", examples=[True]
    )
    results: dict[str, VariableChange] | None = Field(
        default=None, description="What became of each variable, by name"
    )
    problem: Problem | None = Field(
        default=None, description="Why the item failed. Its pointers begin at the item"
    )


class BatchResults(BaseModel):
    """What became of each item of a batch, in the order of the items."""

    results: list[BatchResult]


class ContactBatchBody(RequestModel, closed=True):
    """Upserts of many contacts."""

    items: list[ContactUpsert] = required(
        list_of(nested(ContactUpsert), min_length=1, max_length=MAX_BATCH_ITEMS)
    )


class ContactDeleted(BaseModel):
    """A contact was deleted."""

    id: str = Field(examples=[_CONTACT_ID])
    deleted: Literal[True]


_SEVERAL = errors.SeveralContacts("phone", (123, 124))
_GONE = errors.ContactNotFound("")
"""No contact has an identifier, or the contact of a replayed request has been deleted."""

_TEAM = errors.PermissionDenied("membership of team 7")
_BAD_FIELDS = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it is no possible phone number", ("phone_numbers", 0, "number")),
        Fault("unknown_member", "Extra inputs are not permitted", ("name",)),
    ]
)
_BAD_CREATION = InvalidRequest.from_faults(
    [Fault("undefined_variable", "it has no definition", ("variables", "level"))]
)
_BAD_LOOKUP = InvalidRequest.from_faults(
    [Fault("required", "it needs at least one identifier", ("identifiers",))]
)
_BAD_UPSERT = InvalidRequest.from_faults(
    [
        Fault(
            "invalid_value",
            "it contradicts identifiers.email, by which the contact is found",
            ("contact", "email"),
        )
    ]
)
_BAD_BATCH = InvalidRequest.from_faults(
    [Fault("invalid_value", "List should have at most 100 items", ("items",))]
)
_TAGGED = {"ETag": ETAG, "Idempotent-Replayed": REPLAYED}
_TERMS = (IF_MATCH, IDEMPOTENCY_KEY)

_AS_OF = Header(
    "When the newest change of a contact was written that the list has, in an account that is "
    "listed by its contact index",
    required=False,
)

_BAD_FILTER = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must have 1 to 500 characters", parameter="search")]
)


def _filter(name: str, description: str, example: str) -> Parameter:
    """Build a parameter that selects contacts."""
    schema = {"type": "string", "minLength": 1, "maxLength": MAX_FIELD_CHARS}
    return Parameter(name, description, schema, example=example)


_OPERATIONS = {
    ("list_contacts", "GET"): Operation(
        summary="List contacts",
        description=(
            "Lists the contacts that the key sees, the newest first: in descending order of id. "
            "A search lists them in order of the words that it finds. "
            "A page can have fewer than `limit`, or none, although more follow: continue until "
            "`next_cursor` is null. A new contact can take a moment to appear."
        ),
        parameters=(
            _filter("stage", "Only contacts of this stage", "lead"),
            _filter("status", "Only contacts with this status", "not_contacted"),
            _filter("tag", "Only contacts with this tag", "VIP"),
            _filter(
                "search",
                "Only contacts that have each of these words, or one that starts with it, in a "
                "name, or whose e-mail address or phone number starts with it. Accents and case "
                "do not count. One word needs three characters, or nothing is found",
                "smi",
            ),
            *PAGING,
        ),
        response=Success("One page of contacts", ContactList, headers={"Index-As-Of": _AS_OF}),
        error_responses=(_BAD_FILTER,),
    ),
    ("create_contact", "POST"): Operation(
        summary="Create a contact",
        description=(
            "Creates a contact, also if another one has the same identifiers: use the upsert to "
            "avoid that. Values of variables are stored with it, all or none."
        ),
        parameters=(MODE,),
        headers=(IDEMPOTENCY_KEY,),
        body=ContactCreation,
        examples={"a contact": EVENT},
        response=Success("The new contact", Contact, status=201, headers=_TAGGED),
        error_responses=(_BAD_FIELDS, _BAD_CREATION, _TEAM, _GONE, *TOO_MUCH, NO_ROOM),
    ),
    ("lookup_contact", "POST"): Operation(
        summary="Find a contact by identifiers",
        description=(
            "Returns the contact that has one of the identifiers. Phone numbers and e-mail "
            "addresses are in the body, because paths end up in logs."
        ),
        body=ContactLookup,
        examples={"by an external id": EVENT, "by phone": {"identifiers": {"phone": "+15550100"}}},
        response=Success("The contact", Contact, headers={"ETag": ETAG}),
        error_responses=(_BAD_LOOKUP, _GONE, _SEVERAL),
    ),
    ("upsert_contact", "POST"): Operation(
        summary="Create or change a contact by identifiers",
        description=(
            "Changes the contact that has one of the identifiers, or creates it with all of them. "
            "Of concurrent upserts with the same identifiers, one creates the contact. `contact` "
            "is a merge patch (RFC 7396)."
        ),
        parameters=(MODE,),
        headers=(IDEMPOTENCY_KEY,),
        body=ContactUpsert,
        examples={"by phone": EVENT},
        response=Success(
            "The contact was changed",
            UpsertedContact,
            example={"created": False},
            headers=_TAGGED,
        ),
        other_responses=(
            Success("The contact was created", UpsertedContact, status=201, headers=_TAGGED),
        ),
        error_responses=(_BAD_UPSERT, _BAD_CREATION, _SEVERAL, _TEAM, _GONE, *TOO_MUCH, NO_ROOM),
    ),
    ("upsert_contacts", "POST"): Operation(
        summary="Create or change many contacts by identifiers",
        description=(
            "Upserts each item in turn, with a result of its own: a bad item fails alone. An item "
            "with an identifier of an earlier item is refused. With an `Idempotency-Key` a retry "
            "applies only the items that have not been applied."
        ),
        parameters=(MODE,),
        headers=(IDEMPOTENCY_KEY,),
        body=ContactBatchBody,
        examples={"two contacts": EVENT},
        response=Success("What became of each item", BatchResults),
        error_responses=(_BAD_BATCH, errors.TooManyVariables(MAX_VARIABLES_PER_REQUEST)),
    ),
    ("get_contact", "GET"): Operation(
        summary="Get a contact",
        description="Returns the fields of a contact. Its variables have an endpoint of their own.",
        response=Success("The contact", Contact, headers={"ETag": ETAG}),
    ),
    ("update_contact", "PATCH"): Operation(
        summary="Change fields of a contact",
        description=(
            "Applies a merge patch (RFC 7396): null empties a field, lists are replaced, objects "
            "are merged."
        ),
        headers=_TERMS,
        body=ContactFields,
        examples={"a name": EVENT},
        response=Success("The contact as it is stored", Contact, headers=_TAGGED),
        error_responses=(_BAD_FIELDS, _TEAM, errors.ContextTooLarge()),
    ),
    ("delete_contact", "DELETE"): Operation(
        summary="Delete a contact",
        description=(
            "Deletes a contact with its values, identifiers, conversations, suggestions and "
            "activity. Definitions and tags stay. A deletion that was interrupted is completed "
            "when it is repeated, and answered with 404 if the contact itself was gone."
        ),
        headers=(IF_MATCH,),
        response=Success("It was deleted", ContactDeleted),
    ),
}

GROUP = Group("Contacts", "The people that agents talk to.", _OPERATIONS)
