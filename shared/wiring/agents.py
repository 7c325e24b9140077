"""Adapters of endpoints about agents, their hooks and calls."""

from functools import cache

from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
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
