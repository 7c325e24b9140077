"""Describe ChatCaptain's API.

Source: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation variables" and
"Conversation contacts".
"""

from dataclasses import replace

from openapi_documents import forms
from openapi_documents.chatcaptain import responses
from openapi_documents.description import (
    EVENT,
    Api,
    Group,
    JsonObject,
    Key,
    Operation,
    Parameter,
    Success,
)
from shared.dialects.chatcaptain import contact_requests, variable_requests
from shared.dialects.chatcaptain.dialect import MAX_BODY_BYTES, WRITES
from shared.dialects.chatcaptain.parameters import MAX_PER_PAGE
from shared.domain import errors

DESCRIPTION = """\
ChatCaptain's API of contacts and variables.

Send the key as `x-chatcaptain-key`.
It needs a permission on the resource `chatbots/{chatbotId}`.

Operations that create or change something respond with 400 to an invalid request.
Operations that get, list, search or delete respond with 200 and an `error`.
A request that fails with a status below 500 changes nothing.

Every path is served with and without a trailing slash.
"""

_ID: JsonObject = {"type": "string", "minLength": 1}

_CONTACT_ERRORS = (
    errors.ContactNotFound("fdnklxaCACfw92b01v"),
    errors.SeveralContacts("external_id"),
)
_NO_VARIABLE = errors.DefinitionNotFound("var_membership_level")
_TAKEN = errors.DuplicateDefinition("customer_email")
_VALUE_ERRORS = (
    errors.UndefinedVariable("membership_level", "it has no definition"),
    forms.TOO_LONG,
)

_PATH_PARAMETERS = (
    Parameter("chatbotId", "The id of the chatbot", _ID, example="bot_1"),
    Parameter(
        "contactId",
        "The id of the contact",
        _ID,
        example="fdnklxaCACfw92b01v",
        errors=_CONTACT_ERRORS,
    ),
    Parameter(
        "conversationId",
        "The id of the conversation",
        _ID,
        example="conv_1",
        errors=(errors.ConversationNotFound("conv_1"),),
    ),
    Parameter(
        "variableId",
        "The id of the variable",
        _ID,
        example="var_membership_level",
        errors=(_NO_VARIABLE,),
    ),
)

_DELETED = Success("It was deleted", responses.Deleted)
_VARIABLE_SET = Success("The changed variable", responses.VariableResponse)
_CUSTOMER_ID = {"contact": {"variables": {"customer_id": "12345"}}}


def _variables_of(kind: str) -> dict[Key, Operation]:
    """Describe listing, deleting and getting the variables of contacts or conversations."""
    return {
        (f"list_{kind}_variables", "GET"): Operation(
            summary=f"List all variables of a {kind}",
            response=Success("The variables that have a value", responses.VariableList),
        ),
        (f"delete_{kind}_variables", "DELETE"): Operation(
            "Removes the values. The global variables stay.",
            summary=f"Delete all variables of a {kind}",
            response=_DELETED,
        ),
        (f"get_{kind}_variable", "GET"): Operation(
            summary=f"Get a variable of a {kind}",
            response=Success("The variable", responses.VariableResponse),
            errors=(errors.VariableNotSet("membership_level"),),
        ),
    }


_CONTACT_VARIABLES = {
    **_variables_of("contact"),
    ("set_contact_variable", "PUT"): Operation(
        "A value is a string for every type, and is returned as it was sent.",
        summary="Set or update a variable of a contact",
        parameters=(
            Parameter(
                "contactId",
                "The id of the variable. Other methods have the id of the contact here",
                _ID,
                example="var_membership_level",
            ),
        ),
        body=variable_requests.ContactValueAssignment,
        response=_VARIABLE_SET,
        errors=(*_CONTACT_ERRORS, _NO_VARIABLE, *_VALUE_ERRORS),
    ),
}

_CONVERSATION_VARIABLES = {
    **_variables_of("conversation"),
    ("set_conversation_variable", "PUT"): Operation(
        "A value is a string for every type, and is returned as it was sent.",
        summary="Set or update a variable of a conversation",
        body=variable_requests.ValueAssignment,
        response=_VARIABLE_SET,
        errors=_VALUE_ERRORS,
    ),
}

_VARIABLE_UPDATE = Operation(
    "Changes the sent fields, with `PUT` too. A renamed variable keeps its values.",
    summary="Update a global variable",
    body=variable_requests.VariableUpdate,
    response=Success(
        "The changed variable",
        responses.GlobalVariableResponse,
        example={"variable": {"label": "Updated Label"}},
    ),
    errors=(_TAKEN, errors.DefaultDefinitionUnchangeable("support_hours")),
)

