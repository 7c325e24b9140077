"""Definitions in memory: every response is correct as of the head that the request has read.

Each test changes definitions before one request to DynamoDB of a read or a write, in a process that
has definitions in memory. The outcome must be that of one of the two orders, and that of the second
order if the head was read after the change. Then every process must use the change.
"""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import botocore.session
import pytest

from shared.domain.accounts import Audience, Caller
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.errors import ContextError
from shared.domain.values import LENIENT, STRICT, Subject
from shared.runtime.config import LEAN
from shared.services.contacts.contacts import get_contact
from shared.services.variables.definitions import (
    create_definition,
    delete_definition,
    update_definition,
)
from shared.services.variables.values import (
    get_variable,
    list_defined_variables,
    set_contact_variables,
)
from shared.table.account_head import AccountHead, ChangedSlot
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory, SlotName
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.head_writes import read_head
from shared.table.seen_heads import seeing_heads, seen_head
from shared.table.variables import VariableTable
from tests.fixtures import LONG_AGO, Fixtures

CONTACT = (ContextType.CONTACT,)
JOHN = Subject.contact(123)
SECRET = "secret of ann"
_ACCOUNTS = count()


@dataclass
class World:
    """An account with a contact, definitions and values. It changes them without a memory."""

    fixtures: Fixtures
    account: str
    made: dict[str, Definition]

    @property
    def bob(self) -> Caller:
        """A caller who sees what belongs to the whole account."""
        return Caller(self.account, "bob", LONG_AGO)

    @property
    def ann(self) -> Caller:
        """A caller who owns definitions."""
        return Caller(self.account, "ann", LONG_AGO, user="ann")

    def relabel(self, name: str, label: str = "New label") -> None:
        """Give a definition another display name."""
        self._change(name, lambda it: replace(it, display_name=label))

    def rename(self, name: str, to: str) -> None:
        """Rename a definition."""
        self._change(name, lambda it: replace(it, name=to))

    def delete(self, name: str) -> None:
        """Delete a definition."""
        delete_definition(self.fixtures.definitions, self.ann, self._id(name), CONTACT)

    def create(self, name: str, owner: str | None = None) -> Definition:
        """Create a definition."""
        draft = DefinitionDraft(
            name=name,
            display_name=name,
            variable_type=VariableType.TEXT,
            context_type=ContextType.CONTACT,
            owner=owner,
        )
        return create_definition(self.fixtures.definitions, self.ann, draft)

    def create_secret(self, name: str) -> None:
        """Create a definition of ann with a value."""
        made = self.create(name, owner="ann")
        self.fixtures.value(made, SECRET, account=self.account)

    def state(self) -> Any:
        """Return all that both callers see, read without a memory."""
        stores = (self.fixtures.variables, self.fixtures.definitions)
        return [
            (
                sorted(
                    (each.name, each.display_name, stored.value)
                    for each, stored in list_defined_variables(*stores, caller, JOHN)
                ),
                sorted(
                    (each.name, each.value)
                    for each in get_contact(self.fixtures.contacts, caller, 123).values
                ),
            )
            for caller in (self.ann, self.bob)
        ]

    def _id(self, name: str) -> int:
        known = self.fixtures.definitions.find_by_names(self.account, ContextType.CONTACT, [name])
        found = known[name]
        assert isinstance(found, Definition)
        return found.definition_id

    def _change(self, name: str, change: Callable[[Definition], Definition]) -> None:
        stores = self.fixtures.definitions
        update_definition(stores, self.ann, self._id(name), CONTACT, change)


class Process:
    """A running function with its own client, memory and stores."""

    def __init__(self, fixtures: Fixtures, engine_url: str) -> None:
        session = botocore.session.get_session()
        client: Any = session.create_client("dynamodb", endpoint_url=engine_url)
        client.meta.events.register("before-call.dynamodb", self._before)
        table = Table(client, fixtures.table_name)
        self.memory = DefinitionMemory()
        self.credentials = CredentialTable(table, self.memory)
        self.definitions = DefinitionTable(table, memory=self.memory)
        self.variables = VariableTable(table, self.memory)
        self.contacts = ContactTable(table, self.memory)
        self.steps = 0
        self._act: Callable[[], object] | None = None
        self._at = -1

    def request(self, world: World, do: "Operation") -> tuple[Any, AccountHead | None]:
        """Handle one request: read the key with the head, then call `do`."""
        self.steps = 0
        with seeing_heads():
            self.credentials.find(f"hash of {world.account}", world.account)
            head = seen_head(world.account)
            try:
                return do(self, world), head
            except ContextError as error:
                return type(error).__name__, head

    def interrupt(self, at: int, act: Callable[[], object]) -> None:
        """Call `act` before the n-th request to DynamoDB."""
        self._at, self._act = at, act

    def _before(self, **_: Any) -> None:
        act, self.steps = self._act, self.steps + 1
        if act is not None and self.steps - 1 == self._at:
            self._act = None
            # As another process: this request does not keep the heads that it reads and raises.
            Context().run(act)


