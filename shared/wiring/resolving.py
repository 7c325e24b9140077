"""Adapters and handler decorator for endpoints that answer before a deadline.

They have a client of DynamoDB of their own, with one attempt and short timeouts: what the client
retries after a pause would be too late.
"""

# Imported first, so that the large imports below run without garbage collection.
from shared.wiring.endpoints import CLIENT_CONFIG, KeyAccess, dynamodb_client, log, memory

# isort: split
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, TypeAlias

from botocore.config import Config

from shared.domain.accounts import ApiKey, Caller
from shared.domain.agents import DEFAULT_DEADLINE_MS
from shared.domain.errors import AnswerTooLarge, ContextError, Unavailable
from shared.domain.resolutions import ResolvedCall, WantedCall
from shared.gateway.dialect import Dialect
from shared.gateway.endpoint import Handler, LambdaHandler
from shared.gateway.endpoint import endpoint as make_endpoint
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.gateway.timely_endpoint import TimelyPlan, timely
from shared.runtime.config import Settings
from shared.services.accounts.access import (
    account_in_key,
    authorize,
    caller_of,
    hash_api_key,
)
from shared.services.agents.answers import unavailable_answer
from shared.services.agents.resolving import Resolver
from shared.table.agents import AgentTable
from shared.table.caller_reads import CallerTable
from shared.table.calls import CallTable
from shared.table.contacts import ContactTable
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.remembered_credentials import RememberedKeys, RememberingCredentialTable
from shared.table.repeated_reads import SECOND_AFTER_SECONDS, RepeatedReads
from shared.table.variables import VariableTable
from shared.wiring.agents import agent_memory

Parse: TypeAlias = Callable[[Request], Sequence[WantedCall]]
Present: TypeAlias = Callable[[Sequence[ResolvedCall]], Response]

RESOLVE_CONFIG = CLIENT_CONFIG.merge(
    Config(
        connect_timeout=0.3,
        read_timeout=0.8,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
)
"""Timeouts in seconds. One attempt, as the work is tried again while there is time."""


@cache
def table() -> Table:
    """Return the table, by the client with short timeouts, whose slow reads are sent twice."""
    client: Any = RepeatedReads(dynamodb_client(RESOLVE_CONFIG), log(), SECOND_AFTER_SECONDS)
    return Table(client, Settings.from_env().table_name)


@cache
def remembered_keys() -> RememberedKeys:
    """Return the API keys that the function has read before."""
    return RememberedKeys()


@cache
def credentials() -> RememberingCredentialTable:
    """Return the storage of API keys."""
    return RememberingCredentialTable(table(), memory(), remembered_keys())


@cache
def callers() -> CallerTable:
    """Return the reads of callers."""
    return CallerTable(table(), VariableTable(table(), memory()))


@cache
def agents() -> AgentTable:
    """Return the storage of agents."""
    return AgentTable(table(), memory(), agent_memory())


@cache
def resolver() -> Resolver:
    """Return what resolving needs."""
    settings = Settings.from_env()
    return Resolver(
        agents(),
        callers(),
        ContactTable(table(), memory(), limit=settings.max_contacts),
        DefinitionTable(table(), settings.max_definitions, memory()),
        CallTable(table(), timedelta(days=settings.call_days)),
        log(),
    )


def timely_endpoint(
    dialect: Dialect, permission: str, parse: Parse, present: Present
) -> Callable[[Handler], LambdaHandler]:
    """Create a decorator that makes a Lambda handler which answers before its deadline.

    Args:
        dialect: Reads the API key and formats errors.
        permission: The caller needs it.
        parse: Parses the wanted callers, all of one agent.
        present: Builds the response.
    """
    # Create the client during initialization, outside of the first request.
    table()
    plan_of = partial(_plan_of, dialect, permission, parse, present)

    def wrap(handle: Handler) -> LambdaHandler:
        inner = make_endpoint(dialect, (permission,), KeyAccess(credentials), log())(handle)
        return timely(inner, plan_of, partial(_unavailable, dialect), log())

    return wrap


def _plan_of(
    dialect: Dialect, permission: str, parse: Parse, present: Present, request: Request
) -> TimelyPlan:
    """Plan the answer to a request by what is known without a read."""
    presented = dialect.presented_key(request) or ""
    try:
        wanted = parse(request)
    except ContextError:
        return TimelyPlan(DEFAULT_DEADLINE_MS, lambda _: None)
    key = remembered_keys().find(hash_api_key(presented))
    account_id = key.account_id if key else account_in_key(presented)
    compiled = agents().remembered(account_id, wanted[0].agent_id) if account_id else None
    agent_ms = compiled.agent.deadline_ms if compiled else DEFAULT_DEADLINE_MS

    def begin() -> None:
        identifier = wanted[0].identifier
        if account_id is not None and identifier is not None:
            callers().begin(account_id, identifier)

    def late(best: Sequence[ResolvedCall] | None) -> dict[str, Any] | None:
        if best is not None:
            with suppress(AnswerTooLarge):
                return present(best).to_event()
        caller = _permitted(key, permission)
        if compiled is None or caller is None:
            return None
        answers = [unavailable_answer(caller, compiled, each) for each in wanted]
        return present(answers).to_event()

    return TimelyPlan(wanted[0].deadline_ms or agent_ms, late, begin)


def _unavailable(dialect: Dialect, request: Request) -> dict[str, Any]:
    return dialect.error_response(Unavailable(), request.request_id).to_event()


def _permitted(key: ApiKey | None, permission: str) -> Caller | None:
    """Return the caller of a remembered key, if it was permitted when it was read."""
    try:
        caller = caller_of(key, datetime.now(UTC))
        authorize(caller, (permission,), None)
    except ContextError:
        return None
    return caller
