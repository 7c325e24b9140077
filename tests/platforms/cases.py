"""Requests of platforms, and what agents get for a call."""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.platforms.platform import HookRequest, HookResponse

NOW = 1_780_012_672
"""When the requests of the tests are sent, in seconds since 1970."""

URL = "https://api.example.com/h/token"


def hook_request(
    body: Any = b"",
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    url: str = URL,
    query: Mapping[str, str] | None = None,
) -> HookRequest:
    """Return a request with a body of bytes, or of JSON."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HookRequest(method, url, headers or {}, query or {}, sent)


def resolution(values: Mapping[str, Any] | None = None, **members: Any) -> Resolution:
    """Return what an agent gets: values by name, and what else is given."""
    given = {"customer_name": "Ada", "plan": "pro"} if values is None else values
    variables = tuple(
        ResolvedVariable(name, value, VariableState.UNSET if value is None else VariableState.SET)
        for name, value in given.items()
    )
    return Resolution(
        **{"call": "call_1", "contact_id": "41", "variables": variables, "settings": {}, **members}
    )


def unavailable(*names: str) -> Resolution:
    """Return what an agent gets when storage did not answer at all."""
    variables = tuple(ResolvedVariable(name, None, VariableState.UNAVAILABLE) for name in names)
    return Resolution(None, None, variables)


def document(response: HookResponse) -> Any:
    """Return the JSON of a response."""
    assert response.status == 200
    assert response.content_type == "application/json"
    return json.loads(response.body)


MIXED = {
    "name": "Ada",
    "balance": 12.5,
    "orders": 2,
    "vip": True,
    "birthday": "1990-05-17",
    "next_visit": None,
    "tags": ["a", "b"],
    "address": {"city": "Oslo"},
}
"""A value of every type."""

MIXED_AS_TEXT = {
    "name": "Ada",
    "balance": "12.5",
    "orders": "2",
    "vip": "true",
    "birthday": "1990-05-17",
    "next_visit": "",
    "tags": "a, b",
    "address": '{"city":"Oslo"}',
}