Operation = Callable[[Process, World], Any]
Action = Callable[[World], None]


def list_values(process: Process, world: World) -> Any:
    found = list_defined_variables(process.variables, process.definitions, world.bob, JOHN)
    return sorted((each.name, each.display_name, each.slot, it.value) for each, it in found)


def get(process: Process, world: World) -> Any:
    found = get_contact(process.contacts, world.bob, 123)
    return sorted((each.name, each.value) for each in found.values)


def get_one(process: Process, world: World) -> Any:
    stores = (process.variables, process.definitions)
    reference = world.made["level"].external_id
    definition, stored = get_variable(*stores, world.bob, JOHN, reference)
    return definition.name, definition.display_name, stored.value


def set_known(process: Process, world: World) -> Any:
    stores = (process.variables, process.definitions)
    values = {"level": "set", "plan": "set too"}
    done = set_contact_variables(*stores, world.bob, 123, values, STRICT)
    return [(each.definition.name, each.definition.slot, each.value) for each in done.variables]


def set_new(process: Process, world: World) -> Any:
    stores = (process.variables, process.definitions)
    values = {"level": "set", "fresh": "new"}
    done = set_contact_variables(*stores, world.bob, 123, values, LENIENT)
    return [(each.definition.name, each.value) for each in done.variables]


def relabel(process: Process, world: World) -> Any:
    reference = world.made["level"].external_id
    changed = update_definition(
        process.definitions,
        world.bob,
        reference,
        CONTACT,
        lambda it: replace(it, description="described"),
    )
    return changed.name, changed.display_name, changed.description


OPERATIONS: list[Operation] = [list_values, get, get_one, set_known, set_new, relabel]


def is_relabeled(world: World) -> None:
    world.relabel("level")


def is_renamed(world: World) -> None:
    world.rename("level", "tier")


def is_renamed_to_a_deleted_name(world: World) -> None:
    world.rename("level", "gone")


def is_deleted(world: World) -> None:
    world.delete("level")


def is_recreated(world: World) -> None:
    world.delete("level")
    world.create("level")


def is_recreated_by_ann(world: World) -> None:
    world.delete("level")
    world.create("level", owner="ann")


def swaps_its_name(world: World) -> None:
    world.rename("level", "other")
    world.rename("plan", "level")
    world.rename("other", "plan")


def changes_more_often_than_the_list_is_long(world: World) -> None:
    world.rename("level", "tier")
    for number in range(33):
        world.relabel("notes", f"Notes {number}")


def meets_a_secret(world: World) -> None:
    world.create_secret("diary")


ACTIONS: list[Action] = [
    is_relabeled,
    is_renamed,
    is_renamed_to_a_deleted_name,
    is_deleted,
    is_recreated,
    is_recreated_by_ann,
    swaps_its_name,
    meets_a_secret,
]

COLD_ACTIONS: list[Action] = [swaps_its_name, meets_a_secret]
"""Changes of definitions during a read of a process with an empty memory."""


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    return engine_world


@pytest.fixture
def new_world(fixtures: Fixtures) -> Callable[[], World]:
    def make() -> World:
        account = f"account-{next(_ACCOUNTS)}"
        fixtures.contact(account=account)
        fixtures.credentials.add(replace_key(fixtures, account))
        made = {name: fixtures.definition(name, account=account) for name in NAMES}
        for name, each in made.items():
            fixtures.value(each, f"value of {name}", account=account)
        fixtures.definitions.delete(account, made["gone"])
        return World(fixtures, account, made)

    return make


NAMES = ("level", "plan", "notes", "gone")


