"""Describe the operations on conversations and tags in the native API, and their responses."""

from pydantic import BaseModel

from openapi_documents.description import Group, Operation, Parameter, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from openapi_documents.native.contacts import Contact
from openapi_documents.native.variables import operations_on_all
from shared.dialects.native.conversations import ConversationCreation
from shared.domain import errors
from shared.validation.contacts import MAX_IDENTIFIER_BYTES, MAX_TAG_CHARS

_CONVERSATION_ID = "conv_1"


class Conversation(BaseModel):
    """One exchange with a contact."""

    id: str = member(example=_CONVERSATION_ID)
    contact_id: str = member(example="contact_123")


class Tag(BaseModel):
    """A tag of the account."""

    id: str = member(example="tag_1")
    value: str = member(example="VIP")
    entity_type: str = member(
        "`contact`, or `ticket` for contacts with a conversation", example="contact"
    )


_TAKEN = native.bad_member("another conversation has this id", "id")

_CONVERSATIONS = {
    ("create_conversation", "POST"): Operation(
        "Creates a conversation with a contact. Ids that the service gives sort by time: the "
        "last one of a contact is its current conversation.",
        headers=(native.IDEMPOTENCY_KEY,),
        body=ConversationCreation,
        response=Success("The conversation", Conversation, status=201, headers=native.REPLAYABLE),
        errors=(_TAKEN, errors.ContactNotFound("contact_123")),
    ),
    ("get_conversation", "GET"): Operation(
        "Returns a conversation. Its variables have an endpoint of their own.",
        response=Success("The conversation", Conversation),
    ),
    ("list_contact_conversations", "GET"): Operation(
        "Lists conversations in order of id: that of time, unless you chose the ids.",
        parameters=native.PAGING,
        response=native.page_of(
            Conversation, "conversations", "Conversations with a contact, in order of id."
        ),
    ),
    ("delete_conversation", "DELETE"): native.deletion(
        "a conversation",
        _CONVERSATION_ID,
        "Deletes a conversation with its values and suggestions. A deletion that was "
        "interrupted is completed when it is repeated.",
    ),
    **operations_on_all("conversation"),
}

_TAGS = {
    ("list_tags", "GET"): native.listing(
        "tags", Tag, "Tags, in order of id.", "Lists the tags of the account, in order of id."
    ),
    ("add_contact_tag", "PUT"): Operation(
        "Adds a tag, unless the contact has it. A tag that the account does not have is created.",
        response=Success("The contact as it is stored", Contact, headers=native.TAGGED),
        errors=(errors.InvalidField("tags", "there are at most 50"),),
    ),
    ("remove_contact_tag", "DELETE"): Operation(
        "Removes a tag, if the contact has it. It stays a tag of the account.",
        response=Success("The contact as it is stored", Contact, headers=native.TAGGED),
        errors=(errors.InvalidField("tags", "a tag has 1 to 100 characters"),),
    ),
}

GROUP = Group(
    "Conversations",
    "Exchanges with contacts, and their variables.",
    _CONVERSATIONS,
    path_parameters=(
        native.id_in_path("conversation_id", _CONVERSATION_ID, errors.ConversationNotFound),
        Parameter(
            "tag",
            "The tag as it is written",
            {"type": "string", "minLength": 1, "maxLength": MAX_TAG_CHARS},
            example="VIP",
        ),
    ),
    limits={
        ConversationCreation: {
            "properties": {
                "contact_id": {"pattern": "^contact_[1-9][0-9]{0,17}$"},
                "id": {"maxLength": MAX_IDENTIFIER_BYTES},
            }
        }
    },
)
TAGS = Group("Tags", "Labels of contacts.", _TAGS)
