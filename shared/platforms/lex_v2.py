"""Amazon Lex V2, whose bots invoke a Lambda function.

Source: Amazon Lex V2 Developer Guide, "Lambda input event format" and "response format".
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    json_document,
    json_response,
    list_at,
    object_at,
    present,
    text_at,
    without_depth,
)
from shared.platforms.platform import HOOK_MEMBER, HookRequest, HookResponse, Platform
from shared.platforms.values import ValueRules, platform_values

CALLER, CALLED = ("phone", "caller", "from"), ("to", "called")
"""Names of attributes that the flow before the bot sets."""

CONVERSATION = "context_session"
"""The attribute by which the turns of one conversation are known.

Clients use the id of a session again, such as that of a browser. Lex drops the attributes of a
session when it ends, so a turn without this one begins a conversation.
"""

VALUES = ValueRules(
    max_bytes=12_000,
    reserved_names=frozenset({HOOK_MEMBER, CONVERSATION, *CALLER, *CALLED}),
)
"""The page on sizes could not be read: half of the 25 KB that Lex V1 allows.

A variable under the name of what is read of the session would replace it for the turns that
follow: the token of the hook, or the number of the caller, who would be another contact then.
"""


def read_event(event: JsonObject) -> PlatformMessage:
    """Read the event of an invocation, with what its response has to repeat."""
    attributes = object_at(event, "sessionState", "sessionAttributes")
    sources = (attributes, object_at(event, "requestAttributes"))
    intent = object_at(event, "sessionState", "intent")
    conversation = _conversation(event, attributes)
    echo: JsonObject = {
        "sessionAttributes": without_depth(attributes),
        "intent": without_depth(intent),
        "activeContexts": without_depth(list_at(event, "sessionState", "activeContexts")),
        "invocationSource": text_at(event, "invocationSource"),
        CONVERSATION: conversation,
    }
    return call_message(
        call_id=_call_id(event, conversation),
        caller=_first(sources, CALLER),
        called=_first(sources, CALLED),
        echo=echo,
    )


def answer_event(message: PlatformMessage, resolution: Resolution) -> JsonObject:
    """Return the session with the variables added to its attributes."""
    repeated = object_at(message.echo, "sessionAttributes")
    attributes: JsonObject = {
        name: each for name, each in repeated.items() if isinstance(each, str)
    }
    attributes |= platform_values(VALUES, resolution.variables, resolution.call)
    if resolution.call is not None:
        attributes |= present({CONVERSATION: message.echo.get(CONVERSATION)})
    intent = object_at(message.echo, "intent")
    # A bot that is told to go on with an intent in fulfillment would invoke the function again.
    is_last = bool(intent) and message.echo.get("invocationSource") == "FulfillmentCodeHook"
    if is_last:
        intent = {**intent, "state": "Fulfilled"}
    action = "Close" if is_last else "Delegate"
    contexts = list_at(message.echo, "activeContexts")
    return {
        "sessionState": {
            "sessionAttributes": attributes,
            "dialogAction": {"type": action},
            **present({"intent": intent, "activeContexts": contexts or None}),
        }
    }


def read(request: HookRequest) -> PlatformMessage:
    """Read an event that was sent as a request."""
    return read_event(json_document(request.body))


def answer(message: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the session as a response."""
    return json_response(answer_event(message, resolution))


def _conversation(event: JsonObject, attributes: JsonObject) -> str | None:
    """Return the request with which a conversation began. None if Lex does not say."""
    began = text_at(attributes, CONVERSATION)
    return began or text_at(event, "sessionState", "originatingRequestId")


def _call_id(event: JsonObject, conversation: str | None) -> str | None:
    session = text_at(event, "sessionId")
    return session if session is None or conversation is None else f"{session} {conversation}"


def _first(sources: tuple[JsonObject, ...], names: tuple[str, ...]) -> str | None:
    found = (text_at(source, name) for name in names for source in sources)
    return next((each for each in found if each), None)


PLATFORM = Platform(
    name="lex_v2",
    title="Amazon Lex V2",
    read=read,
    answer=answer,
    values=VALUES,
    budget_ms=30_000,
    token_places=(
        ("requestAttributes", HOOK_MEMBER),
        ("sessionState", "sessionAttributes", HOOK_MEMBER),
    ),
)