def replace_key(fixtures: Fixtures, account: str) -> Any:
    key = fixtures.key(f"klen_{account}", account=account)
    return replace(key, key_hash=f"hash of {account}", key_id=f"key of {account}")


@pytest.fixture
def new_process(fixtures: Fixtures, engine_url: str) -> Callable[[], Process]:
    return lambda: Process(fixtures, engine_url)


def serial(world: World, process: Process, parts: list[Any]) -> tuple[Any, Any]:
    """Return the outcome of an operation and the state after all parts, without a memory."""
    outcome = None
    for part in parts:
        if part in OPERATIONS:
            process.memory.clear()
            outcome, _ = process.request(world, part)
        else:
            part(world)
    return outcome, world.state()


def warm(process: Process, world: World) -> None:
    for _ in range(2):
        for operation in (list_values, get, get_one):
            process.request(world, operation)


CASES = [
    *((action, operation, True) for action in ACTIONS for operation in OPERATIONS),
    *((action, operation, False) for action in COLD_ACTIONS for operation in OPERATIONS),
]


# What is in memory does not depend on the client, and other tests of the table take both.
@pytest.mark.parametrize("engine_world", [LEAN], indirect=True)
@pytest.mark.slow
@pytest.mark.parametrize(("action", "operation", "is_warm"), CASES)
def test_a_definition(
    action: Action,
    operation: Operation,
    is_warm: bool,
    new_world: Callable[[], World],
    new_process: Callable[[], Process],
):
    one, other, without_memory = new_process(), new_process(), new_process()
    before = serial(new_world(), without_memory, [operation, action])
    after = serial(new_world(), without_memory, [action, operation])
    at = 0
    while True:
        world = new_world()
        one.memory.clear()
        if is_warm:
            warm(one, world)
        if at == 0:
            warm(other, world)
        versions: list[int] = []

        def act(world: World = world, versions: list[int] = versions) -> None:
            action(world)
            table = Table(world.fixtures.client, world.fixtures.table_name)
            versions.append(read_head(table, world.account).definitions_version)

        one.interrupt(at, act)
        outcome, head = one.request(world, operation)
        if not versions:
            break
        found = outcome, world.state()
        assert found in (before, after), f"before request {at}"
        assert head is not None
        if head.definitions_version >= versions[0]:
            assert found == after
        for process in (one, other) if at == 0 else (one,):
            assert [process.request(world, each)[0] for each in (list_values, get)] == [
                without_memory.request(world, each)[0] for each in (list_values, get)
            ]
        at += 1
    assert at >= 2


