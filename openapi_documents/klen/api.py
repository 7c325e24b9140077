"""Describe Klen AI's API.

Source: Klen AI, the pages under "Contacts" and "Context Variables".
"""

from typing import Any

from openapi_documents.description import (
    Api,
    JsonObject,
    Operation,
    Parameter,
    RequestBody,
    SuccessResponse,
)
from openapi_documents.forms import (
    FULL,
    NAME,
    TOO_MUCH,
    in_path,
    in_query,
    number_or_any,
    texts,
    variables,
)
from openapi_documents.klen import responses
from openapi_documents.klen.requests import ContextUpdate
from openapi_documents.schemas import merged
from shared.dialects.klen.contact_requests import ContactBody, ContactCreation, PhoneBody
from shared.dialects.klen.definition_requests import DefinitionCreation, DefinitionUpdate
from shared.dialects.klen.dialect import KLEN
from shared.domain import errors
from shared.domain.definitions import VariableType
from shared.validation.contacts import MAX_FIELD_CHARS, MAX_IDENTIFIER_BYTES, MAX_TAG_CHARS
from shared.validation.definitions import (
    MAX_DESCRIPTION_CHARS,
    MAX_DISPLAY_NAME_CHARS,
    MAX_OPTION_CHARS,
    MAX_OPTIONS,
)

DESCRIPTION = """\
The contacts and context-variables API of Klen AI.

Send the key as `Authorization: Bearer`, as `X-API-Key`, or as the query parameter `api_key`.
The service looks for it in this order.

Every path is served with and without a trailing slash.
A request that fails with a status below 500 changes nothing.
"""

_CONTACTS, _VARIABLES = "Contacts", "Context variables"


def _id(name: str, kind: str, example: int) -> Parameter:
    description = f"The number of the {kind}"
    return in_path(name, description, {"type": "integer", "minimum": 0}, example)


_CONTACT_ID = _id("contact_id", "contact", 123)
_VARIABLE_ID = _id("variable_id", "definition", 2)

_NO_CONTACT = errors.ContactNotFound("123")
_NO_DEFINITION = errors.DefinitionNotFound("2")
_VALUE_ERRORS = (
    errors.UndefinedVariable("nickname", "it does not exist"),
    errors.InvalidValue(
        "membership_level", "select", "it must be one of: Bronze, Silver, Gold, Platinum"
    ),
    *TOO_MUCH,
)

_CONTACT: JsonObject = {
    "id": 123,
    "first_name": "John",
    "last_name": "Smith",
    "full_name": "John Smith",
    "email": "john@example.com",
    "company": "",
    "website": "",
    "stage": "lead",
    "stage_display": "Lead",
    "status": "not_contacted",
    "status_display": "Not Contacted",
    "address": {"street": "", "city": "", "state": "", "zip_code": "", "country": "US"},
    "timezone": "America/New_York",
    "created_date": "2024-01-01T10:00:00Z",
    "last_call_date": None,
    "phone_numbers": [
        {
            "id": 1,
            "phone_number": "+15550100",
            "phone_type": "mobile",
            "primary": True,
            "do_not_call": False,
            "dnc_date": None,
            "dnc_reason": None,
        }
    ],
    "tags": ["VIP", "Newsletter"],
    "recent_notes": [],
    "industry_context": {},
}
_LISTED = {
    **{name: _CONTACT[name] for name in ("id", "first_name", "last_name", "full_name", "email")},
    "company": "",
    "stage": "lead",
    "status": "not_contacted",
    "phone": "+15550100",
    "created_date": "2024-01-01T10:00:00Z",
    "last_call_date": None,
    "tags": ["VIP", "Newsletter"],
}
_DEFINITIONS = [
    {
        "id": 2,
        "name": "membership_level",
        "display_name": "Membership Level",
        "description": "Customer's current membership tier",
        "variable_type": "select",
        "context_type": "contact",
        "is_default": False,
        "select_options": ["Bronze", "Silver", "Gold", "Platinum"],
    },
    {
        "id": 3,
        "name": "support_hours",
        "display_name": "Support Hours",
        "description": "Business support hours",
        "variable_type": "text",
        "context_type": "business",
        "is_default": True,
        "select_options": None,
    },
]


def _named(definition_id: int, name: str, display_name: str, message: str) -> dict[str, Any]:
    return {"id": definition_id, "name": name, "display_name": display_name, "message": message}


def _definition_update(operation_id: str) -> Operation:
    message = "Variable definition updated successfully"
    return Operation(
        operation_id=operation_id,
        summary="Update Context Variable Definition",
        tag=_VARIABLES,
        description=(
            "Changes what is sent, with `PUT` as with `PATCH`. "
            "Select options are replaced as a whole; name and context type cannot change."
        ),
        parameters=(_VARIABLE_ID,),
        body=RequestBody(
            model=DefinitionUpdate,
            examples={"options": {"select_options": ["Bronze", "Silver", "Gold"]}},
        ),
        response=SuccessResponse(
            description="The definition was changed",
            model=responses.DefinitionUpdated,
            example=_named(2, "membership_level", "Membership Level", message),
        ),
        error_responses=(
            _NO_DEFINITION,
            errors.DefaultDefinitionUnchangeable("support_hours"),
            errors.MissingField("select_options"),
            errors.InvalidField("display_name", "it has 1 to 200 characters"),
        ),
    )


