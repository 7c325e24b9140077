"""Handler decorator for functions that voice platforms invoke instead of a URL."""

# Imported first, so that the large imports below run without garbage collection.
from shared.wiring.endpoints import log

# isort: split
import json
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from shared.domain.json_values import JsonObject
from shared.gateway.invocation_event import body_of, hook_event
from shared.services.agents.hook_tokens import parse_token
from shared.wiring.hooks import HookHandler, ReadMessage, hook_endpoint

_ANSWERED = 200
_NOT_FOUND = 404
_PROBLEMS = {401: "signature"}
"""The problem in the log, by the status of the response. Any other status is a failure."""

InvocationHandler: TypeAlias = Callable[[Any, Any], JsonObject]


class InvokingPlatform(Protocol):
    """A platform that invokes a function with an event of its own."""

    @property
    def name(self) -> str:
        """The name of the platform."""

    @property
    def latest_ms(self) -> int:
        """The most milliseconds that an answer may take, whatever its agent says."""

    def token_in(self, event: Any) -> str:
        """Return the token of the hook, empty if the event has none."""

    def answer_nothing(self, body: str) -> JsonObject:
        """Return the answer to an event that belongs to no hook."""


def invoked_by(
    platform: InvokingPlatform, read: ReadMessage
) -> Callable[[HookHandler], InvocationHandler]:
    """Create a decorator that makes the Lambda handler of a platform's invocations.

    Every event gets an answer in the shape of the platform, before the deadline. An event without
    the token of one of the platform's hooks gets no variables, and a line in the log.

    Args:
        platform: The platform.
        read: Reads the message of an event, as that of a request.
    """

    def wrap(handle: HookHandler) -> InvocationHandler:
        answer_request = hook_endpoint(read, platform.latest_ms)(handle)

        def lambda_handler(event: Any, context: Any) -> JsonObject:
            token, body = platform.token_in(event), body_of(event)
            parsed = parse_token(token)
            problem, reason = "token", _reason(token)
            if parsed is not None and parsed.platform == platform.name:
                response = answer_request(hook_event(platform.name, token, body, context), context)
                status = response["statusCode"]
                if status == _ANSWERED:
                    answer: JsonObject = json.loads(response["body"])
                    return answer
                if status != _NOT_FOUND:
                    problem, reason = _PROBLEMS.get(status, "failure"), f"status {status}"
            request_id = getattr(context, "aws_request_id", None)
            facts = {"platform": platform.name, "function_request_id": request_id}
            log().rejected({**facts, "problem": problem, "reason": reason})
            return platform.answer_nothing(body)

        return lambda_handler

    return wrap


def _reason(token: str) -> str:
    return "it opens no hook of this platform" if token else "the event has none"
