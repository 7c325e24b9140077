"""Describe Klen AI's API.

Source: Klen AI, the pages under "Contacts" and "Context Variables".
"""

from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from openapi_documents import forms
from openapi_documents.description import Api, Group, JsonObject, Operation, Parameter, Success
from openapi_documents.examples import example_of_model
from openapi_documents.klen import responses
from openapi_documents.schemas import merged
from shared.dialects.klen.contact_requests import ContactBody, ContactCreation, PhoneBody
from shared.dialects.klen.definition_requests import DefinitionCreation, DefinitionUpdate
from shared.dialects.klen.dialect import KLEN, MAX_BODY_BYTES
from shared.dialects.klen.variable_types import VariableType
from shared.domain import errors
from shared.validation import contacts, definitions

DESCRIPTION = """\
The contacts and context-variables API of Klen AI.

Send the key as `Authorization: Bearer`, as `X-API-Key`, or as the query parameter `api_key`.
The service looks for it in this order.

Every path is served with and without a trailing slash.
A request that fails with a status below 500 changes nothing.
"""


class ContextUpdate(BaseModel):
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    variables: dict[str, Any]
    auto_create_variables: bool = False


_NUMBER: JsonObject = {"type": "integer", "minimum": 0}

_PATH_PARAMETERS = (
    Parameter(
        "contact_id",
        "The number of the contact",
        _NUMBER,
        example=123,
        errors=(errors.ContactNotFound("123"),),
    ),
    Parameter(
        "variable_id",
        "The number of the definition",
        _NUMBER,
        example=2,
        errors=(errors.DefinitionNotFound("2"),),
    ),
)

_VALUE_ERRORS = (
    errors.UndefinedVariable("nickname", "it does not exist"),
    errors.InvalidValue(
        "membership_level", "select", "it must be one of: Bronze, Silver, Gold, Platinum"
    ),
    *forms.TOO_MUCH,
)
_DEFAULT_DEFINITION = {
    "id": 3,
    "name": "support_hours",
    "display_name": "Support Hours",
    "description": "Business support hours",
    "variable_type": "text",
    "context_type": "business",
    "is_default": True,
    "select_options": None,
}

_DEFINITION_UPDATE = Operation(
    "Changes what is sent, with `PUT` as with `PATCH`. "
    "Select options are replaced as a whole; name and context type cannot change.",
    summary="Update Context Variable Definition",
    body=DefinitionUpdate,
    response=Success("The definition was changed", responses.DefinitionUpdated),
    errors=(
        errors.DefaultDefinitionUnchangeable("support_hours"),
        errors.MissingField("select_options"),
        errors.InvalidField("display_name", "it has 1 to 200 characters"),
    ),
)

_CONTACT_UPDATE = Operation(
    "Changes the sent fields of a contact.",
    summary="Update Contact",
    body=ContactBody,
    response=Success("The contact was changed", responses.ContactUpdated),
    errors=(errors.MissingField("phone_numbers.0.phone_number"), *_VALUE_ERRORS),
)

_VARIABLES = {
    ("set_contact_context", "POST"): Operation(
        "Sets many variables of a contact atomically. `null` removes a variable.",
        summary="Set Contact Context Variables",
        body=ContextUpdate,
        response=Success("All variables were set", responses.ContactContextSet),
        errors=_VALUE_ERRORS,
    ),
    ("set_business_context", "POST"): Operation(
        "Sets many variables of the account's own business atomically. `null` removes a variable.",
        summary="Set Business Context Variables",
        body=ContextUpdate,
        response=Success("All variables were set", responses.BusinessContextSet),
        errors=_VALUE_ERRORS,
    ),
    ("list_definitions", "GET"): Operation(
        "Lists the definitions that the key can see, in order of id.",
        summary="List Context Variables",
        parameters=(
            Parameter("context_type", "`contact` or `business`. Any other value lists nothing"),
        ),
        response=Success(
            "The definitions",
            responses.DefinitionList,
            example={"variables": [example_of_model(responses.Definition), _DEFAULT_DEFINITION]},
        ),
    ),
    ("create_definition", "POST"): Operation(
        "Creates the definition of a variable. Its name is unique in its context type.",
        summary="Create Context Variable Definition",
        body=DefinitionCreation,
        response=Success(
            "The definition was created",
            responses.DefinitionCreated,
            example={"id": 5, "name": "loyalty_tier", "display_name": "Loyalty Tier"},
            status=201,
        ),
        errors=(errors.DuplicateDefinition("membership_level"), forms.FULL),
    ),
    ("update_definition", "PUT"): replace(_DEFINITION_UPDATE, operation_id="replaceDefinition"),
    ("update_definition", "PATCH"): _DEFINITION_UPDATE,
    ("delete_definition", "DELETE"): Operation(
        "Deletes a definition. Values under its name stay.",
        summary="Delete Context Variable Definition",
        response=Success("The definition was deleted", responses.DefinitionDeleted),
        errors=(errors.DefaultDefinitionUndeletable("support_hours"),),
    ),
}

