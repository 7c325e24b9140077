"""`python -m benchmarks.definitions`: measure definitions in memory and write their page."""

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template

from benchmarks.adapters import clear_adapters
from benchmarks.catalogue import SCENARIOS
from benchmarks.client import TEMPLATE, Client
from benchmarks.recorder import recording
from benchmarks.report.tables import table, units
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


def main() -> int:
    """Measure and write the page."""
    reads, writes = measure_cold_and_warm(READS), measure_cold_and_warm(WRITES)
    page = Template(TEXT.read_text(encoding="utf-8")).substitute(
        reads=_cold_and_warm(reads).strip(),
        writes=_of_writes(writes).strip(),
        memory=_memory_table([_memory_of(size) for size in SIZES]).strip(),
    )
    PAGE.write_text(page, encoding="utf-8")
    print(f"written: {PAGE.name}")
    return 0


def print_memory(size: int) -> None:
    """Print the bytes that a process takes for definitions, as `{"heap": …, "resident": …}`."""
    before = _resident_bytes()
    tracemalloc.start()
    memory = DefinitionMemory()
    wanted = names(size)
    stored = [
        to_definition(definition_item("acme", _definition(slot, wanted[slot])))
        for slot in range(size)
    ]
    memory.learn_definitions("acme", _HEAD, ContextType.CONTACT, stored)
    slots = {each.slot: SlotName(each.name, WHOLE_ACCOUNT) for each in stored}
    memory.learn_slots("acme", _HEAD, ContextType.CONTACT, slots)
    del stored, slots, wanted
    heap, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = memory.definitions("acme", _HEAD, ContextType.CONTACT, names(size))
    print(json.dumps({"heap": heap, "resident": _resident_bytes() - before, "kept": len(kept)}))


def measure_cold_and_warm(wanted: Mapping[str, Sequence[str]]) -> dict[Scenario, tuple[Cost, Cost]]:
    """Measure scenarios in a function that has just started, and in a warm one."""
    found = {}
    # Each table has an engine of its own.
    clear_adapters()
    with (
        local_table() as (dynamodb, table_name),
        recording(dynamodb, table_name) as recorder,
    ):
        client = Client(read_template(TEMPLATE))
        for number, scenario in enumerate(SCENARIOS):
            if scenario.name not in wanted.get(scenario.dialect, ()):
                continue
            costs = [
                measure(
                    scenario,
                    Stage(dynamodb, table_name, f"account-{number:03d}{cold}"),
                    client,
                    recorder,
                    cold=cold,
                )
                for cold in (True, False)
            ]
            found[scenario] = (costs[0], costs[1])
    return found


def _cold_and_warm(costs: Mapping[Scenario, tuple[Cost, Cost]]) -> str:
    rows = [
        (
            f"{scenario.dialect}: {scenario.name}",
            str(len(cold.requests)),
            units(cold.read_units),
            str(len(warm.requests)),
            units(warm.read_units),
            units(warm.after_key.read_units),
        )
        for scenario, (cold, warm) in costs.items()
    ]
    header = ("request", "cold: requests", "read units", "warm: requests", "read units")
    return table((*header, "of these after the key"), rows)


def _of_writes(costs: Mapping[Scenario, tuple[Cost, Cost]]) -> str:
    rows = [
        (
            f"{scenario.dialect}: {scenario.name}",
            ", ".join(warm.after_key.operations),
            units(warm.after_key.read_units),
            units(warm.after_key.write_units),
        )
        for scenario, (_, warm) in costs.items()
    ]
    return table(("request", "operations after the key", "read units", "write units"), rows)


def _memory_of(size: int) -> tuple[int, dict[str, int]]:
    command = [sys.executable, "-c", _PROGRAM.format(size=size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this
    return size, json.loads(done.stdout.splitlines()[-1])


def _memory_table(measured: Sequence[tuple[int, Mapping[str, int]]]) -> str:
    rows = [
        (
            f"{size:,}",
            f"{used['heap'] / 1e6:.1f} MB",
            f"{used['heap'] / size:.0f}",
            f"{used['kept']:,}",
        )
        for size, used in measured
    ]
    return table(("definitions in use", "memory", "bytes each", "kept"), rows)


def _definition(slot: int, name: str) -> Definition:
    return replace(
        _TYPICAL,
        definition_id=slot + 1,
        slot=slot,
        name=name,
        display_name=display_name(name),
        external_id=os.urandom(10).hex(),
    )


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


_TYPICAL = Definition(
    definition_id=1,
    slot=0,
    external_id="",
    name="",
    display_name="",
    variable_type=VariableType.TEXT,
    context_type=ContextType.CONTACT,
    description="What the customer said about it in the last call",
)


if __name__ == "__main__":
    sys.exit(main())
