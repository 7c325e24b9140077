"""Agents that a function keeps between requests.

An agent is current while the version of the agents in the account head is the one that it was read
after. Also one that is not current serves to answer in time when storage does not.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from shared.domain.agents import CompiledAgent

MAX_AGENTS = 500
"""The most agents that a function keeps."""


class AgentsVersion(NamedTuple):
    """The version of the agents of an account. Those of two generations cannot be compared."""

    generation: str
    number: int


class KnownAgent(NamedTuple):
    """An agent, and the version of the agents in the head that was read before it."""

    compiled: CompiledAgent
    version: AgentsVersion


class AgentMemory:
    """Agents by account and id. Threads share it. Those used least recently are dropped first."""

    def __init__(self) -> None:
        self._agents: OrderedDict[tuple[str, str], KnownAgent] = OrderedDict()
        self._lock = Lock()

    def find(self, account_id: str, agent_id: str) -> KnownAgent | None:
        """Return an agent as it was read last, or None."""
        with self._lock:
            known = self._agents.get((account_id, agent_id))
            if known is not None:
                self._agents.move_to_end((account_id, agent_id))
            return known

    def remember(self, account_id: str, known: KnownAgent) -> None:
        """Keep an agent."""
        with self._lock:
            key = (account_id, known.compiled.agent.agent_id)
            self._agents[key] = known
            self._agents.move_to_end(key)
            if len(self._agents) > MAX_AGENTS:
                self._agents.popitem(last=False)

    def clear(self) -> None:
        """Forget all agents."""
        with self._lock:
            self._agents.clear()

    def forget(self, account_id: str, agent_id: str) -> None:
        """Drop an agent, which does not exist any more."""
        with self._lock:
            self._agents.pop((account_id, agent_id), None)
