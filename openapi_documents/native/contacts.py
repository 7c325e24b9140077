"""Describe the operations on contacts in the native API, and their responses."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from openapi_documents.description import (
    EVENT,
    Group,
    JsonObject,
    Operation,
    Parameter,
    Success,
    header,
)
from openapi_documents.forms import NO_ROOM, TOO_MUCH, member, texts, variables
from openapi_documents.native import conventions as native
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
from shared.domain.errors import Fault
from shared.gateway.request_model import RequestModel, list_of, nested, required
from shared.validation.contacts import MAX_FIELD_CHARS, MAX_IDENTIFIER_BYTES
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

_CONTACT_ID = "contact_123"

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


class PhoneNumber(BaseModel):
    """A phone number of a contact."""

    number: str = member(example="+15550100")
    type: str = member(example="mobile")
    is_primary: bool = member(example=True)
    do_not_call: bool


class Address(BaseModel):
    """A postal address. Unknown parts are empty."""

    street: str = member("The street with the house number", example="")
    city: str = member(example="")
    state: str = member(example="")
    zip_code: str = member(example="")
    country: str = member(example="US")


class OtherIdentifier(BaseModel):
    """An identifier of a contact that was merged into this one."""

    kind: IdentifierKind = member(example="email")
    value: str = member(example="j.smith@example.com")


class Person(BaseModel):
    """The fields that all representations of a contact share."""

    id: str = member(example=_CONTACT_ID)
    uuid: str | None = member(example="df980fc8-b6db-4820-bf22-2969482d106d")
    first_name: str = member(example="John")
    last_name: str = member(example="Smith")
    full_name: str = member(example="John Smith")
    email: str | None = member(example="john@example.com")
    company: str = member(example="")
    platform: str | None = member("The channel that the contact came by")
    stage: str = member(example="lead")
    status: str = member(example="not_contacted")
    tags: list[str] = member(example=["VIP"])
    owner: str | None = member("The user that the contact belongs to")
    team: int | None = member("The team that the contact belongs to")
    created_at: datetime = member(example="2024-01-01T10:00:00.000Z")
    updated_at: datetime = member(example="2026-11-22T05:00:00.000Z")


class ContactSummary(Person):
    """A contact in a list."""

    phone_number: str | None = member("The primary number", example="+15550100")


class Contact(Person):
    """A person that an agent talks to, without the variables."""

    external_id: str | None = member("The id in another system", example="fdnklxaCACfw92b01v")
    phone_numbers: list[PhoneNumber]
    wa_id: str | None = member("The WhatsApp id")
    sms_phone_number: str | None
    webchat_user_id: str | None
    channel_ids: dict[str, str] = member(
        "Ids in other channels, by channel. They find no contact", example={}
    )
    website: str = member(example="")
    avatar: str | None = member("The URL of a picture")
    language: str | None = member(example="EN")
    time_zone: str | None = member(example="America/New_York")
    address: Address
    organization_ids: list[str] = member(example=[])
    industry_context: dict[str, Any] = member("Facts of an industry, any JSON", example={})
    merged_from: list[str] = member(
        "The contacts that were merged into it. Their ids stand for it", example=[]
    )
    other_identifiers: list[OtherIdentifier] = member(
        "Identifiers of these contacts that no other member has. They find the contact", example=[]
    )


class UpsertedContact(BaseModel):
    """A contact after an upsert, and what became of each variable."""

    contact: Contact
    created: bool = member("Whether the contact is new", example=True)
    results: dict[str, VariableChange] = member(
        "By the names of variables",
        example={"membership_level": {"outcome": "set", "version": native.VERSION}},
    )


class BatchResult(BaseModel):
    """What became of one item of a batch: a contact or a problem."""

    status: int = member("200, 201, or the status of the problem", example=201)
    contact_id: str | None = member(example=_CONTACT_ID, optional=True)
    created: bool | None = member("Whether the contact is new", example=True, optional=True)
    results: dict[str, VariableChange] | None = member(
        "What became of each variable, by name", optional=True
    )
    problem: native.Problem | None = member(
        "Why the item failed. Its pointers begin at the item", optional=True
    )


class BatchResults(BaseModel):
    """What became of each item of a batch, in the order of the items."""

    results: list[BatchResult]


class ContactBatchBody(RequestModel, closed=True):
    """Upserts of many contacts."""

    items: list[ContactUpsert] = required(
        list_of(nested(ContactUpsert), min_length=1, max_length=MAX_BATCH_ITEMS)
    )


_SEVERAL = errors.SeveralContacts("phone", (123, 124))
_GONE = errors.ContactNotFound("")
"""No contact has an identifier, or the contact of a replayed request has been deleted."""

_TEAM = errors.PermissionDenied("membership of team 7")
_BAD_FIELDS = native.invalid(
    Fault("invalid_value", "it is no possible phone number", ("phone_numbers", 0, "number")),
    Fault("unknown_member", "Extra inputs are not permitted", ("name",)),
)
_BAD_CREATION = native.bad_member(
    "it has no definition", "variables", "level", code="undefined_variable"
)
_BAD_LOOKUP = native.bad_member("it needs at least one identifier", "identifiers", code="required")
_BAD_UPSERT = native.bad_member(
    "it contradicts identifiers.email, by which the contact is found", "contact", "email"
)
_BAD_BATCH = native.bad_member("List should have at most 100 items", "items")
_TAGGED = {**native.TAGGED, **native.REPLAYABLE}

_AS_OF = header(
    "When the newest change of a contact was written that the list has, in an account that is "
    "listed by its contact index",
    required=False,
)


def _filter(name: str, description: str, example: str) -> Parameter:
    """Build a parameter that selects contacts."""
    schema = {"type": "string", "minLength": 1, "maxLength": MAX_FIELD_CHARS}
    return Parameter(name, description, schema, example=example)


_OPERATIONS = {
    ("list_contacts", "GET"): Operation(
        "Lists the contacts that the key sees, the newest first: in descending order of id. "
        "A search lists them in order of the words that it finds. "
        "A page can have fewer than `limit`, or none, although more follow: continue until "
        "`next_cursor` is null. A new contact can take a moment to appear.",
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
            *native.PAGING,
        ),
        response=native.page_of(
            ContactSummary,
            "contacts",
            "Contacts, the newest first.",
            "ContactList",
            headers={"Index-As-Of": _AS_OF},
        ),
        errors=(native.bad_parameter("search", "it must have 1 to 500 characters"),),
    ),
    ("create_contact", "POST"): Operation(
        "Creates a contact, also if another one has the same identifiers: use the upsert to "
        "avoid that. Values of variables are stored with it, all or none.",
        parameters=(native.MODE,),
        headers=(native.IDEMPOTENCY_KEY,),
        body=ContactCreation,
        response=Success("The new contact", Contact, status=201, headers=_TAGGED),
        errors=(_BAD_FIELDS, _BAD_CREATION, _TEAM, _GONE, *TOO_MUCH, NO_ROOM),
    ),
    ("lookup_contact", "POST"): Operation(
        "Returns the contact that has one of the identifiers. Phone numbers and e-mail "
        "addresses are in the body, because paths end up in logs.",
        body=ContactLookup,
        examples={"by an external id": EVENT, "by phone": {"identifiers": {"phone": "+15550100"}}},
        response=Success("The contact", Contact, headers=native.TAGGED),
        errors=(_BAD_LOOKUP, _GONE, _SEVERAL),
    ),
    ("upsert_contact", "POST"): Operation(
        "Changes the contact that has one of the identifiers, or creates it with all of them. "
        "Of concurrent upserts with the same identifiers, one creates the contact. `contact` "
        "is a merge patch (RFC 7396).",
        parameters=(native.MODE,),
        headers=(native.IDEMPOTENCY_KEY,),
        body=ContactUpsert,
        response=Success(
            "The contact was changed", UpsertedContact, example={"created": False}, headers=_TAGGED
        ),
        other_responses=(
            Success("The contact was created", UpsertedContact, status=201, headers=_TAGGED),
        ),
        errors=(_BAD_UPSERT, _BAD_CREATION, _SEVERAL, _TEAM, _GONE, *TOO_MUCH, NO_ROOM),
    ),
    ("upsert_contacts", "POST"): Operation(
        "Upserts each item in turn, with a result of its own: a bad item fails alone. An item "
        "with an identifier of an earlier item is refused. With an `Idempotency-Key` a retry "
        "applies only the items that have not been applied.",
        parameters=(native.MODE,),
        headers=(native.IDEMPOTENCY_KEY,),
        body=ContactBatchBody,
        response=Success("What became of each item", BatchResults),
        errors=(_BAD_BATCH, errors.TooManyVariables(MAX_VARIABLES_PER_REQUEST)),
    ),
    ("get_contact", "GET"): Operation(
        "Returns the fields of a contact. Its variables have an endpoint of their own.",
        response=Success("The contact", Contact, headers=native.TAGGED),
    ),
    ("update_contact", "PATCH"): Operation(
        "Applies a merge patch (RFC 7396): null empties a field, lists are replaced, objects "
        "are merged.",
        headers=(native.IF_MATCH, native.IDEMPOTENCY_KEY),
        body=ContactFields,
        response=Success("The contact as it is stored", Contact, headers=_TAGGED),
        errors=(_BAD_FIELDS, _TEAM, errors.ContextTooLarge()),
    ),
    ("delete_contact", "DELETE"): native.deletion(
        "a contact",
        _CONTACT_ID,
        "Deletes a contact with its values, identifiers, conversations, suggestions and "
        "activity. Definitions and tags stay. A deletion that was interrupted is completed "
        "when it is repeated, and answered with 404 if the contact itself was gone.",
        headers=(native.IF_MATCH,),
    ),
}

GROUP = Group(
    "Contacts",
    "The people that agents talk to.",
    _OPERATIONS,
    path_parameters=(native.id_in_path("contact_id", _CONTACT_ID, errors.ContactNotFound),),
    limits={
        ContactFields: {"properties": _FIELDS},
        ContactPhoneNumber: {"properties": {"number": {"format": "phone-number"}}},
        ContactCreation: {"properties": {**_FIELDS, "variables": variables()}},
        ContactUpsert: {"properties": {"variables": variables()}},
        ContactIdentifiers: {
            "minProperties": 1,
            "properties": {**_IDENTIFIERS, "phone": {"format": "phone-number"}},
        },
    },
)
