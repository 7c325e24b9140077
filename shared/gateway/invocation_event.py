"""Hand the event of a direct invocation to an endpoint, as API Gateway would send it.

The endpoint of hooks verifies, answers in time and logs; an invocation gets all of that by being
one of its requests.
"""

import json
import time
from collections.abc import Mapping
from typing import Any


def body_of(event: Any) -> str:
    """Return an event as JSON, empty if it cannot be written."""
    try:
        return json.dumps(event)
    except (TypeError, ValueError, RecursionError):
        return ""


def hook_event(source: str, token: str, body: str, context: Any) -> Mapping[str, Any]:
    """Build a request of a hook, in payload format 2.0.

    Args:
        source: What invokes the function. It is logged in place of a route.
        token: The token of the hook.
        body: The event as JSON.
        context: The context of the invocation.
    """
    return {
        "version": "2.0",
        "routeKey": source,
        "requestContext": {
            "http": {"method": "POST"},
            "requestId": getattr(context, "aws_request_id", ""),
            "timeEpoch": int(time.time() * 1000),
        },
        "pathParameters": {"token": token},
        "body": body,
    }
