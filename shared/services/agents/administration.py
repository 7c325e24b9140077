"""Create, list, find, update and delete agents."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace

from shared.domain.accounts import Caller
from shared.domain.agents import MAX_AGENTS, Agent, AgentDraft, AgentPage, Agents, DeclaredVariable
from shared.domain.entity_tags import VersionCondition
from shared.domain.errors import (
    AgentInUse,
    AgentNotFound,
    Fault,
    InvalidDeclaration,
    PreconditionFailed,
    TooManyAgents,
    WriteConflict,
)
from shared.domain.hooks import Hooks
from shared.services.conflicts import retry_on_conflict
from shared.services.ids import timed_id
from shared.validation.agents import declaration_faults, to_text
from shared.validation.contacts import is_possible_identifier


def create_agent(agents: Agents, caller: Caller, draft: AgentDraft) -> Agent:
    """Store a new agent.

    Concurrent requests can exceed the limit of the account.

    Raises:
        TooManyAgents: The account has the maximum of agents.
        InvalidDeclaration: It declares variables that the caller does not see, or names that it
            cannot have. Has all faults.
        ContextTooLarge: It is larger than an item.

    """
    _check(agents, caller, draft, draft.variables)
    if agents.count(caller.account_id) >= MAX_AGENTS:
        raise TooManyAgents(MAX_AGENTS)
    given = {spec.name: getattr(draft, spec.name) for spec in fields(AgentDraft)}
    now = caller.requested_at
    agent = Agent(**given, agent_id=timed_id("agent_", now), created_at=now, updated_at=now)

    def attempt() -> Agent:
        try:
            agents.add(caller.account_id, agent)
        except WriteConflict:
            # The first try may have been written, and its response lost. Otherwise another agent
            # of the account was written at the same time.
            if agents.find(caller.account_id, agent.agent_id) is None:
                raise
        return agent

    return retry_on_conflict(attempt)


def find_agent(agents: Agents, caller: Caller, agent_id: str) -> Agent:
    """Return an agent; raises AgentNotFound."""
    is_possible = is_possible_identifier(agent_id)
    found = agents.find(caller.account_id, agent_id) if is_possible else None
    if found is None:
        raise AgentNotFound(agent_id)
    return found


def get_agent(agents: Agents, caller: Caller, agent_id: str) -> Agent:
    """Return an agent with the variables that the caller sees; raises AgentNotFound."""
    (shown,) = _as_seen(agents, caller, [find_agent(agents, caller, agent_id)])
    return shown


def list_agents(agents: Agents, caller: Caller, after: str | None, limit: int) -> AgentPage:
    """List a page of the agents of the account, with the variables that the caller sees."""
    found = agents.page(caller.account_id, after, limit)
    return replace(found, agents=_as_seen(agents, caller, found.agents))


def update_agent(
    agents: Agents,
    caller: Caller,
    agent_id: str,
    change: Callable[[Agent], AgentDraft],
    condition: VersionCondition | None,
    tag_of: Callable[[Agent], str],
) -> Agent:
    """Change an agent.

    Args:
        agents: Where agents are stored.
        caller: Who changes it.
        agent_id: The agent.
        change: Returns the changed agent. Gets it with the variables that the caller sees; the
            others stay declared.
        condition: The version that it must have.
        tag_of: Returns the entity tag of an agent.

    Raises:
        AgentNotFound: There is no such agent.
        PreconditionFailed: It has another version.
        InvalidDeclaration: As `create_agent`.

    """

    def attempt() -> Agent:
        before = find_agent(agents, caller, agent_id)
        _check_version(agents, caller, before, condition, tag_of)
        (shown,) = _as_seen(agents, caller, [before])
        draft = change(shown)
        hidden = _hidden_from(agents, caller, before)
        if draft.variables == shown.variables and draft.purpose == before.purpose:
            own = [each for each in before.variables if each not in hidden]
            draft = replace(draft, variables=before.variables)
        else:
            own = list(draft.variables)
            # An agent of a purpose has no list that could lack the variables of others.
            draft = _with_hidden(draft, hidden) if draft.purpose is None else draft
        _check(agents, caller, draft, own)
        given = {spec.name: getattr(draft, spec.name) for spec in fields(AgentDraft)}
        after = replace(before, **given)
        if after == before:
            return before
        after = replace(after, updated_at=caller.requested_at, version=before.version + 1)
        agents.replace(caller.account_id, after)
        return after

    (shown,) = _as_seen(agents, caller, [retry_on_conflict(attempt)])
    return shown


def delete_agent(
    agents: Agents,
    hooks: Hooks,
    caller: Caller,
    agent_id: str,
    condition: VersionCondition | None,
    tag_of: Callable[[Agent], str],
) -> None:
    """Delete an agent without hooks.

    Raises:
        AgentNotFound: There is no such agent.
        PreconditionFailed: It has another version.
        AgentInUse: It has hooks.

    """

    def attempt() -> None:
        before = find_agent(agents, caller, agent_id)
        _check_version(agents, caller, before, condition, tag_of)
        of_agent = [each for each in hooks.list(caller.account_id) if each.agent_id == agent_id]
        if of_agent:
            raise AgentInUse(len(of_agent))
        agents.delete(caller.account_id, before)

    retry_on_conflict(attempt)


def _as_seen(agents: Agents, caller: Caller, found: Sequence[Agent]) -> list[Agent]:
    """Leave out the declared variables that the caller does not see."""
    declared = {each.origin: each for agent in found for each in agent.variables}
    audiences = agents.audiences_of(caller.account_id, list(declared.values()))
    visible = {origin for origin, audience in audiences.items() if caller.sees(audience)}
    return [
        replace(agent, variables=tuple(each for each in agent.variables if each.origin in visible))
        for agent in found
    ]


def _check_version(
    agents: Agents,
    caller: Caller,
    agent: Agent,
    condition: VersionCondition | None,
    tag_of: Callable[[Agent], str],
) -> None:
    if condition is not None and not condition.holds_for(str(agent.version)):
        (shown,) = _as_seen(agents, caller, [agent])
        raise PreconditionFailed(tag_of(shown))


def _hidden_from(agents: Agents, caller: Caller, agent: Agent) -> list[DeclaredVariable]:
    """Return the declared variables that belong to another user or team."""
    audiences = agents.audiences_of(caller.account_id, agent.variables)
    return [
        each
        for each in agent.variables
        if each.origin in audiences and not caller.sees(audiences[each.origin])
    ]


def _with_hidden(draft: AgentDraft, hidden: Sequence[DeclaredVariable]) -> AgentDraft:
    """Return a changed agent with hidden variables, unless their names are declared now."""
    names = {each.name for each in draft.variables}
    kept = [each for each in hidden if each.name not in names]
    return replace(draft, variables=(*draft.variables, *kept))


def _check(
    agents: Agents, caller: Caller, draft: AgentDraft, own: Sequence[DeclaredVariable]
) -> None:
    """Require a valid agent; `own` are the variables that the caller declares."""
    faults = [*declaration_faults(draft), *_undefined(agents, caller, own)]
    if faults:
        raise InvalidDeclaration.from_faults(faults)


def _undefined(agents: Agents, caller: Caller, own: Sequence[DeclaredVariable]) -> Iterator[Fault]:
    known = agents.definitions_of(caller.account_id, own)
    for number, each in enumerate(own):
        definition = known.get(each.origin)
        if definition is None or not caller.sees(definition.audience):
            reason = f"there is no variable '{to_text(each.origin)}'"
            yield Fault("undefined_variable", reason, ("variables", number, "from"))
