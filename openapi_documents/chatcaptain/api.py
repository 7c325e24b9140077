"""Describe ChatCaptain's API.

Source: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation
variables" and "Conversation contacts".
"""

from collections.abc import Sequence

from openapi_documents.chatcaptain import responses
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
    TOO_LONG,
    TOO_MUCH,
    VARIABLES_BY_NAME,
    in_path,
    in_query,
    number_or_any,
)
from shared.dialects.chatcaptain.contact_requests import (
    ContactChanges,
    ContactCreation,
    ContactUpdate,
)
from shared.dialects.chatcaptain.dialect import (
    CONTACT_LISTS,
    PUBLIC_APPS,
    READS,
    SEARCHES,
    VARIABLE_LISTS,
    WRITES,
)
from shared.dialects.chatcaptain.parameters import MAX_PER_PAGE
from shared.dialects.chatcaptain.variable_requests import (
    ContactValueAssignment,
    ValueAssignment,
    VariableCreation,
    VariableUpdate,
)
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

_CONTACT_VARIABLES = "Contact variables"
_CHATBOT_VARIABLES = "Chatbot variables"
_CONVERSATION_VARIABLES = "Conversation variables"
_CONTACTS = "Conversation contacts"

_PUBLIC_APPS = "App public"

_ID: JsonObject = {"type": "string", "minLength": 1}

_CHATBOT = in_path("chatbotId", "The id of the chatbot", _ID, "bot_1")
_CONTACT = in_path("contactId", "The id of the contact", _ID, "fdnklxaCACfw92b01v")
_CONVERSATION = in_path("conversationId", "The id of the conversation", _ID, "conv_1")
_VARIABLE = in_path("variableId", "The id of the variable", _ID, "var_membership_level")
_ASSIGNED = in_path(
    "contactId",
    "The id of the variable. Other methods have the id of the contact here",
    _ID,
    "var_membership_level",
)

_CONTACT_ERRORS = (
    errors.ContactNotFound("fdnklxaCACfw92b01v"),
    errors.SeveralContacts("external_id"),
)
_NO_CONVERSATION = errors.ConversationNotFound("conv_1")
_NO_VARIABLE = errors.DefinitionNotFound("var_membership_level")
_NO_VALUE = errors.VariableNotSet("membership_level")
_TAKEN = errors.DuplicateDefinition("customer_email")
_VALUE_ERRORS = (
    errors.UndefinedVariable("membership_level", "it has no definition"),
    TOO_LONG,
)

_VALUE: JsonObject = {
    "id": "var_membership_level",
    "name": "membership_level",
    "type": "string",
    "value": "Gold",
    "updated": "2025-09-29T07:08:00.000Z",
}
_GLOBAL: JsonObject = {
    "id": "4f1c2a9d0b7e8f3a6c5d",
    "name": "customer_email",
    "defaultValue": "Default Value",
    "category": "custom",
    "label": "Customer Email",
    "type": "string",
    "subCategory": 1,
}
_PERSON: JsonObject = {
    "id": "fdnklxaCACfw92b01v",
    "name": "Max Example",
    "language": "EN",
    "email": "max.mustermann@example.com",
    "phoneNumber": "+4917612345678",
    "whatsappId": "49123456789",
    "organizationIds": [],
    "created": "2025-09-29T07:08:00.000Z",
    "updated": "2025-09-29T07:08:00.000Z",
}
_CONTACT_FOUND: JsonObject = {"contact": {**_PERSON, "variables": {"customer_id": "12345"}}}

_VARIABLE_SET = SuccessResponse(
    description="The changed variable",
    model=responses.VariableResponse,
    example={"variable": _VALUE},
)
_DELETED = SuccessResponse(
    description="It was deleted",
    model=responses.Deleted,
    example={"deleted": True},
)


