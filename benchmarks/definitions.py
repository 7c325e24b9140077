"""`python -m benchmarks.definitions`: measure definitions in memory and write their page."""

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchmarks.adapters import clear_adapters
from benchmarks.catalogue import SCENARIOS
from benchmarks.client import TEMPLATE, Client
from benchmarks.recorder import recording
from benchmarks.report.tables import table, table_of, units
from benchmarks.scenario import Cost, Scenario, measure
from benchmarks.stage import Stage, local_table, names
from local.template import read_template
from shared.domain.accounts import WHOLE_ACCOUNT
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.table.account_head import AccountHead
from shared.table.definition_items import definition_item, to_definition
from shared.table.definition_memory import DefinitionMemory, SlotName
from shared.validation.names import display_name

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "definitions.md"
TEXT = Path(__file__).with_suffix(".md")
SIZES = (100, 1_000, 10_000)
"""Numbers of definitions in memory."""

READS = {
    "klen": (
        "Set existing variables, of one page: 4 on a contact of 32",
        "Set existing variables, of one page: 32 on a contact of 32",
        "Get a contact: of 32 variables",
    ),
    "chatcaptain": (
        "List the variables of a contact: of 32",
        "List the variables of a contact: of 400",
    ),
    "setter": ("Change a contact of 32: 32 variables",),
    "vambe": (
        "Set custom fields by the names of existing ones: 32 on a contact of 32",
        "Get a contact: of 32 fields",
    ),
}
WRITES = {
    "klen": (
        "Create a definition: one",
        "Change a definition: one",
        "Delete a definition: one",
        "Set undefined variables on a contact of 32: 4",
        "Set variables of the business: 4 existing of 32",
    ),
    "chatcaptain": ("Change a variable: its name",),
}
_HEAD = AccountHead(generation="g", definitions_version=1)
_PROGRAM = "from benchmarks.definitions import print_memory; print_memory({size})"


@dataclass(frozen=True)
class Measured:
    """A scenario, and its cost in a function that has just started and in a warm one."""

    scenario: Scenario
    cold: Cost
    warm: Cost

    @property
    def request(self) -> str:
        """The dialect and the name of the scenario."""
        return f"{self.scenario.dialect}: {self.scenario.name}"


def main() -> int:
    """Measure and write the page."""
    page = Template(TEXT.read_text(encoding="utf-8")).substitute(
        reads=_cold_and_warm(measure_cold_and_warm(READS)).strip(),
        writes=_of_writes(measure_cold_and_warm(WRITES)).strip(),
        memory=_memory().strip(),
    )
    PAGE.write_text(page, encoding="utf-8")
    print(f"written: {PAGE.name}")
    return 0


def print_memory(size: int) -> None:
    """Print the bytes that definitions take in this process, as `{"heap": …, "kept": …}`."""
    tracemalloc.start()
    memory = DefinitionMemory()
    wanted = names(size)
    stored = [
        to_definition(definition_item("acme", _definition(slot, name)))
        for slot, name in enumerate(wanted)
    ]
    memory.learn_definitions("acme", _HEAD, ContextType.CONTACT, stored)
    slots = {each.slot: SlotName(each.name, WHOLE_ACCOUNT) for each in stored}
    memory.learn_slots("acme", _HEAD, ContextType.CONTACT, slots)
    del stored, slots, wanted
    heap, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = memory.definitions("acme", _HEAD, ContextType.CONTACT, names(size))
    print(json.dumps({"heap": heap, "kept": len(kept)}))


def measure_cold_and_warm(wanted: Mapping[str, Sequence[str]]) -> Iterator[Measured]:
    """Measure scenarios in a function that has just started, and in a warm one."""
    # Each table has an engine of its own.
    clear_adapters()
    with (
        local_table() as (dynamodb, table_name),
        recording(dynamodb, table_name) as recorder,
    ):
        client = Client(read_template(TEMPLATE))
        for number, scenario in enumerate(SCENARIOS):
            if scenario.name in wanted.get(scenario.dialect, ()):
                cold, warm = (
                    measure(
                        scenario,
                        Stage(dynamodb, table_name, f"account-{number:03d}{is_cold}"),
                        client,
                        recorder,
                        cold=is_cold,
                    )
                    for is_cold in (True, False)
                )
                yield Measured(scenario, cold, warm)


def _cold_and_warm(measured: Iterable[Measured]) -> str:
    rows = [
        (
            each.request,
            str(len(each.cold.requests)),
            units(each.cold.read_units),
            str(len(each.warm.requests)),
            units(each.warm.read_units),
            units(each.warm.after_key.read_units),
        )
        for each in measured
    ]
    header = ("request", "cold: requests", "read units", "warm: requests", "read units")
    return table((*header, "of these after the key"), rows)


def _of_writes(measured: Iterable[Measured]) -> str:
    return table_of(
        measured,
        {
            "request": lambda it: it.request,
            "operations after the key": lambda it: ", ".join(it.warm.after_key.operations),
            "read units": lambda it: units(it.warm.after_key.read_units),
            "write units": lambda it: units(it.warm.after_key.write_units),
        },
    )


def _memory_of(size: int) -> tuple[int, dict[str, int]]:
    command = [sys.executable, "-c", _PROGRAM.format(size=size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this
    return size, json.loads(done.stdout.splitlines()[-1])


def _memory() -> str:
    return table_of(
        map(_memory_of, SIZES),
        {
            "definitions in use": lambda it: f"{it[0]:,}",
            "memory": lambda it: f"{it[1]['heap'] / 1e6:.1f} MB",
            "bytes each": lambda it: f"{it[1]['heap'] / it[0]:.0f}",
            "kept": lambda it: f"{it[1]['kept']:,}",
        },
    )


def _definition(slot: int, name: str) -> Definition:
    return Definition(
        definition_id=slot + 1,
        slot=slot,
        external_id=os.urandom(10).hex(),
        name=name,
        display_name=display_name(name),
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        description="What the customer said about it in the last call",
    )


if __name__ == "__main__":
    sys.exit(main())
