"""A client of the deployed handlers: each call is the event that API Gateway would send."""

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
    """One request: a method, a path, a document to send as JSON unless it is None, a query."""

    method: str
    path: str
    document: Any = None
    query: str = ""


@dataclass(frozen=True)
class Answer:
    """What a handler answered."""

    status: int
    body: str


def route_of(call: Call, template: Template) -> Match:
    """The route of a call; raises ValueError when the template has none."""
    match = find_route(template.routes, call.method, call.path)
    if match is None:
        raise ValueError(f"the template has no route for {call.method} {call.path}")
    return match


def event_of(call: Call, match: Match, api_key: str) -> dict[str, Any]:
    """The event of a call by its route, with the key wherever one of the APIs looks for it."""
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
        headers=tuple(headers.items()),
        body=b"" if call.document is None else json.dumps(call.document).encode(),
        source_ip="127.0.0.1",
    )
    return build_event(request, match, request_id="a-request", time=datetime.now(UTC))


class Client:
    """Calls every function of a template, in this process; `called` are those it has called."""

    def __init__(self, template: Template) -> None:
        self.called: set[str] = set()
        self._template = template
        self._functions = load_functions(template.functions)

    def send(self, call: Call, api_key: str) -> Answer:
        """The answer to a call; raises FunctionError when the handler does."""
        match = route_of(call, self._template)
        self.called.add(match.route.function)
        function = self._functions[match.route.function]
        answer: Any = asyncio.run(function.invoke(event_of(call, match, api_key)))
        return Answer(answer["statusCode"], answer["body"])
