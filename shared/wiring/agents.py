"""Adapters of endpoints about agents, their hooks and calls."""

from datetime import timedelta
from functools import cache

from shared.runtime.config import Settings
from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
from shared.table.calls import CallTable
from shared.table.hooks import HookTable
from shared.wiring.endpoints import memory, table


@cache
def agent_memory() -> AgentMemory:
    """Return the agents that the function keeps between requests."""
    return AgentMemory()


@cache
def agents() -> AgentTable:
    """Return the storage of agents."""
    return AgentTable(table(), memory(), agent_memory())


@cache
def hooks() -> HookTable:
    """Return the storage of hooks."""
    return HookTable(table())


@cache
def calls() -> CallTable:
    """Return the storage of calls."""
    return CallTable(table(), timedelta(days=Settings.from_env().call_days))
