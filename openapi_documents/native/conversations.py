"""Describe the operations on conversations and tags in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/conversations.py`.
"""

from typing import Literal

from pydantic import BaseModel, Field

from openapi_documents.description import (
    Group,
    JsonObject,
    Model,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.examples import EVENT
from openapi_documents.forms import TOO_MUCH
from openapi_documents.native import variables
from openapi_documents.native.contacts import Contact
from openapi_documents.native.request_terms import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    MODE,
    REPLAYED,
    VERSION,
)
from openapi_documents.native.responses import ETAG, PAGING, Page
from shared.dialects.native.conversations import ConversationCreation
from shared.domain import errors
from shared.domain.errors import Fault, InvalidRequest
from shared.validation.contacts import MAX_IDENTIFIER_BYTES, MAX_TAG_CHARS

_CONVERSATION_ID = "conv_1"

PATH_PARAMETERS = (
    Parameter(
        "conversation_id",
        "The id of the conversation",
        example=_CONVERSATION_ID,
        error_responses=(errors.ConversationNotFound(_CONVERSATION_ID),),
    ),
    Parameter(
        "tag",
        "The tag as it is written",
        {"type": "string", "minLength": 1, "maxLength": MAX_TAG_CHARS},
        example="VIP",
    ),
)

LIMITS: dict[Model, JsonObject] = {
    ConversationCreation: {
        "properties": {
            "contact_id": {"pattern": "^contact_[1-9][0-9]{0,17}$"},
            "id": {"maxLength": MAX_IDENTIFIER_BYTES},
        }
    },
}


class Conversation(BaseModel):
    """One exchange with a contact."""

    id: str = Field(examples=[_CONVERSATION_ID])
    contact_id: str = Field(examples=["contact_123"])


class ConversationList(Page[Conversation]):
    """Conversations with a contact, in order of id."""


class ConversationDeleted(BaseModel):
    """A conversation was deleted."""

    id: str = Field(examples=[_CONVERSATION_ID])
    deleted: Literal[True]


class Tag(BaseModel):
    """A tag of the account."""

    id: str = Field(examples=["tag_1"])
    value: str = Field(examples=["VIP"])
    entity_type: str = Field(
        description="`contact`, or `ticket` for contacts with a conversation", examples=["contact"]
    )


class TagList(Page[Tag]):
    """Tags, in order of id."""


_TAKEN = InvalidRequest.from_faults(
    [Fault("invalid_value", "another conversation has this id", ("id",))]
)
_TOO_MANY_TAGS = errors.InvalidField("tags", "there are at most 50")

_CONVERSATIONS = {
    ("create_conversation", "POST"): Operation(
        summary="Create a conversation",
        description=(
            "Creates a conversation with a contact. Ids that the service gives sort by time: the "
            "last one of a contact is its current conversation."
        ),
        headers=(IDEMPOTENCY_KEY,),
        body=ConversationCreation,
        examples={"a conversation": EVENT},
        response=Success(
            "The conversation",
            Conversation,
            status=201,
            headers={"Idempotent-Replayed": REPLAYED},
        ),
        error_responses=(_TAKEN, errors.ContactNotFound("contact_123")),
    ),
    ("get_conversation", "GET"): Operation(
        summary="Get a conversation",
        description="Returns a conversation. Its variables have an endpoint of their own.",
        response=Success("The conversation", Conversation),
    ),
    ("list_contact_conversations", "GET"): Operation(
        summary="List the conversations of a contact",
        description="Lists conversations in order of id: that of time, unless you chose the ids.",
        parameters=PAGING,
        response=Success("One page of conversations", ConversationList),
    ),
    ("delete_conversation", "DELETE"): Operation(
        summary="Delete a conversation",
        description=(
            "Deletes a conversation with its values and suggestions. A deletion that was "
            "interrupted is completed when it is repeated."
        ),
        response=Success("It was deleted", ConversationDeleted),
    ),
    ("list_conversation_variables", "GET"): Operation(
        summary="List the variables of a conversation",
        description="Returns all variables that have a value and that the key sees, by name.",
        parameters=variables.LISTING,
        response=Success("The variables", variables.VariableSet, headers={"ETag": ETAG}),
    ),
    ("update_conversation_variables", "PATCH"): Operation(
        summary="Set or remove variables of a conversation",
        description=(
            "Applies a merge patch (RFC 7396): sets each variable to its value, and removes "
            "the values of variables that are null. All are written or none."
        ),
        parameters=(MODE,),
        headers=(IF_MATCH, IDEMPOTENCY_KEY),
        body=variables.VariablePatch,
        examples={"values": EVENT},
        response=Success(
            "What became of each variable",
            variables.VariableChanges,
            example={"results": {"topic": {"outcome": "set", "version": VERSION}}},
            headers={"Idempotent-Replayed": REPLAYED},
        ),
        error_responses=(variables.BAD_PATCH, *TOO_MUCH),
    ),
}

_TAGS = {
    ("list_tags", "GET"): Operation(
        summary="List tags",
        description="Lists the tags of the account, in order of id.",
        parameters=PAGING,
        response=Success("One page of tags", TagList),
    ),
    ("add_contact_tag", "PUT"): Operation(
        summary="Add a tag to a contact",
        description=(
            "Adds a tag, unless the contact has it. A tag that the account does not have is "
            "created."
        ),
        response=Success("The contact as it is stored", Contact, headers={"ETag": ETAG}),
        error_responses=(_TOO_MANY_TAGS,),
    ),
    ("remove_contact_tag", "DELETE"): Operation(
        summary="Remove a tag from a contact",
        description="Removes a tag, if the contact has it. It stays a tag of the account.",
        response=Success("The contact as it is stored", Contact, headers={"ETag": ETAG}),
        error_responses=(errors.InvalidField("tags", "a tag has 1 to 100 characters"),),
    ),
}

GROUP = Group("Conversations", "Exchanges with contacts, and their variables.", _CONVERSATIONS)
TAGS = Group("Tags", "Labels of contacts.", _TAGS)
