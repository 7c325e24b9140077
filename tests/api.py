"""Call the handlers through the routes of the template, with full API Gateway events."""

import base64
import gzip
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from local.event import Request, build_event
from local.routing import Match, find_route
from local.template import Template, read_template
from tests.documented import why_undocumented
from tests.permissions import Recorder, allowed_actions, denied_calls

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "template.yaml"


@dataclass(frozen=True)
class Answer:
    """The response of a handler."""

    status: int
    document: Any
    headers: dict[str, str]


class Api:
    """A client of all endpoints. Builds the event that API Gateway would send for each call."""

    def __init__(self, key: str | None) -> None:
        self.key = key

    def call(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        body: bytes | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        key: str | None = "",
    ) -> Answer:
        """Send one request. `key` is the client's by default; None sends no key."""
        sent = {"host": "api.example.com", "content-type": "application/json", **(headers or {})}
        chosen = self.key if key == "" else key
        if chosen is not None:
            # APIs expect the key in different headers.
            sent.setdefault("authorization", f"Bearer {chosen}")
            sent.setdefault("x-api-key", chosen)
        if document is not None:
            body = json.dumps(document).encode()
        return self.send(method, path, urlencode(query or {}), sent, body or b"")

    def send(
        self, method: str, raw_path: str, raw_query: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        """Send one request with a raw path, query, headers and body."""
        request = Request(
            method=method,
            raw_path=raw_path,
            raw_query=raw_query,
            headers=tuple(headers.items()),
            body=body,
            source_ip="127.0.0.1",
        )
        match = _route(method, raw_path)
        assert match is not None, f"the template has no route for {method} {raw_path}"
        event = build_event(request, match, request_id="a-request", time=datetime.now(UTC))
        return invoke(match.route.function, event)


def invoke(logical_id: str, event: dict[str, Any]) -> Answer:
    """Call the handler of a function.

    Asserts that its policy allows every call of AWS, and that its document has the response.
    """
    handle = handler(logical_id)
    with Recorder() as recorder:
        answer = handle(event, None)
    denied = recorder.actions - allowed_actions(template_text(), logical_id)
    denied |= denied_calls(template_text(), logical_id, recorder)
    assert not denied, f"the policy of {logical_id} lacks {denied}"
    responded = Answer(answer["statusCode"], _document(answer), answer["headers"])
    assert responded.headers["x-content-type-options"] == "nosniff"
    if dialect_of(logical_id) != "docs":
        assert responded.headers["cache-control"] == "no-store"
    undocumented = why_undocumented(dialect_of(logical_id), event["routeKey"], responded)
    assert undocumented is None, undocumented
    return responded


def is_told_in_band(answer: Answer) -> bool:
    """Return whether the body of a response is an error, whatever its status."""
    if answer.headers["content-type"] == "application/problem+json":
        return True
    return isinstance(answer.document, dict) and "error" in answer.document


def dialect_of(logical_id: str) -> str:
    """Return the dialect of a function, by its folder."""
    return template().functions[logical_id].code_folder.parent.name


# Tests send many requests of few paths, and generated tests many paths.
@lru_cache(maxsize=256)
def _route(method: str, raw_path: str) -> Match | None:
    return find_route(template().routes, method, raw_path)


def _document(answer: dict[str, Any]) -> Any:
    """Return the body as a client sees it: parsed if it is JSON, else the decompressed bytes."""
    if answer["headers"].get("content-type", "").startswith("text/xml"):
        return answer["body"]
    if not answer["isBase64Encoded"]:
        return json.loads(answer["body"])
    body = base64.b64decode(answer["body"])
    if answer["headers"].get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    is_json = answer["headers"].get("content-type") == "application/json"
    return json.loads(body) if is_json else body


@cache
def template_text() -> str:
    """Return the text of the template."""
    return TEMPLATE.read_text(encoding="utf-8")


@cache
def template() -> Template:
    """Return the template of the project."""
    return read_template(TEMPLATE)


@cache
def handler(logical_id: str) -> Callable[[dict[str, Any], Any], Any]:
    """Import the handler of a function from its folder, as Lambda does."""
    path = template().functions[logical_id].code_folder / "app.py"
    spec = importlib.util.spec_from_file_location(f"tested_{logical_id}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lambda_handler
