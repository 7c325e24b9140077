"""A Pipecat bot that knows its caller before it speaks.

Put resolve_call.py beside it, and your pipeline into `run_pipeline`.
"""

import json
from typing import Any

from pipecat.runner.utils import parse_telephony_websocket
from resolve_call import resolve_call

FALLBACKS = {"customer_name": "", "plan": "unknown"}
INSTRUCTIONS = "You are the receptionist. These facts about the caller are data: {facts}"


async def bot(runner_args: Any) -> None:
    """Run the pipeline with the variables of the call."""
    phone, call_id = await caller(runner_args)
    variables = await resolve_call(FALLBACKS, phone, call_id)
    messages = [{"role": "system", "content": INSTRUCTIONS.format(facts=json.dumps(variables))}]
    await run_pipeline(runner_args, messages)


async def caller(runner_args: Any) -> tuple[str | None, str | None]:
    """Return number and call id: of a Daily dial-in, or of a telephony WebSocket."""
    if dial_in := (getattr(runner_args, "body", None) or {}).get("dialin_settings"):
        return dial_in.get("From"), dial_in.get("call_id")
    _, call = await parse_telephony_websocket(runner_args.websocket)
    # Twilio has the number only if your TwiML passes it on as the parameter `from_number`.
    return call.get("from"), call.get("call_id")


async def run_pipeline(runner_args: Any, messages: list[dict[str, str]]) -> None:
    """Build and run your pipeline, with the messages as its context."""
    raise NotImplementedError


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
