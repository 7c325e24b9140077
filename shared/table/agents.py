"""Store agents.

Every write raises the version of the agents in the account head, so that functions notice it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.domain.accounts import Audience
from shared.domain.agents import Agent, AgentPage, CompiledAgent, DeclaredVariable, Origin
from shared.domain.definitions import ContextType, Definition, Tombstone
from shared.domain.disclosure import Purpose
from shared.table import codec, keys
from shared.table.account_head import AccountHead, ChangedSlot
from shared.table.agent_items import agent_item, to_agent, to_compiled
from shared.table.agent_memory import AgentMemory, AgentsVersion, KnownAgent
from shared.table.definition_items import to_definition
from shared.table.definition_memory import DefinitionMemory
from shared.table.definition_reads import DefinitionReads
from shared.table.dynamo import Table
from shared.table.head_writes import read_head
from shared.table.operations import IS_NEW, Item, Write, delete, put, update
from shared.table.seen_heads import see_head, seen_head

_IS_BEFORE = "version = :before"
_DECLARABLE = (ContextType.CONTACT, ContextType.BUSINESS)


class AgentTable:
    """The adapter of the port `Agents`."""

    def __init__(self, table: Table, memory: DefinitionMemory, agents: AgentMemory) -> None:
        self._table = table
        self._memory = memory
        self._reads = DefinitionReads(table, memory)
        self._agents = agents

    def find(self, account_id: str, agent_id: str) -> Agent | None:
        """Return an agent, or None. The read is strongly consistent."""
        item = self._item(account_id, agent_id)
        return to_agent(item) if item else None

    def find_compiled(self, account_id: str, agent_id: str) -> CompiledAgent | None:
        """Return an agent with its definitions as of the account head, or None.

        Reads nothing if the agent is in memory and neither it nor its definitions have changed.
        """
        head = self._head(account_id)
        version = AgentsVersion(head.generation, head.agents_version)
        known = self._agents.find(account_id, agent_id)
        if known is None or known.version != version:
            item = self._item(account_id, agent_id)
            if item is None:
                self._agents.forget(account_id, agent_id)
                return None
            known = KnownAgent(to_compiled(item), version)
        compiled = self._as_of(account_id, head, known.compiled)
        self._agents.remember(account_id, KnownAgent(compiled, version))
        return compiled

    def remembered(self, account_id: str, agent_id: str) -> CompiledAgent | None:
        """Return an agent as this function read it last, or None."""
        known = self._agents.find(account_id, agent_id)
        return known.compiled if known else None

    def definitions_of(
        self, account_id: str, variables: Sequence[DeclaredVariable]
    ) -> Mapping[Origin, Definition]:
        """Return the definitions of variables, from memory or from the table."""
        known = self._known(account_id, variables)
        return {origin: each for origin, each in known.items() if isinstance(each, Definition)}

    def definitions_for(self, account_id: str, purpose: Purpose) -> Mapping[Origin, Definition]:
        """Return all definitions of contacts and the business for a purpose, oldest first.

        Reads all definitions of the account, because a change of any can make it one of them.
        """
        items = self._table.query(keys.definitions_partition(account_id), keys.NAMES)
        found = [
            each
            for each in map(to_definition, items)
            if isinstance(each, Definition)
            and each.context_type in _DECLARABLE
            and purpose in each.purposes
        ]
        found.sort(key=lambda each: each.definition_id)
        return {Origin(each.context_type, each.name): each for each in found}

    def audiences_of(
        self, account_id: str, variables: Sequence[DeclaredVariable]
    ) -> Mapping[Origin, Audience]:
        """Return who sees variables, deleted ones included."""
        known = self._known(account_id, variables)
        return {origin: each.audience for origin, each in known.items()}

    def page(self, account_id: str, after: str | None, limit: int) -> AgentPage:
        """Return a page of agents, oldest first.

        Args:
            account_id: The account.
            after: The id of the last agent of the previous page. None starts at the first.
            limit: The maximum number of agents.
        """
        start = None if after is None else keys.agent(account_id, after)
        partition = keys.agents_partition(account_id)
        found, is_more = self._table.query_page(partition, keys.AGENTS, start, limit)
        agents = [to_agent(item) for item in found]
        return AgentPage(agents, agents[-1].agent_id if is_more else None)

    def count(self, account_id: str) -> int:
        """Return how many agents an account has. The read is strongly consistent."""
        return sum(1 for _ in self._table.query(keys.agents_partition(account_id), keys.AGENTS))

    def add(self, account_id: str, agent: Agent) -> None:
        """Store a new agent.

        Raises:
            WriteConflict: An agent with this id exists.
        """
        self._write(account_id, put(self._new_item(account_id, agent), IS_NEW))

    def replace(self, account_id: str, agent: Agent) -> None:
        """Store a changed agent.

        Raises:
            WriteConflict: The stored version is not the one before.
        """
        before = {":before": codec.encode(agent.version - 1)}
        self._write(account_id, put(self._new_item(account_id, agent), _IS_BEFORE, before))

    def delete(self, account_id: str, agent: Agent) -> None:
        """Delete an agent.

        Raises:
            WriteConflict: The stored version is another one, or a hook was made for it since.
        """
        before = {":before": codec.encode(agent.version)}
        condition = f"{_IS_BEFORE} AND attribute_not_exists(newest_hook)"
        if agent.newest_hook is not None:
            before[":hook"] = codec.encode(agent.newest_hook)
            condition = f"{_IS_BEFORE} AND newest_hook = :hook"
        key = keys.agent(account_id, agent.agent_id)
        self._write(account_id, delete(key, condition, before))

    def _known(
        self, account_id: str, variables: Sequence[DeclaredVariable]
    ) -> Mapping[Origin, Definition | Tombstone]:
        found: dict[Origin, Definition | Tombstone] = {}
        for context_type in (ContextType.CONTACT, ContextType.BUSINESS):
            names = [
                each.origin.variable
                for each in variables
                if each.origin.context_type is context_type
            ]
            if not names:
                continue
            known, _ = self._reads.by_names(account_id, context_type, names)
            found |= {Origin(context_type, name): each for name, each in known.items()}
        return found

    def _new_item(self, account_id: str, agent: Agent) -> Item:
        # The head is read before the definitions, so they are not older than it.
        head = self._head(account_id)
        definitions = self._definitions_of(account_id, agent)
        compiled = CompiledAgent(agent, definitions, head.generation, head.definitions_version)
        return agent_item(account_id, compiled)

    def _write(self, account_id: str, write: Write) -> None:
        raised = update(
            keys.account_head(account_id),
            codec.entity_attributes("account_head"),
            counter="agents",
        )
        self._table.write([write, raised])

    def _as_of(self, account_id: str, head: AccountHead, compiled: CompiledAgent) -> CompiledAgent:
        """Return an agent with its definitions as of a head."""
        if head.generation == compiled.generation:
            changed = head.changed_since(compiled.definitions_version)
            if changed is not None and not _may_concern(compiled, changed):
                return replace(compiled, definitions_version=head.definitions_version)
        definitions = self._definitions_of(account_id, compiled.agent)
        return CompiledAgent(compiled.agent, definitions, head.generation, head.definitions_version)

    def _definitions_of(self, account_id: str, agent: Agent) -> Mapping[Origin, Definition]:
        if agent.purpose is not None:
            return self.definitions_for(account_id, agent.purpose)
        return self.definitions_of(account_id, agent.variables)

    def _head(self, account_id: str) -> AccountHead:
        # Requests that use agents read the head with the key from now on.
        self._memory.is_used = True
        head = seen_head(account_id)
        if head is None:
            head = read_head(self._table, account_id)
            see_head(account_id, head)
        return head

    def _item(self, account_id: str, agent_id: str) -> Item | None:
        # By BatchGetItem, which the policy of every function allows; not all allow GetItem.
        return next(iter(self._table.get_many([keys.agent(account_id, agent_id)])), None)


def _origins(agent: Agent) -> list[Origin]:
    return [each.origin for each in agent.variables]


def _may_concern(compiled: CompiledAgent, changed: frozenset[ChangedSlot]) -> bool:
    """Return whether changes of definitions may change what an agent declares."""
    if not changed:
        return False
    # A new definition, and one that gets the purpose, has a slot that the agent does not know.
    is_of_purpose = compiled.agent.purpose is not None
    lacks_some = len(compiled.definitions) != len({*_origins(compiled.agent)})
    return is_of_purpose or lacks_some or bool(changed & _slots_of(compiled))


def _slots_of(compiled: CompiledAgent) -> set[ChangedSlot]:
    return {
        ChangedSlot(origin.context_type, each.slot) for origin, each in compiled.definitions.items()
    }
