"""Call the deployed handlers with API Gateway events.

The budgets, the counts and the warm requests measure these calls.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.event import Request, build_event
from local.functions import load_functions
from local.routing import Match, find_route
from local.template import Template

TEMPLATE = Path(__file__).parent.parent / "template.yaml"


@dataclass(frozen=True)
class Call:
    """One request: method, path, JSON document or None, query, and headers beside the usual."""

    method: str
    path: str
    document: Any = None
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """The response of a handler."""

    status: int
    body: str


def route_of(call: Call, template: Template) -> Match:
    """Return the route of a call.

    Raises:
        ValueError: The template has no route for it.
    """
    match = find_route(template.routes, call.method, call.path)
    if match is None:
        raise ValueError(f"the template has no route for {call.method} {call.path}")
    return match


def event_of(call: Call, match: Match, api_key: str, body: bytes | None = None) -> dict[str, Any]:
    """Build the event of a call with the API key in the headers of all APIs.

    `body` replaces the JSON of the document.
    """
    if body is None:
        body = b"" if call.document is None else json.dumps(call.document).encode()
    headers = {
        "host": "api.example.com",
        "content-type": "application/json",
        "authorization": f"Bearer {api_key}",
        "x-api-key": api_key,
        "x-chatcaptain-key": api_key,
    }
    request = Request(
        method=call.method,
        raw_path=call.path,
        raw_query=call.query,
        headers=(*headers.items(), *call.headers),
        body=body,
        source_ip="127.0.0.1",
    )
    return build_event(request, match, request_id="a-request", time=datetime.now(UTC))


class Client:
    """Calls the functions of a template in this process, and collects the names of those called."""

    def __init__(self, template: Template) -> None:
        self.called: set[str] = set()
        self._template = template
        self._functions = load_functions(template.functions)

    def send(self, call: Call, api_key: str) -> Answer:
        """Return the response to a call.

        Raises:
            FunctionError: The handler raised.
        """
        match = route_of(call, self._template)
        self.called.add(match.route.function)
        function = self._functions[match.route.function]
        answer: Any = asyncio.run(function.invoke(event_of(call, match, api_key)))
        return Answer(answer["statusCode"], answer["body"])