def _variable_update(operation_id: str) -> Operation:
    return Operation(
        operation_id=operation_id,
        summary="Update a global variable",
        tag=_CHATBOT_VARIABLES,
        description="Changes the sent fields, with `PUT` too. A renamed variable keeps its values.",
        parameters=(_CHATBOT, _VARIABLE),
        body=RequestBody(
            model=VariableUpdate,
            examples={
                "all": {
                    "defaultValue": "Updated Default",
                    "label": "Updated Label",
                    "name": "updated_variable_name",
                }
            },
        ),
        response=SuccessResponse(
            description="The changed variable",
            model=responses.GlobalVariableResponse,
            example={"variable": {**_GLOBAL, "label": "Updated Label"}},
        ),
        error_responses=(
            _NO_VARIABLE,
            _TAKEN,
            errors.DefaultDefinitionUnchangeable("support_hours"),
        ),
    )


def _variables_of(
    kind: str, tag: str, its_id: Parameter, error_responses: Sequence[errors.ContextError]
) -> dict[tuple[str, str], Operation]:
    """Describe listing, deleting and getting the variables of contacts or conversations."""
    return {
        (f"list_{kind}_variables", "GET"): Operation(
            operation_id=f"list{kind.capitalize()}Variables",
            summary=f"List all variables of a {kind}",
            tag=tag,
            parameters=(_CHATBOT, its_id),
            dialect=VARIABLE_LISTS,
            response=SuccessResponse(
                description="The variables that have a value",
                model=responses.VariableList,
                example={"variables": [_VALUE]},
            ),
            error_responses=error_responses,
        ),
        (f"delete_{kind}_variables", "DELETE"): Operation(
            operation_id=f"delete{kind.capitalize()}Variables",
            summary=f"Delete all variables of a {kind}",
            tag=tag,
            description="Removes the values. The global variables stay.",
            parameters=(_CHATBOT, its_id),
            dialect=READS,
            response=_DELETED,
            error_responses=error_responses,
        ),
        (f"get_{kind}_variable", "GET"): Operation(
            operation_id=f"get{kind.capitalize()}Variable",
            summary=f"Get a variable of a {kind}",
            tag=tag,
            parameters=(_CHATBOT, its_id, _VARIABLE),
            dialect=READS,
            response=SuccessResponse(
                description="The variable",
                model=responses.VariableResponse,
                example={"variable": _VALUE},
            ),
            error_responses=(*error_responses, _NO_VARIABLE, _NO_VALUE),
        ),
    }


