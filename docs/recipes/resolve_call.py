"""Ask for the variables of a call. Needs the standard library only.

CONTEXT_URL is the address of your API, CONTEXT_KEY an API key, CONTEXT_AGENT the id of the agent.
"""

import asyncio
import json
import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

DEADLINE_MS = 800


async def resolve_call(fallbacks: dict, phone: str | None, call_id: str | None) -> dict:
    """Return the agent's variables, or the fallbacks if they do not arrive in time.

    Args:
        fallbacks: What the agent works with when the service cannot be reached.
        phone: The caller's number. None if it is withheld.
        call_id: The platform's id of the call. The same id gets the same variables again.
    """
    question = {"agent": os.environ["CONTEXT_AGENT"], "deadline_ms": DEADLINE_MS}
    question |= {"contact": {"phone": phone} if phone else {}, "call_id": call_id}
    headers = {"Authorization": f"Bearer {os.environ['CONTEXT_KEY']}"}
    headers["Content-Type"] = "application/json"
    url = f"{os.environ['CONTEXT_URL']}/v1/resolve"
    request = Request(url, json.dumps(question).encode(), headers)
    waiting = asyncio.to_thread(_variables, request)
    try:
        # The time on the way comes on top of the deadline of the service.
        return fallbacks | await asyncio.wait_for(waiting, DEADLINE_MS / 1000 + 0.4)
    except (OSError, ValueError, KeyError, TypeError):
        return fallbacks


def _variables(request: Request) -> dict:
    try:
        with urlopen(request, timeout=DEADLINE_MS / 1000 + 0.4) as response:
            return json.load(response)["variables"]
    except HTTPError as failure:
        failure.close()
        raise
