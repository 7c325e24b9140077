"""ChatCaptain's API.

Source of its words: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation
variables" and "Conversation contacts".
"""

from collections.abc import Sequence

from openapi_documents.chatcaptain import responses as answers
from openapi_documents.description import Answer, Api, Body, JsonObject, Operation, Parameter
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

The key is sent as `x-chatcaptain-key`.
It needs a permission on the resource `chatbots/{chatbotId}`.

What creates or changes something answers 400 to a request that is not valid.
What gets, lists, searches or deletes answers it with 200 and an `error`.
A request that is answered with an error below 500 changes nothing.

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
    "The id of the variable; other methods have the contact's at this place",
    _ID,
    "var_membership_level",
)

_OF_CONTACT = (
    errors.ContactNotFound("fdnklxaCACfw92b01v"),
    errors.SeveralContacts("external_id"),
)
_NO_CONVERSATION = errors.ConversationNotFound("conv_1")
_NO_VARIABLE = errors.DefinitionNotFound("var_membership_level")
_NO_VALUE = errors.VariableNotSet("membership_level")
_TAKEN = errors.DuplicateDefinition("customer_email")
_OF_VALUES = (
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

_VARIABLE_SET = Answer(
    description="The variable as it is now",
    model=answers.VariableResponse,
    example={"variable": _VALUE},
)
_DELETED = Answer(
    description="It was deleted",
    model=answers.Deleted,
    example={"deleted": True},
)


def _variable_update(operation_id: str) -> Operation:
    return Operation(
        operation_id=operation_id,
        summary="Update a global variable",
        tag=_CHATBOT_VARIABLES,
        description="Changes what is sent, with `PUT` as with `PATCH`; values follow a new name.",
        parameters=(_CHATBOT, _VARIABLE),
        body=Body(
            model=VariableUpdate,
            examples={
                "all": {
                    "defaultValue": "Updated Default",
                    "label": "Updated Label",
                    "name": "updated_variable_name",
                }
            },
        ),
        answer=Answer(
            description="The variable as it is now",
            model=answers.GlobalVariableResponse,
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
    """Listing, deleting and getting variables, which contacts and conversations have alike."""
    return {
        (f"list_{kind}_variables", "GET"): Operation(
            operation_id=f"list{kind.capitalize()}Variables",
            summary=f"List all variables of a {kind}",
            tag=tag,
            parameters=(_CHATBOT, its_id),
            dialect=VARIABLE_LISTS,
            answer=Answer(
                description="The variables that have a value",
                model=answers.VariableList,
                example={"variables": [_VALUE]},
            ),
            error_responses=error_responses,
        ),
        (f"delete_{kind}_variables", "DELETE"): Operation(
            operation_id=f"delete{kind.capitalize()}Variables",
            summary=f"Delete all variables of a {kind}",
            tag=tag,
            description="Removes the values; the global variables stay.",
            parameters=(_CHATBOT, its_id),
            dialect=READS,
            answer=_DELETED,
            error_responses=error_responses,
        ),
        (f"get_{kind}_variable", "GET"): Operation(
            operation_id=f"get{kind.capitalize()}Variable",
            summary=f"Get a variable of a {kind}",
            tag=tag,
            parameters=(_CHATBOT, its_id, _VARIABLE),
            dialect=READS,
            answer=Answer(
                description="The variable",
                model=answers.VariableResponse,
                example={"variable": _VALUE},
            ),
            error_responses=(*error_responses, _NO_VARIABLE, _NO_VALUE),
        ),
    }


_OPERATIONS = {
    **_variables_of("contact", _CONTACT_VARIABLES, _CONTACT, _OF_CONTACT),
    **_variables_of("conversation", _CONVERSATION_VARIABLES, _CONVERSATION, (_NO_CONVERSATION,)),
    ("set_contact_variable", "PUT"): Operation(
        operation_id="setContactVariable",
        summary="Set or update a variable of a contact",
        tag=_CONTACT_VARIABLES,
        description="A value is a string whatever the type, and comes back as it was sent.",
        parameters=(_CHATBOT, _ASSIGNED),
        body=Body(
            model=ContactValueAssignment,
            examples={"value": {"value": "Custom Value", "contactId": "fdnklxaCACfw92b01v"}},
        ),
        answer=_VARIABLE_SET,
        error_responses=(
            errors.MissingField("contactId"),
            *_OF_CONTACT,
            _NO_VARIABLE,
            *_OF_VALUES,
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
                "Categories with commas between them: 0 custom, 1 app, 2 entity; all if not given",
            ),
        ),
        dialect=VARIABLE_LISTS,
        answer=Answer(
            description="The variables, oldest first",
            model=answers.GlobalVariableList,
            example={"variables": [_GLOBAL]},
        ),
    ),
    ("create_variable", "POST"): Operation(
        operation_id="createVariable",
        summary="Create a global variable",
        tag=_CHATBOT_VARIABLES,
        parameters=(_CHATBOT,),
        body=Body(
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
        answer=Answer(
            status=201,
            description="The variable was created",
            model=answers.GlobalVariableResponse,
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
        description="Stored values stay, and are found again by a variable of the same name.",
        parameters=(_CHATBOT, _VARIABLE),
        dialect=READS,
        answer=_DELETED,
        error_responses=(_NO_VARIABLE, errors.DefaultDefinitionUndeletable("support_hours")),
    ),
    ("set_conversation_variable", "PUT"): Operation(
        operation_id="setConversationVariable",
        summary="Set or update a variable of a conversation",
        tag=_CONVERSATION_VARIABLES,
        description="A value is a string whatever the type, and comes back as it was sent.",
        parameters=(_CHATBOT, _CONVERSATION, _VARIABLE),
        body=Body(model=ValueAssignment, examples={"value": {"value": "Custom Value"}}),
        answer=_VARIABLE_SET,
        error_responses=(errors.MissingField("value"), _NO_CONVERSATION, _NO_VARIABLE, *_OF_VALUES),
    ),
    ("create_contact", "POST"): Operation(
        operation_id="createContact",
        summary="Create a contact",
        tag=_CONTACTS,
        parameters=(_CHATBOT,),
        body=Body(
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
        answer=Answer(
            status=201,
            description="The contact was created",
            model=answers.ContactResponse,
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
        answer=Answer(
            description="The contact with its variables",
            model=answers.ContactResponse,
            example=_CONTACT_FOUND,
        ),
        error_responses=_OF_CONTACT,
    ),
    ("update_contact", "PATCH"): Operation(
        operation_id="updateContact",
        summary="Update a contact",
        tag=_CONTACTS,
        description=(
            "Changes the fields that are sent; null or empty text empties one. "
            "`variables` are set by name, with or without a global variable; null removes one."
        ),
        parameters=(_CHATBOT, _CONTACT),
        body=Body(
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
        answer=Answer(
            description="The contact as it is now",
            model=answers.ContactResponse,
            example=_CONTACT_FOUND,
        ),
        error_responses=(
            errors.MissingField("contact"),
            *_OF_CONTACT,
            *_OF_VALUES,
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
        answer=_DELETED,
        error_responses=_OF_CONTACT,
    ),
    ("list_public_apps", "GET"): Operation(
        operation_id="listPublicApps",
        summary="List all public apps",
        tag=_PUBLIC_APPS,
        description="No apps are kept here. Clients call it to test their key.",
        dialect=PUBLIC_APPS,
        answer=Answer(
            description="No apps",
            model=answers.PublicAppList,
            example={"publicApps": []},
        ),
    ),
    ("list_contacts", "GET"): Operation(
        operation_id="listContacts",
        summary="List all contacts of a chatbot",
        tag=_CONTACTS,
        description="Newest first; what is no limit is the default.",
        parameters=(
            _CHATBOT,
            in_query(
                "pageToken",
                "A date: only contacts created before it; or the `nextPageToken` of an answer",
                {"type": "string", "format": "date-time"},
                may_be_empty=True,
            ),
            in_query(
                "limit",
                f"The most contacts of one answer; {MAX_PER_PAGE} if not given",
                number_or_any(minimum=1),
            ),
        ),
        dialect=CONTACT_LISTS,
        answer=Answer(
            description="The contacts",
            model=answers.ContactList,
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
        description="Looks in names, e-mail addresses and primary phone numbers.",
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
                "The most contacts of one page",
                {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
                example=250,
                required=True,
            ),
            in_query(
                "hiddenHits", "Ids with commas between them of contacts that shall not be found"
            ),
        ),
        dialect=SEARCHES,
        answer=Answer(
            description="One page of the contacts that were found",
            model=answers.SearchResponse,
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
        _CHATBOT_VARIABLES: "The global variables: what can have a value.",
        _CONVERSATION_VARIABLES: "The values of variables in conversations.",
        _CONTACTS: "The people an agent talks to.",
        _PUBLIC_APPS: "The apps that are offered to every workspace.",
    },
    security={
        "chatcaptainApiKey": {"type": "apiKey", "in": "header", "name": "x-chatcaptain-key"},
    },
    error_response=answers.ErrorResponse,
    coded=("error", "statusCode"),
    in_band=answers.ErrorNotice,
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
