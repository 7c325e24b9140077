"""Adapters of endpoints about agents, their hooks and calls."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from shared.runtime.config import Settings
from shared.services.agents.resolving import Resolver
from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
from shared.table.caller_reads import CallerTable
from shared.table.calls import CallTable
from shared.wiring.endpoints import contacts, definitions, log, memory, table, variables

if TYPE_CHECKING:
    from shared.table.hooks import HookTable


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
    # Imported here, because most functions of agents use no hooks.
    from shared.table.hooks import HookTable  # noqa: PLC0415

    return HookTable(table())


@cache
def resolver() -> Resolver:
    """Return what reading the variables of a caller needs, with the usual timeouts."""
    reads = CallerTable(table(), variables())
    return Resolver(agents(), reads, contacts(), definitions(), calls(), log())


@cache
def calls() -> CallTable:
    """Return the storage of calls."""
    return CallTable(table(), timedelta(days=Settings.from_env().call_days))
