"""A message of each platform as it sends one for a call that begins, to try a hook with."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode

from shared.platforms.platform import HookRequest

CALLED = "+15550100"
"""The called number of a sample: one of those that are reserved for examples."""

_JSON = {"content-type": "application/json"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}

_Document: TypeAlias = Callable[[str], dict[str, Any]]


def sample_body(name: str, caller: str, call_id: str | None = None) -> str:
    """Return the body of a message of a platform.

    Args:
        name: The name of the platform.
        caller: The phone number of the caller. Empty for a withheld one.
        call_id: The id of the call. None leaves it out, so that a hook keeps nothing.
    """
    document = _twilio(caller) if name == "twilio" else _DOCUMENTS[name](caller)
    if call_id is not None:
        _put(document, _CALL_IDS[name], call_id)
    return urlencode(document) if name == "twilio" else json.dumps(document)


def sample_request(name: str, caller: str, url: str, call_id: str | None = None) -> HookRequest:
    """Return the request with the body of `sample_body`. It has no signature."""
    body = sample_body(name, caller, call_id).encode()
    return HookRequest("POST", url, _FORM if name == "twilio" else _JSON, {}, body)


def _put(document: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    *parents, last = path
    for name in parents:
        document = document.setdefault(name, {})
    document[last] = value


def _twilio(caller: str) -> dict[str, Any]:
    return {"From": caller, "To": CALLED, "CallStatus": "ringing"}


def _retell(caller: str) -> dict[str, Any]:
    inbound = {"from_number": caller, "to_number": CALLED}
    return {"event": "call_inbound", "call_inbound": inbound}


def _vapi(caller: str) -> dict[str, Any]:
    message = {
        "type": "assistant-request",
        "customer": {"number": caller},
        "phoneNumber": {"number": CALLED},
    }
    return {"message": message}


def _telnyx(caller: str) -> dict[str, Any]:
    payload = {
        "telnyx_conversation_channel": "phone_call",
        "telnyx_end_user_target": caller,
        "telnyx_agent_target": CALLED,
    }
    return {"data": {"event_type": "assistant.initialization", "payload": payload}}


def _openai(caller: str) -> dict[str, Any]:
    headers = [
        {"name": "From", "value": f"sip:{caller}@example.com"},
        {"name": "To", "value": f"sip:{CALLED}@example.com"},
    ]
    return {"type": "realtime.call.incoming", "data": {"sip_headers": headers}}


def _amazon_connect(caller: str) -> dict[str, Any]:
    data = {
        "CustomerEndpoint": {"Address": caller, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": CALLED, "Type": "TELEPHONE_NUMBER"},
    }
    return {"Name": "ContactFlowEvent", "Details": {"ContactData": data}}


def _lex_v2(caller: str) -> dict[str, Any]:
    return {
        "messageVersion": "1.0",
        "invocationSource": "DialogCodeHook",
        "sessionState": {"sessionAttributes": {"phone": caller}, "intent": {"name": "Welcome"}},
    }


def _flat(caller: str) -> dict[str, Any]:
    return {"phone": caller, "to": CALLED}


_DOCUMENTS: Mapping[str, _Document] = {
    "retell": _retell,
    "elevenlabs": lambda caller: {"caller_id": caller, "called_number": CALLED},
    "vapi": _vapi,
    "telnyx": _telnyx,
    "bland": _flat,
    "synthflow": lambda caller: {
        "event": "call_inbound",
        "call_inbound": {"from_number": caller, "to_number": CALLED},
    },
    "fish_audio": lambda caller: {
        "event": "call.inbound",
        "call": {"caller_number": caller, "dialed_number": CALLED},
    },
    "vogent": lambda caller: {"event": "dial.inbound", "payload": {"source_number": caller}},
    "dialogflow_cx": lambda caller: {
        "sessionInfo": {"parameters": {}},
        "payload": {"telephony": {"caller_id": caller}},
    },
    "openai": _openai,
    "amazon_connect": _amazon_connect,
    "lex_v2": _lex_v2,
    "flat": _flat,
}

_CALL_IDS: Mapping[str, tuple[str, ...]] = {
    "retell": ("call_inbound", "call_id"),
    "elevenlabs": ("call_sid",),
    "vapi": ("message", "call", "id"),
    "telnyx": ("data", "payload", "telnyx_conversation_id"),
    "twilio": ("CallSid",),
    "bland": ("call_id",),
    "synthflow": ("call_inbound", "call_id"),
    "fish_audio": ("call", "twilio_call_sid"),
    "vogent": ("payload", "dial_id"),
    "dialogflow_cx": ("sessionInfo", "session"),
    "openai": ("data", "call_id"),
    "amazon_connect": ("Details", "ContactData", "ContactId"),
    "lex_v2": ("sessionId",),
    "flat": ("call_id",),
}
"""The member of each message that has the id of the call."""
