"""Requests for conversations and tags, and the responses to them."""

import re
from collections.abc import Sequence
from typing import Any

from shared.dialects.native.contact_responses import contact_name
from shared.dialects.native.paging import Listed, page, page_parameters
from shared.dialects.native.parameters import CONTACT_ID
from shared.dialects.native.variable_requests import parse_body, parse_idempotency_key
from shared.domain.contacts import Conversation
from shared.domain.errors import Fault
from shared.domain.tags import Tag
from shared.domain.value_changes import IdempotencyKey
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.request_model import (
    TEXT,
    RequestModel,
    after_validator,
    optional,
    required,
    text,
)
from shared.gateway.response import Response
from shared.validation.contacts import IDENTIFIER_RULE, is_possible_identifier

_TAG_POSITION = re.compile(r"[1-9][0-9]{0,17}")


def _contact_fault(given: str) -> str | None:
    is_named = CONTACT_ID.fullmatch(given) is not None
    return None if is_named else "it must be the id of a contact, such as contact_123"


def _id_fault(given: str) -> str | None:
    return None if is_possible_identifier(given) else IDENTIFIER_RULE


class ConversationCreation(RequestModel, closed=True):
    """The body that creates a conversation. Without an id, it gets one."""

    contact_id: str = required(after_validator(_contact_fault, TEXT))
    id: str | None = optional(after_validator(_id_fault, text(min_length=1)))

    @classmethod
    def of(cls, request: Request) -> tuple[int, str | None, IdempotencyKey | None]:
        """Parse the contact, the id and the key; raises InvalidRequest with all faults."""
        faults: list[Fault] = []
        key = parse_idempotency_key(request, faults)
        body = parse_body(request, cls, faults)
        return int(body.contact_id.removeprefix("contact_")), body.id, key


def conversation_id_of(request: Request) -> str:
    """Return the id of the conversation in the path."""
    return request.path("conversation_id")


def conversation_of(request: Request) -> Subject:
    """Return the conversation in the path as a subject."""
    return Subject.conversation(conversation_id_of(request))


def tags_query(request: Request) -> tuple[int, int]:
    """Parse the query of a list of tags: the id after which the page starts, and its size."""
    position, limit = page_parameters(request, Listed.TAGS, (), _TAG_POSITION)
    return int(position or 0), limit


def conversation_created(created: tuple[Conversation, bool]) -> Response:
    """Build the response to the creation of a conversation."""
    conversation, is_replay = created
    headers = {"idempotent-replayed": "true"} if is_replay else {}
    return Response(201, _conversation(conversation), headers)


def conversation_shown(conversation: Conversation) -> Response:
    """Build the response to a request for a conversation."""
    return Response(200, _conversation(conversation))


def conversation_deleted(conversation_id: str) -> Response:
    """Build the response to the deletion of a conversation."""
    return Response(200, {"id": conversation_id, "deleted": True})


def conversation_list(found: tuple[Sequence[Conversation], str | None]) -> Response:
    """Build the response to a request for the conversations of a contact."""
    conversations, following = found
    return page([_conversation(each) for each in conversations], following, Listed.CONVERSATIONS)


def tag_list(found: tuple[Sequence[Tag], int | None]) -> Response:
    """Build the response to a request for the tags of an account."""
    tags, following = found
    documents = [
        {"id": f"tag_{each.tag_id}", "value": each.value, "entity_type": each.entity_type.lower()}
        for each in tags
    ]
    return page(documents, None if following is None else str(following), Listed.TAGS)


def _conversation(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.conversation_id,
        "contact_id": contact_name(conversation.contact_id),
    }