def test_definitions_are_dropped_when_the_list_of_changes_is_too_short(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world = new_process(), new_world()
    warm(process, world)
    changes_more_often_than_the_list_is_long(world)
    names = {"gone": "gone", "notes": "notes", "plan": "plan", "tier": "level"}
    expected = [(name, f"value of {first}") for name, first in names.items()]
    assert process.request(world, get)[0] == expected


def test_a_warm_process_reads_only_values(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world = new_process(), new_world()
    warm(process, world)
    assert process.request(world, get)[0] == world.state()[1][1]
    assert process.steps == 2
    process.request(world, get_one)
    assert process.steps == 2
    process.request(world, set_known)
    assert process.steps == 3


def test_a_flush_makes_a_process_read_again(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world = new_process(), new_world()
    warm(process, world)
    world.fixtures.definitions.flush(world.account)
    process.request(world, get_one)
    assert process.steps == 4


def test_a_name_that_is_gone_after_the_head_makes_a_request_read_everything(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world = new_process(), new_world()
    for _ in range(2):
        # It keeps the names of slots, and no definitions.
        assert dict(process.request(world, get)[0])["level"] == "value of level"

    def find_then_get(process: Process, world: World) -> Any:
        Context().run(world.rename, "level", "tier")
        found = process.definitions.find_by_names(world.account, ContextType.CONTACT, ["level"])
        return found, dict(get(process, world))

    (found, values), _ = process.request(world, find_then_get)
    assert found == {}
    assert "level" not in values
    assert values["tier"] == "value of level"


def test_a_name_that_is_gone_is_not_combined_with_definitions_in_memory(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world = new_process(), new_world()

    def find(process: Process, names: tuple[str, ...]) -> list[str]:
        known = process.definitions.find_by_names(world.account, ContextType.CONTACT, names)
        return sorted(known)

    # It keeps the names of slots, and one definition.
    for _ in range(2):
        process.request(world, get)
        process.request(world, lambda process, _: find(process, ("plan",)))

    def find_after_renames(process: Process, world: World) -> list[str]:
        Context().run(world.rename, "plan", "tariff")
        Context().run(world.rename, "level", "tier")
        return find(process, ("level", "plan"))

    assert process.request(world, find_after_renames)[0] == []


def test_outside_of_a_request_nothing_is_kept(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world = new_process(), new_world()
    for _ in range(3):
        process.steps = 0
        get(process, world)
        assert process.steps == 2


def test_the_head_of_another_account_is_never_used(
    new_world: Callable[[], World], new_process: Callable[[], Process]
):
    process, world, other = new_process(), new_world(), new_world()
    warm(process, world)
    with seeing_heads():
        found = process.credentials.find(f"hash of {other.account}", world.account)
        assert found is not None
        assert found.account_id == other.account
        assert seen_head(world.account) is None
        assert seen_head(other.account) is None


HEAD = AccountHead(generation="g", definitions_version=3)


def definition(slot: int, name: str = "level") -> Definition:
    return Definition(
        definition_id=slot + 1,
        external_id=f"external{slot}",
        slot=slot,
        name=name,
        display_name=name,
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
    )


def learned(max_entries: int = 100) -> DefinitionMemory:
    memory = DefinitionMemory(max_entries)
    memory.learn_definitions("acme", HEAD, ContextType.CONTACT, [definition(0)])
    memory.learn_slots("acme", HEAD, ContextType.CONTACT, {0: SlotName("level", Audience())})
    return memory


def known(memory: DefinitionMemory, head: AccountHead | None) -> bool:
    found = memory.definitions("acme", head, ContextType.CONTACT, ["level"])
    slots = memory.slots("acme", head, ContextType.CONTACT, [0])
    assert bool(found) == bool(slots) == bool(memory.find("acme", head, 1))
    return bool(found)


def test_a_head_vouches_for_what_did_not_change():
    changed = (ChangedSlot(ContextType.BUSINESS, 0), ChangedSlot(ContextType.CONTACT, 1))
    assert known(learned(), HEAD)
    assert known(learned(), replace(HEAD, definitions_version=5, changed=changed))
    assert not known(learned(), replace(HEAD, definitions_version=6, changed=changed))
    assert not known(
        learned(),
        replace(HEAD, definitions_version=4, changed=(ChangedSlot(ContextType.CONTACT, 0),)),
    )
    assert not known(learned(), None)


def test_a_head_of_another_generation_vouches_for_nothing():
    assert not known(learned(), replace(HEAD, generation="h"))


def test_an_older_head_uses_nothing_and_drops_nothing():
    memory = learned()
    assert not known(memory, replace(HEAD, definitions_version=2))
    assert known(memory, HEAD)


def test_what_was_read_after_an_older_head_is_not_kept():
    memory, older = learned(), replace(HEAD, definitions_version=2)
    memory.learn_slots("acme", older, ContextType.CONTACT, {0: SlotName("old name", Audience())})
    memory.learn_definitions("acme", older, ContextType.CONTACT, [definition(1, "old name")])
    assert memory.slots("acme", HEAD, ContextType.CONTACT, [0]) == {
        0: SlotName("level", Audience())
    }
    assert not memory.definitions("acme", HEAD, ContextType.CONTACT, ["old name"])


def test_the_accounts_used_least_recently_are_dropped_first():
    memory = learned(max_entries=9)
    many = [definition(slot, f"variable_{slot}") for slot in range(3)]
    for account in ("two", "three"):
        memory.definitions("acme", HEAD, ContextType.CONTACT, [])
        memory.learn_definitions(account, HEAD, ContextType.CONTACT, many)
    assert known(memory, HEAD)
    assert not memory.definitions("two", HEAD, ContextType.CONTACT, ["variable_1"])


def test_an_account_that_is_too_large_is_not_kept():
    memory = DefinitionMemory(10)
    many = [definition(slot, f"variable_{slot}") for slot in range(20)]
    memory.learn_definitions("acme", HEAD, ContextType.CONTACT, many)
    assert not memory.definitions("acme", HEAD, ContextType.CONTACT, ["variable_1"])