_CHATBOT_VARIABLES = {
    ("list_variables", "GET"): Operation(
        summary="List all global variables of a chatbot",
        parameters=(
            Parameter(
                "filters",
                "Categories separated by commas: 0 custom, 1 app, 2 entity. All by default",
            ),
        ),
        response=Success("The variables, oldest first", responses.GlobalVariableList),
    ),
    ("create_variable", "POST"): Operation(
        summary="Create a global variable",
        body=variable_requests.VariableCreation,
        examples={
            "text": EVENT,
            "object": {
                "category": "custom",
                "label": "Customer",
                "type": "object",
                "name": "customer",
                "structureJson": '{"firstName": "string", "lastName": "string"}',
                "subCategory": 0,
            },
        },
        response=Success("The variable was created", responses.GlobalVariableResponse, status=201),
        errors=(_TAKEN, forms.FULL),
    ),
    ("update_variable", "PATCH"): _VARIABLE_UPDATE,
    ("update_variable", "PUT"): replace(_VARIABLE_UPDATE, operation_id="replaceVariable"),
    ("delete_variable", "DELETE"): Operation(
        "Stored values stay. A new variable of the same name has them again.",
        summary="Delete a global variable",
        response=_DELETED,
        errors=(errors.DefaultDefinitionUndeletable("support_hours"),),
    ),
}

_CONTACTS = {
    ("create_contact", "POST"): Operation(
        summary="Create a contact",
        body=contact_requests.ContactCreation,
        response=Success("The contact was created", responses.ContactResponse, status=201),
        errors=(forms.NO_ROOM,),
    ),
    ("get_contact", "GET"): Operation(
        summary="Get a contact",
        response=Success(
            "The contact with its variables", responses.ContactResponse, example=_CUSTOMER_ID
        ),
    ),
    ("update_contact", "PATCH"): Operation(
        "Changes the sent fields. Null or an empty string clears a field. `variables` are set "
        "by name, with or without a global variable. Null removes a variable.",
        summary="Update a contact",
        body=contact_requests.ContactUpdate,
        response=Success("The changed contact", responses.ContactResponse, example=_CUSTOMER_ID),
        errors=(*_VALUE_ERRORS, *forms.TOO_MUCH),
    ),
    ("delete_contact", "DELETE"): Operation(
        "Deletes the contact with its variables and conversations.",
        summary="Delete a contact",
        response=_DELETED,
    ),
    ("list_contacts", "GET"): Operation(
        "Lists contacts, newest first. An invalid limit means the default.",
        summary="List all contacts of a chatbot",
        parameters=(
            Parameter(
                "pageToken",
                "A date, to list contacts created before it; or the `nextPageToken` of a response",
                {"type": "string", "format": "date-time"},
                may_be_empty=True,
                errors=(errors.InvalidField("pageToken", "it is no ISO 8601 date"),),
            ),
            Parameter(
                "limit", f"The page size, {MAX_PER_PAGE} by default", forms.number_or_any(minimum=1)
            ),
        ),
        response=Success("The contacts", responses.ContactList),
    ),
    ("search_contacts", "GET"): Operation(
        "Searches names, e-mail addresses and primary phone numbers.",
        summary="Search contacts",
        parameters=(
            Parameter("query", "The search term", example="john", required=True),
            Parameter(
                "page",
                "The page, from 1",
                {"type": "integer", "minimum": 1, "maximum": 999_999_999},
                example=1,
                required=True,
            ),
            Parameter(
                "pageSize",
                "The page size",
                {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
                example=250,
                required=True,
            ),
            Parameter("hiddenHits", "Ids of contacts to leave out, separated by commas"),
        ),
        response=Success(
            "One page of the contacts that were found",
            responses.SearchResponse,
            headers=forms.LIMITED_TO_NEWEST,
        ),
        errors=(
            errors.MissingField("query"),
            errors.InvalidField("pageSize", f"it is a number from 1 to {MAX_PER_PAGE}"),
        ),
    ),
}

_PUBLIC_APPS = {
    ("list_public_apps", "GET"): Operation(
        "Returns an empty list: apps are not stored. Clients use it to test their key.",
        summary="List all public apps",
        response=Success("No apps", responses.PublicAppList),
    )
}

_PHONE_NUMBER: JsonObject = {"pattern": r"^$|\S"}

API = Api(
    dialect=WRITES,
    title="ChatCaptain",
    description=DESCRIPTION,
    security={"chatcaptainApiKey": {"type": "apiKey", "in": "header", "name": "x-chatcaptain-key"}},
    error_response=forms.ErrorResponse,
    max_body_bytes=MAX_BODY_BYTES,
    coded=("error", "statusCode"),
    in_band=responses.ErrorNotice,
    groups=(
        Group("Contact variables", "The values of variables on contacts.", _CONTACT_VARIABLES),
        Group("Chatbot variables", "The definitions of variables.", _CHATBOT_VARIABLES),
        Group(
            "Conversation variables",
            "The values of variables in conversations.",
            _CONVERSATION_VARIABLES,
        ),
        Group("Conversation contacts", "The people an agent talks to.", _CONTACTS),
        Group("App public", "The apps that are offered to every workspace.", _PUBLIC_APPS),
    ),
    path_parameters=_PATH_PARAMETERS,
    limits={
        variable_requests.VariableCreation: {
            "properties": {"name": forms.NAME, "structureJson": {"format": "json"}}
        },
        variable_requests.VariableUpdate: {"properties": {"name": forms.NAME}},
        contact_requests.ContactCreation: {"properties": {"phoneNumber": _PHONE_NUMBER}},
        contact_requests.ContactChanges: {
            "properties": {"phoneNumber": _PHONE_NUMBER, "variables": forms.VARIABLES_BY_NAME}
        },
    },
)