_OPERATIONS = {
    **_variables_of("contact", _CONTACT_VARIABLES, _CONTACT, _CONTACT_ERRORS),
    **_variables_of("conversation", _CONVERSATION_VARIABLES, _CONVERSATION, (_NO_CONVERSATION,)),
    ("set_contact_variable", "PUT"): Operation(
        operation_id="setContactVariable",
        summary="Set or update a variable of a contact",
        tag=_CONTACT_VARIABLES,
        description="A value is a string for every type, and is returned as it was sent.",
        parameters=(_CHATBOT, _ASSIGNED),
        body=RequestBody(
            model=ContactValueAssignment,
            examples={"value": {"value": "Custom Value", "contactId": "fdnklxaCACfw92b01v"}},
        ),
        response=_VARIABLE_SET,
        error_responses=(
            errors.MissingField("contactId"),
            *_CONTACT_ERRORS,
            _NO_VARIABLE,
            *_VALUE_ERRORS,
        ),
    ),
    ("list_variables", "GET"): Operation(
        operation_id="listVariables",
        summary="List all global variables of a chatbot",
        tag=_CHATBOT_VARIABLES,
        parameters=(
            _CHATBOT,
            in_query(
                "filters",
                "Categories separated by commas: 0 custom, 1 app, 2 entity. All by default",
            ),
        ),
        dialect=VARIABLE_LISTS,
        response=SuccessResponse(
            description="The variables, oldest first",
            model=responses.GlobalVariableList,
            example={"variables": [_GLOBAL]},
        ),
    ),
    ("create_variable", "POST"): Operation(
        operation_id="createVariable",
        summary="Create a global variable",
        tag=_CHATBOT_VARIABLES,
        parameters=(_CHATBOT,),
        body=RequestBody(
            model=VariableCreation,
            examples={
                "text": {
                    "category": "custom",
                    "defaultValue": "Default Value",
                    "label": "Customer Email",
                    "type": "string",
                    "name": "customer_email",
                    "subCategory": 1,
                },
                "object": {
                    "category": "custom",
                    "label": "Customer",
                    "type": "object",
                    "name": "customer",
                    "structureJson": '{"firstName": "string", "lastName": "string"}',
                    "subCategory": 0,
                },
            },
        ),
        response=SuccessResponse(
            status=201,
            description="The variable was created",
            model=responses.GlobalVariableResponse,
            example={"variable": _GLOBAL},
        ),
        error_responses=(errors.MissingField("name"), _TAKEN, FULL),
    ),
    ("update_variable", "PATCH"): _variable_update("updateVariable"),
    ("update_variable", "PUT"): _variable_update("replaceVariable"),
    ("delete_variable", "DELETE"): Operation(
        operation_id="deleteVariable",
        summary="Delete a global variable",
        tag=_CHATBOT_VARIABLES,
        description="Stored values stay. A new variable of the same name has them again.",
        parameters=(_CHATBOT, _VARIABLE),
        dialect=READS,
        response=_DELETED,
        error_responses=(_NO_VARIABLE, errors.DefaultDefinitionUndeletable("support_hours")),
    ),
    ("set_conversation_variable", "PUT"): Operation(
        operation_id="setConversationVariable",
        summary="Set or update a variable of a conversation",
        tag=_CONVERSATION_VARIABLES,
        description="A value is a string for every type, and is returned as it was sent.",
        parameters=(_CHATBOT, _CONVERSATION, _VARIABLE),
        body=RequestBody(model=ValueAssignment, examples={"value": {"value": "Custom Value"}}),
        response=_VARIABLE_SET,
        error_responses=(
            errors.MissingField("value"),
            _NO_CONVERSATION,
            _NO_VARIABLE,
            *_VALUE_ERRORS,
        ),
    ),
    ("create_contact", "POST"): Operation(
        operation_id="createContact",
        summary="Create a contact",
        tag=_CONTACTS,
        parameters=(_CHATBOT,),
        body=RequestBody(
            model=ContactCreation,
            examples={
                "contact": {
                    "name": "Max Example",
                    "language": "EN",
                    "email": "max.mustermann@example.com",
                    "phoneNumber": "+4917612345678",
                    "whatsappId": "49123456789",
                }
            },
        ),
        response=SuccessResponse(
            status=201,
            description="The contact was created",
            model=responses.ContactResponse,
            example={"contact": {**_PERSON, "variables": {}}},
        ),
        error_responses=(errors.MissingField("language"),),
    ),
    ("get_contact", "GET"): Operation(
        operation_id="getContact",
        summary="Get a contact",
        tag=_CONTACTS,
        parameters=(_CHATBOT, _CONTACT),
        dialect=READS,
        response=SuccessResponse(
            description="The contact with its variables",
            model=responses.ContactResponse,
            example=_CONTACT_FOUND,
        ),
        error_responses=_CONTACT_ERRORS,
    ),
    ("update_contact", "PATCH"): Operation(
        operation_id="updateContact",
        summary="Update a contact",
        tag=_CONTACTS,
        description=(
            "Changes the sent fields. Null or an empty string clears a field. `variables` are set "
            "by name, with or without a global variable. Null removes a variable."
        ),
        parameters=(_CHATBOT, _CONTACT),
        body=RequestBody(
            model=ContactUpdate,
            examples={
                "contact": {
                    "contact": {
                        "name": "Maximilian Example",
                        "address": {"street": "Example Street", "houseNumber": "1a"},
                        "organizationIds": ["uq8BxZaJd2wZR9cxd1P"],
                        "variables": {"customer_id": "12345"},
                    }
                }
            },
        ),
        response=SuccessResponse(
            description="The changed contact",
            model=responses.ContactResponse,
            example=_CONTACT_FOUND,
        ),
        error_responses=(
            errors.MissingField("contact"),
            *_CONTACT_ERRORS,
            *_VALUE_ERRORS,
            *TOO_MUCH,
        ),
    ),
    ("delete_contact", "DELETE"): Operation(
        operation_id="deleteContact",
        summary="Delete a contact",
        tag=_CONTACTS,
        description="Deletes the contact with its variables and conversations.",
        parameters=(_CHATBOT, _CONTACT),
        dialect=READS,
        response=_DELETED,
        error_responses=_CONTACT_ERRORS,
    ),
    ("list_public_apps", "GET"): Operation(
        operation_id="listPublicApps",
        summary="List all public apps",
        tag=_PUBLIC_APPS,
        description="Returns an empty list: apps are not stored. Clients use it to test their key.",
        dialect=PUBLIC_APPS,
        response=SuccessResponse(
            description="No apps",
            model=responses.PublicAppList,
            example={"publicApps": []},
        ),
    ),
    ("list_contacts", "GET"): Operation(
        operation_id="listContacts",
        summary="List all contacts of a chatbot",
        tag=_CONTACTS,
        description="Lists contacts, newest first. An invalid limit means the default.",
        parameters=(
            _CHATBOT,
            in_query(
                "pageToken",
                "A date, to list contacts created before it; or the `nextPageToken` of a response",
                {"type": "string", "format": "date-time"},
                may_be_empty=True,
            ),
            in_query(
                "limit",
                f"The page size, {MAX_PER_PAGE} by default",
                number_or_any(minimum=1),
            ),
        ),
        dialect=CONTACT_LISTS,
        response=SuccessResponse(
            description="The contacts",
            model=responses.ContactList,
            example={
                "contacts": [_PERSON],
                "nextPageToken": "2025-09-29T07:08:00.000000000000000000123Z",
            },
        ),
        error_responses=(errors.InvalidField("pageToken", "it is no ISO 8601 date"),),
    ),
    ("search_contacts", "GET"): Operation(
        operation_id="searchContacts",
        summary="Search contacts",
        tag=_CONTACTS,
        description="Searches names, e-mail addresses and primary phone numbers.",
        parameters=(
            _CHATBOT,
            in_query("query", "The search term", example="john", required=True),
            in_query(
                "page",
                "The page, from 1",
                {"type": "integer", "minimum": 1, "maximum": 999_999_999},
                example=1,
                required=True,
            ),
            in_query(
                "pageSize",
                "The page size",
                {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
                example=250,
                required=True,
            ),
            in_query("hiddenHits", "Ids of contacts to leave out, separated by commas"),
        ),
        dialect=SEARCHES,
        response=SuccessResponse(
            description="One page of the contacts that were found",
            model=responses.SearchResponse,
            example={
                "results": {
                    "facetCounts": [],
                    "found": 1,
                    "hits": [{"document": _PERSON}],
                    "page": 1,
                }
            },
        ),
        error_responses=(
            errors.MissingField("query"),
            errors.InvalidField("pageSize", f"it is a number from 1 to {MAX_PER_PAGE}"),
        ),
    ),
}

_PHONE_NUMBER: JsonObject = {"pattern": r"^$|\S"}

API = Api(
    dialect=WRITES,
    title="ChatCaptain",
    description=DESCRIPTION,
    tags={
        _CONTACT_VARIABLES: "The values of variables on contacts.",
        _CHATBOT_VARIABLES: "The definitions of variables.",
        _CONVERSATION_VARIABLES: "The values of variables in conversations.",
        _CONTACTS: "The people an agent talks to.",
        _PUBLIC_APPS: "The apps that are offered to every workspace.",
    },
    security={
        "chatcaptainApiKey": {"type": "apiKey", "in": "header", "name": "x-chatcaptain-key"},
    },
    error_response=responses.ErrorResponse,
    coded=("error", "statusCode"),
    in_band=responses.ErrorNotice,
    operations=_OPERATIONS,
    limits={
        VariableCreation: {"properties": {"name": NAME, "structureJson": {"format": "json"}}},
        VariableUpdate: {"properties": {"name": NAME}},
        ContactCreation: {"properties": {"phoneNumber": _PHONE_NUMBER}},
        ContactChanges: {
            "properties": {"phoneNumber": _PHONE_NUMBER, "variables": VARIABLES_BY_NAME}
        },
    },
)