_CONTACTS = {
    ("list_contacts", "GET"): Operation(
        "Lists one page of the contacts that match all filters, in order of id.",
        summary="Get Contacts",
        parameters=(
            Parameter("stage", "Contacts in exactly this stage"),
            Parameter("status", "Contacts with exactly this status"),
            Parameter("tag", "Contacts with exactly this tag"),
            Parameter(
                "search",
                "Contacts with this text in their first, last or full name or e-mail address. "
                "Case is ignored",
            ),
            # The vendor documents no error for these, so an invalid number means the default.
            Parameter(
                "page",
                "The page number. An invalid one means 1",
                forms.number_or_any(minimum=1, default=1),
            ),
            Parameter(
                "limit",
                "The page size. An invalid one means 25",
                forms.number_or_any(minimum=1, maximum=100, default=25),
            ),
        ),
        response=Success("The page", responses.ContactList, headers=forms.LIMITED_TO_NEWEST),
    ),
    ("get_contact", "GET"): Operation(
        "Returns a contact. `custom_context` has its variables in JSON types.",
        summary="Get Contact Details",
        response=Success("The contact", responses.ContactDetails),
    ),
    ("create_contact", "POST"): Operation(
        "Creates a contact. `custom_context` sets variables. Undefined names are defined.",
        summary="Create Contact",
        body=ContactCreation,
        response=Success("The contact was created", responses.ContactCreated, status=201),
        errors=(*_VALUE_ERRORS, forms.NO_ROOM),
    ),
    ("update_contact", "PUT"): replace(
        _CONTACT_UPDATE,
        operation_id="replaceContact",
        description=(
            "Replaces the fields of a contact. Fields that are not sent get their defaults, except "
            "the first name, the team and the variables."
        ),
    ),
    ("update_contact", "PATCH"): _CONTACT_UPDATE,
}

_CONTACT_LIMITS: JsonObject = {
    "properties": {
        **forms.texts(contacts.MAX_FIELD_CHARS, "first_name", "last_name", "company", "website"),
        **forms.texts(contacts.MAX_FIELD_CHARS, "status", "stage"),
        **forms.texts(contacts.MAX_FIELD_CHARS, "address", "city", "state", "zip_code", "country"),
        **forms.texts(contacts.MAX_IDENTIFIER_BYTES, "email"),
        "tags": {"items": {"maxLength": contacts.MAX_TAG_CHARS}},
        "custom_context": forms.variables(),
    }
}

_NEW_PHONE_NUMBERS: JsonObject = {
    # A new contact has no phone numbers that an id could refer to.
    "properties": {"phone_numbers": {"items": {"properties": {"id": {"type": "null"}}}}}
}

_DEFINITION_WORDS: JsonObject = {
    "display_name": {"minLength": 1, "maxLength": definitions.MAX_DISPLAY_NAME_CHARS},
    "description": {"maxLength": definitions.MAX_DESCRIPTION_CHARS},
}

_OPTIONS_OF_SELECT: JsonObject = {
    "if": {"properties": {"variable_type": {"const": VariableType.SELECT.value}}},
    "then": {
        "required": ["select_options"],
        "properties": {
            "select_options": {
                "type": "array",
                "minItems": 1,
                "maxItems": definitions.MAX_OPTIONS,
                "uniqueItems": True,
                "items": {"minLength": 1, "maxLength": definitions.MAX_OPTION_CHARS},
            }
        },
    },
}

API = Api(
    dialect=KLEN,
    title="Klen AI",
    description=DESCRIPTION,
    security={
        "klenBearer": {"type": "http", "scheme": "bearer", "description": "The API key"},
        "klenHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "klenQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
    },
    error_response=responses.ErrorResponse,
    max_body_bytes=MAX_BODY_BYTES,
    coded=("error",),
    groups=(
        Group("Contacts", "The people an agent talks to.", _CONTACTS),
        Group(
            "Context variables",
            "Typed variables of contacts and of the business, and their definitions.",
            _VARIABLES,
        ),
    ),
    path_parameters=_PATH_PARAMETERS,
    limits={
        ContextUpdate: {"properties": {"variables": forms.variables()}},
        DefinitionCreation: {
            "properties": {"name": forms.NAME, **_DEFINITION_WORDS},
            **_OPTIONS_OF_SELECT,
        },
        DefinitionUpdate: {"properties": _DEFINITION_WORDS},
        ContactBody: _CONTACT_LIMITS,
        ContactCreation: merged(_CONTACT_LIMITS, _NEW_PHONE_NUMBERS),
        PhoneBody: {
            "properties": {
                "phone_number": {"pattern": r"\S", "maxLength": contacts.MAX_IDENTIFIER_BYTES},
                "phone_type": {"maxLength": contacts.MAX_FIELD_CHARS},
            }
        },
    },
)
