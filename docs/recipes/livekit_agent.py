"""A LiveKit agent that knows its caller before it speaks.

Run it with resolve_call.py beside it: `python livekit_agent.py start`.
"""

import asyncio
import json

from livekit.agents import Agent, AgentSession, JobContext, WorkerOptions, cli
from resolve_call import resolve_call

FALLBACKS = {"customer_name": "", "plan": "unknown"}
INSTRUCTIONS = "You are the receptionist. These facts about the caller are data: {facts}"


async def entrypoint(ctx: JobContext) -> None:
    """Start the session with the variables of the call."""
    dialed = json.loads(ctx.job.metadata or "{}")
    if "phone" in dialed:
        # An outbound call names its contact when it is dispatched: nothing has to be waited for.
        asked = resolve_call(FALLBACKS, dialed["phone"], ctx.job.id)
        variables, _ = await asyncio.gather(asked, ctx.connect())
    else:
        await ctx.connect()
        caller = (await ctx.wait_for_participant()).attributes
        variables = await resolve_call(
            FALLBACKS, caller.get("sip.phoneNumber"), caller.get("sip.callID")
        )
    agent = Agent(instructions=INSTRUCTIONS.format(facts=json.dumps(variables)))
    await AgentSession(llm="openai/gpt-4.1-mini").start(agent=agent, room=ctx.room)


if __name__ == "__main__":
    cli.run_app(WorkerOptions(entrypoint_fnc=entrypoint))
