"""Convert the agents and hooks of a seed file to validated records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from local.seed_fault import JsonPath, check_unique_field, fault
from local.seed_file import SeedAccount, SeedAgent, SeedAgentPurpose, SeedAgentVariable, SeedHook
from shared.domain.accounts import ApiKey
from shared.domain.agents import Agent, DeclaredVariable, Origin
from shared.domain.definitions import Definition
from shared.domain.errors import Fault
from shared.domain.hooks import Hook
from shared.platforms.hook_messages import hook_faults
from shared.services.agents.hook_tokens import hash_token, parse_token
from shared.validation.agents import declaration_faults, origin_fault, origin_of


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
    declared = given.variables
    of_purpose = declared if isinstance(declared, SeedAgentPurpose) else None
    listed = [] if isinstance(declared, SeedAgentPurpose) else declared
    own = {
        "agent_id": given.id,
        "variables": tuple(
            _declared(each, (*at, "variables", i), known) for i, each in enumerate(listed)
        ),
        "purpose": of_purpose.purpose if of_purpose else None,
        "created_at": now,
        "updated_at": now,
    }
    agent = Agent(**given.fields_of(Agent) | own)
    _check(declaration_faults(agent), at)
    return agent


def _declared(given: SeedAgentVariable, at: JsonPath, known: set[Origin]) -> DeclaredVariable:
    origin = origin_of(given.origin)
    if origin is None:
        raise fault((*at, "from"), origin_fault(given.origin) or "")
    if origin not in known:
        raise fault((*at, "from"), "the account has no such variable")
    return DeclaredVariable(given.name or origin.variable, origin, given.fallback)


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