def _contact_update(operation_id: str, description: str) -> Operation:
    return Operation(
        operation_id=operation_id,
        summary="Update Contact",
        tag=_CONTACTS,
        description=description,
        parameters=(_CONTACT_ID,),
        body=RequestBody(
            model=ContactBody,
            examples={"stage": {"first_name": "John", "stage": "qualified_lead", "tags": ["VIP"]}},
        ),
        response=SuccessResponse(
            description="The contact was changed",
            model=responses.ContactUpdated,
            example={**_CONTACT, "message": "Contact updated successfully"},
        ),
        error_responses=(
            _NO_CONTACT,
            errors.MissingField("phone_numbers.0.phone_number"),
            *_VALUE_ERRORS,
        ),
    )


_OPERATIONS = {
    ("set_contact_context", "POST"): Operation(
        operation_id="setContactContext",
        summary="Set Contact Context Variables",
        tag=_VARIABLES,
        description=("Sets many variables of a contact atomically. `null` removes a variable."),
        parameters=(_CONTACT_ID,),
        body=RequestBody(
            model=ContextUpdate,
            examples={
                "variables": {
                    "variables": {
                        "last_payment_date": "2023-12-01",
                        "membership_level": "Gold",
                        "account_balance": 250.50,
                        "is_active": True,
                    },
                    "auto_create_variables": True,
                }
            },
        ),
        response=SuccessResponse(
            description="All variables were set",
            model=responses.ContactContextSet,
            example={
                "message": "Contact context variables updated successfully",
                "contact_id": 123,
            },
        ),
        error_responses=(_NO_CONTACT, errors.MissingField("variables"), *_VALUE_ERRORS),
    ),
    ("set_business_context", "POST"): Operation(
        operation_id="setBusinessContext",
        summary="Set Business Context Variables",
        tag=_VARIABLES,
        description=(
            "Sets many variables of the account's own business atomically. "
            "`null` removes a variable."
        ),
        body=RequestBody(
            model=ContextUpdate,
            examples={
                "variables": {
                    "variables": {"office_hours": "9-5", "support_hours": "24/7"},
                    "auto_create_variables": True,
                }
            },
        ),
        response=SuccessResponse(
            description="All variables were set",
            model=responses.BusinessContextSet,
            example={"message": "Business context variables updated successfully"},
        ),
        error_responses=(errors.MissingField("variables"), *_VALUE_ERRORS),
    ),
    ("list_definitions", "GET"): Operation(
        operation_id="listDefinitions",
        summary="List Context Variables",
        tag=_VARIABLES,
        description="Lists the definitions that the key can see, in order of id.",
        parameters=(
            in_query("context_type", "`contact` or `business`. Any other value lists nothing"),
        ),
        response=SuccessResponse(
            description="The definitions",
            model=responses.DefinitionList,
            example={"count": 2, "variables": _DEFINITIONS},
        ),
    ),
    ("create_definition", "POST"): Operation(
        operation_id="createDefinition",
        summary="Create Context Variable Definition",
        tag=_VARIABLES,
        description="Creates the definition of a variable. Its name is unique in its context type.",
        body=RequestBody(
            model=DefinitionCreation,
            examples={
                "select": {
                    "name": "loyalty_tier",
                    "display_name": "Loyalty Tier",
                    "variable_type": "select",
                    "context_type": "contact",
                    "description": "Tier of the loyalty programme",
                    "select_options": ["Bronze", "Silver", "Gold"],
                }
            },
        ),
        response=SuccessResponse(
            status=201,
            description="The definition was created",
            model=responses.DefinitionCreated,
            example=_named(
                5, "loyalty_tier", "Loyalty Tier", "Variable definition created successfully"
            ),
        ),
        error_responses=(
            errors.MissingField("display_name"),
            errors.DuplicateDefinition("membership_level"),
            FULL,
        ),
    ),
    ("update_definition", "PUT"): _definition_update("replaceDefinition"),
    ("update_definition", "PATCH"): _definition_update("updateDefinition"),
    ("delete_definition", "DELETE"): Operation(
        operation_id="deleteDefinition",
        summary="Delete Context Variable Definition",
        tag=_VARIABLES,
        description="Deletes a definition. Values under its name stay.",
        parameters=(_VARIABLE_ID,),
        response=SuccessResponse(
            description="The definition was deleted",
            model=responses.DefinitionDeleted,
            example={"message": "Variable definition deleted successfully"},
        ),
        error_responses=(_NO_DEFINITION, errors.DefaultDefinitionUndeletable("support_hours")),
    ),
    ("list_contacts", "GET"): Operation(
        operation_id="listContacts",
        summary="Get Contacts",
        tag=_CONTACTS,
        description="Lists one page of the contacts that match all filters, in order of id.",
        parameters=(
            in_query("stage", "Contacts in exactly this stage"),
            in_query("status", "Contacts with exactly this status"),
            in_query("tag", "Contacts with exactly this tag"),
            in_query(
                "search",
                "Contacts with this text in their first, last or full name or e-mail address. "
                "Case is ignored",
            ),
            # The vendor documents no error for these, so an invalid number means the default.
            in_query(
                "page",
                "The page number. An invalid one means 1",
                number_or_any(minimum=1, default=1),
            ),
            in_query(
                "limit",
                "The page size. An invalid one means 25",
                number_or_any(minimum=1, maximum=100, default=25),
            ),
        ),
        response=SuccessResponse(
            description="The page",
            model=responses.ContactList,
            example={"count": 1, "page": 1, "limit": 25, "pages": 1, "contacts": [_LISTED]},
        ),
    ),
    ("get_contact", "GET"): Operation(
        operation_id="getContact",
        summary="Get Contact Details",
        tag=_CONTACTS,
        description="Returns a contact. `custom_context` has its variables in JSON types.",
        parameters=(_CONTACT_ID,),
        response=SuccessResponse(
            description="The contact",
            model=responses.ContactDetails,
            example={
                **_CONTACT,
                "custom_context": {"membership_level": "Gold", "account_balance": 250.5},
            },
        ),
        error_responses=(_NO_CONTACT,),
    ),
    ("create_contact", "POST"): Operation(
        operation_id="createContact",
        summary="Create Contact",
        tag=_CONTACTS,
        description=(
            "Creates a contact. `custom_context` sets variables. Undefined names are defined."
        ),
        body=RequestBody(
            model=ContactCreation,
            examples={
                "contact": {
                    "first_name": "Ada",
                    "last_name": "Lovelace",
                    "phone_numbers": [{"phone_number": "+15551234567", "primary": True}],
                    "tags": ["VIP"],
                    "custom_context": {"lead_source": "Website"},
                }
            },
        ),
        response=SuccessResponse(
            status=201,
            description="The contact was created",
            model=responses.ContactCreated,
            example={**_CONTACT, "message": "Contact created successfully"},
        ),
        error_responses=(errors.MissingField("first_name"), *_VALUE_ERRORS),
    ),
    ("update_contact", "PUT"): _contact_update(
        "replaceContact",
        "Replaces the fields of a contact. Fields that are not sent get their defaults, except the "
        "first name, the team and the variables.",
    ),
    ("update_contact", "PATCH"): _contact_update(
        "updateContact", "Changes the sent fields of a contact."
    ),
}

