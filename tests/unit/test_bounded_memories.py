"""The memory of a function between requests is bounded. What it lacks is read again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts import ApiKey, Caller
from shared.domain.agents import Agent, CompiledAgent
from shared.domain.hooks import Hook
from shared.domain.sources import key_fingerprint
from shared.table import keys
from shared.table.agent_memory import AgentMemory, AgentsVersion, KnownAgent
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.hooks import HookTable, RememberingHookTable
from shared.table.key_ids import KeyIdTable
from shared.table.remembered_credentials import RememberedKeys
from tests.fixtures import LONG_AGO

NAMES = ("first", "second", "third")


class CountingTable:
    """A table whose accounts have one API key each. Counts the requested keys."""

    def __init__(self) -> None:
        self.requests = 0

    def query(self, pk: str) -> list[dict[str, Any]]:
        self.requests += 1
        account_id = next(each for each in NAMES if keys.api_keys_partition(each) == pk)
        return [{"sk": {"S": keys.api_key_entry(account_id, f"key of {account_id}").sk}}]

    def raise_to(self, *_: Any) -> None:
        self.requests += 1


@pytest.fixture
def table() -> Any:
    return CountingTable()


def agents() -> Callable[[str], bool]:
    memory = AgentMemory()
    for name in NAMES:
        agent = Agent(agent_id=name, name="Reception", created_at=LONG_AGO, updated_at=LONG_AGO)
        memory.remember("acme", KnownAgent(CompiledAgent(agent, {}), AgentsVersion("g", 1)))
    return lambda name: memory.find("acme", name) is not None


def api_keys() -> Callable[[str], bool]:
    memory = RememberedKeys()
    for name in NAMES:
        made = {"key_id": name, "account_id": "acme", "hint": name, "created_at": LONG_AGO}
        memory.note(name, ApiKey(key_hash=name, **made))
    return lambda name: memory.find(name) is not None


def accounts_of_api_keys() -> Callable[[str], bool]:
    memory = DefinitionMemory()
    for name in NAMES:
        memory.remember_key(name, "acme")
    return lambda name: memory.account_of_key(name) == "acme"


def hooks() -> Callable[[str], bool]:
    table = RememberingHookTable(None)  # type: ignore[arg-type]
    for name in NAMES:
        table.find_with_head("acme", name)
    return lambda name: table.remembered("acme", name) is not None


def a_hook(_: HookTable, _account_id: str, hook_id: str) -> Hook:
    known = {"agent_id": "agent_1", "platform": "retell", "token_hash": "a hash"}
    return Hook(hook_id=hook_id, created_at=LONG_AGO, updated_at=LONG_AGO, **known)


@pytest.mark.parametrize(
    ("remembered", "limit"),
    [
        (agents, "agent_memory.MAX_AGENTS"),
        (api_keys, "remembered_credentials.MAX_KEYS"),
        (accounts_of_api_keys, "definition_memory.MAX_KEYS"),
        (hooks, "hooks.MAX_REMEMBERED"),
    ],
)
def test_the_oldest_is_forgotten_beyond_the_limit(
    remembered: Callable[[], Callable[[str], bool]], limit: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(HookTable, "find_with_head", a_hook)
    assert list(map(remembered(), NAMES)) == [True, True, True]
    monkeypatch.setattr(f"shared.table.{limit}", 2)
    assert list(map(remembered(), NAMES)) == [False, True, True]


def test_the_account_of_a_key_that_is_in_use_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.table.definition_memory.MAX_KEYS", 2)
    memory = DefinitionMemory()
    for name in ("first", "second", "first", "third"):
        memory.remember_key(name, "acme")
    kept = [name for name in NAMES if memory.account_of_key(name)]
    assert kept == ["first", "third"]


def test_a_key_that_is_in_use_is_not_recorded_again(
    table: Any, note_use: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.table.credentials._MAX_NOTED", 2)
    credentials = CredentialTable(table)
    for name in ("first", "second", "first", "third", "first"):
        note_use(credentials, Caller("acme", name, LONG_AGO))
    assert table.requests == 3


@pytest.mark.parametrize(("limit", "requests"), [(3, 3), (2, 4)])
def test_a_use_is_recorded_again_if_its_hour_was_forgotten(
    limit: int,
    requests: int,
    table: Any,
    note_use: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("shared.table.credentials._MAX_NOTED", limit)
    credentials = CredentialTable(table)
    for minute, name in enumerate((*NAMES, "third", "first")):
        caller = Caller("acme", name, LONG_AGO + timedelta(minutes=minute))
        note_use(credentials, caller)
    assert table.requests == requests


@pytest.mark.parametrize(("limit", "requests"), [(3, 3), (2, 4)])
def test_ids_of_api_keys_are_read_again_if_they_were_forgotten(
    limit: int, requests: int, table: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.table.key_ids._MAX_ACCOUNTS", limit)
    key_ids = KeyIdTable(table)
    for name in (*NAMES, "third", "first"):
        key_id = f"key of {name}"
        fingerprint = key_fingerprint(key_id)
        assert key_ids.find(name, [fingerprint, "of no key"]) == {fingerprint: key_id}
    assert table.requests == requests
