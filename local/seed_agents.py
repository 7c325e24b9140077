"""Convert the agents and hooks of a seed file to validated records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime

from local.seed_fault import JsonPath, check_unique_field, fault, reason_of
from local.seed_file import SeedAccount, SeedAgent, SeedHook
from shared.dialects.native.agent_requests import AgentCreation
from shared.domain.accounts import ApiKey
from shared.domain.agents import Agent, AgentDraft, Origin
from shared.domain.definitions import Definition
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.hooks import Hook
from shared.gateway.request import validate_with_all_faults
from shared.platforms.hook_messages import hook_faults
from shared.services.agents.hook_tokens import hash_token, parse_token
from shared.validation.agents import declaration_faults


def plan_agents(
    given: Sequence[SeedAgent], at: JsonPath, definitions: Iterable[Definition], now: datetime
) -> list[Agent]:
    """Build the agents of an account.

    Raises:
        SeedError: An id is not unique, or an agent declares what it cannot.
    """
    check_unique_field("id", given, at)
    known = {Origin(each.context_type, each.name) for each in definitions}
    return [_agent(each, (*at, i), known, now) for i, each in enumerate(given)]


def plan_hooks(
    given: SeedAccount,
    at: JsonPath,
    agents: Sequence[Agent],
    keys: Mapping[str, ApiKey],
    now: datetime,
) -> list[Hook]:
    """Build the hooks of an account.

    Raises:
        SeedError: An id is not unique, a reference is broken, or the platform does not take it.
    """
    check_unique_field("id", given.hooks, at)
    by_id = {each.agent_id: each for each in agents}
    return [
        _hook(given.id, each, (*at, i), by_id, keys.get(each.api_key), now)
        for i, each in enumerate(given.hooks)
    ]


def _agent(given: SeedAgent, at: JsonPath, known: set[Origin], now: datetime) -> Agent:
    try:
        draft = validate_with_all_faults(AgentCreation, given.model_extra).draft()
    except InvalidRequest as invalid:
        first = invalid.faults[0]
        raise fault((*at, *first.path), reason_of(first.code, first.reason)) from None
    for i, declared in enumerate(draft.variables):
        if declared.origin not in known:
            raise fault((*at, "variables", i, "from"), "the account has no such variable")
    own = {each.name: getattr(draft, each.name) for each in fields(AgentDraft)}
    agent = Agent(**own, agent_id=given.id, created_at=now, updated_at=now)
    _check(declaration_faults(agent), at)
    return agent


def _hook(
    account_id: str,
    given: SeedHook,
    at: JsonPath,
    agents: Mapping[str, Agent],
    key: ApiKey | None,
    now: datetime,
) -> Hook:
    agent = agents.get(given.agent)
    if agent is None:
        raise fault((*at, "agent"), "it is no agent of this account")
    if key is None:
        raise fault((*at, "api_key"), "it is no key of this account")
    own = {
        "hook_id": given.id,
        "agent_id": given.agent,
        "token_hash": hash_token(given.token),
        "key_id": key.key_id,
        "user": key.user,
        "teams": tuple(sorted(key.teams)),
        "purpose": key.purpose,
        "sensitivity": key.sensitivity,
        "created_at": now,
        "updated_at": now,
    }
    hook = Hook(**given.fields_of(Hook) | own)
    _check(hook_faults(hook, agent), at)
    token = parse_token(given.token)
    if token is None or token[:3] != (account_id, given.platform, given.id):
        reason = "it must be a token of a hook that names this account, platform and id"
        raise fault((*at, "token"), reason)
    return hook


def _check(faults: Iterable[Fault], at: JsonPath) -> None:
    for found in faults:
        raise fault((*at, *found.path), found.reason)