_CONTACT_LIMITS: JsonObject = {
    "properties": {
        **texts(
            MAX_FIELD_CHARS, "first_name", "last_name", "company", "website", "status", "stage"
        ),
        **texts(MAX_FIELD_CHARS, "address", "city", "state", "zip_code", "country"),
        **texts(MAX_IDENTIFIER_BYTES, "email"),
        "tags": {"items": {"maxLength": MAX_TAG_CHARS}},
        "custom_context": variables(),
    }
}

_NEW_PHONE_NUMBERS: JsonObject = {
    # A new contact has no phone numbers that an id could refer to.
    "properties": {"phone_numbers": {"items": {"properties": {"id": {"type": "null"}}}}}
}

_DEFINITION_WORDS: JsonObject = {
    "display_name": {"minLength": 1, "maxLength": MAX_DISPLAY_NAME_CHARS},
    "description": {"maxLength": MAX_DESCRIPTION_CHARS},
}

_OPTIONS_OF_SELECT: JsonObject = {
    "if": {"properties": {"variable_type": {"const": VariableType.SELECT.value}}},
    "then": {
        "required": ["select_options"],
        "properties": {
            "select_options": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_OPTIONS,
                "uniqueItems": True,
                "items": {"minLength": 1, "maxLength": MAX_OPTION_CHARS},
            },
        },
    },
}

API = Api(
    dialect=KLEN,
    title="Klen AI",
    description=DESCRIPTION,
    tags={
        _CONTACTS: "The people an agent talks to.",
        _VARIABLES: "Typed variables of contacts and of the business, and their definitions.",
    },
    security={
        "klenBearer": {"type": "http", "scheme": "bearer", "description": "The API key"},
        "klenHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "klenQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
    },
    error_response=responses.ErrorResponse,
    coded=("error",),
    operations=_OPERATIONS,
    limits={
        ContextUpdate: {"properties": {"variables": variables()}},
        DefinitionCreation: {
            "properties": {"name": NAME, **_DEFINITION_WORDS},
            **_OPTIONS_OF_SELECT,
        },
        DefinitionUpdate: {"properties": _DEFINITION_WORDS},
        ContactBody: _CONTACT_LIMITS,
        ContactCreation: merged(_CONTACT_LIMITS, _NEW_PHONE_NUMBERS),
        PhoneBody: {
            "properties": {
                "phone_number": {"pattern": r"\S", "maxLength": MAX_IDENTIFIER_BYTES},
                "phone_type": {"maxLength": MAX_FIELD_CHARS},
            }
        },
    },
)
