"""Each platform is found by its name, alone, and states what a hook needs to know of it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.platforms.declarations import declaration_faults
from shared.platforms.platform import DEFAULT_DEADLINE_MS
from shared.platforms.registry import NAMES, find
from shared.platforms.signature_scheme import SignatureScheme
from shared.platforms.values import CALL_VARIABLE

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "shared" / "platforms"
MODULES = [path for path in sorted(PACKAGE.glob("*.py")) if "PLATFORM = " in path.read_text()]


def test_every_module_of_a_platform_is_in_the_table():
    assert sorted(NAMES) == [path.stem for path in MODULES]


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_has_the_name_of_its_module(name: str):
    assert find(name).name == name
    assert find(name) is find(name)


@pytest.mark.parametrize("name", ["", "values", "../retell", "klen"])
def test_another_name_is_no_platform(name: str):
    """A name comes from a stored hook, and must never choose a module."""
    with pytest.raises(KeyError):
        find(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_loads_one_platform_and_nothing_heavy(name: str):
    """In a process of its own, as at a cold start."""
    program = (
        "import sys; from shared.platforms import registry, signatures;"
        "registry.find(sys.argv[1]); print('\\n'.join(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {*ran.stdout.split()}

    assert {each for each in NAMES if f"shared.platforms.{each}" in loaded} == {name}
    heavy = {"pydantic", "botocore", "boto3", "ssl", "http.client", "xml.etree", "asyncio"}
    assert not {each.split(".")[0] for each in loaded} & heavy
    assert not loaded & {*heavy, "shared.platforms.ed25519"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_platform_is_data_and_a_few_functions(path: Path):
    """A module defines no class and handles no error: what it lacks is in the shared ones."""
    tree = ast.parse(path.read_text())

    assert not [each for each in ast.walk(tree) if isinstance(each, ast.ClassDef | ast.Try)]
    assert len(path.read_text().splitlines()) <= 180


@pytest.mark.parametrize("name", NAMES)
def test_the_deadline_is_within_the_budget(name: str):
    platform = find(name)

    assert platform.deadline_ms == DEFAULT_DEADLINE_MS
    assert platform.budget_ms is None or platform.deadline_ms <= platform.budget_ms - 300


@pytest.mark.parametrize("name", NAMES)
def test_the_names_of_variables_are_checked_by_one_pattern(name: str):
    rules = find(name).values

    assert re.compile(rules.name_pattern)
    assert rules.name_fault("customer_name") is None
    assert rules.name_fault(CALL_VARIABLE)
    assert all(not rules.takes_name(each) for each in rules.reserved_names)
    assert all(not rules.takes_name(f"{each}x") for each in rules.reserved_prefixes)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_hook_may_set_of_a_signature_is_part_of_it(name: str):
    platform = find(name)
    members = {*SignatureScheme.__dataclass_fields__, "header"} - {"headers", "fields"}

    assert platform.signature_settings <= members
    assert not platform.signature_settings or platform.signature is not None


class TestDeclarations:
    """What an agent declares is checked before a call depends on it."""

    @pytest.mark.parametrize("name", NAMES)
    def test_a_complete_declaration_has_no_fault(self, name: str):
        platform = find(name)
        needed = {each.name: "x" for each in platform.settings if each.required}
        first = next((each.name for each in platform.settings if each.choice), None)
        settings = {**needed, **({first: "x"} if first else {})}

        assert declaration_faults(platform, ["customer_name", "plan"], settings) == []

    def test_every_fault_is_reported_with_its_place(self):
        settings = {"assistant_id": "a", "squad_id": "s", "voice_provider": 1, "odd": "x"}
        faults = declaration_faults(find("vapi"), ["plan", "now", "a b", CALL_VARIABLE], settings)

        assert [fault.path for fault in faults] == [
            ("variables", 1, "as"),
            ("variables", 2, "as"),
            ("variables", 3, "as"),
            ("settings", "voice_provider"),
            ("settings", "odd"),
            ("settings",),
        ]
        assert all(fault.reason for fault in faults)

    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("vapi", ("settings",)),
            ("twilio", ("settings", "url")),
            ("openai", ("settings", "model")),
        ],
    )
    def test_a_setting_that_a_call_needs_is_missed(self, name: str, path: tuple):
        assert [fault.path for fault in declaration_faults(find(name), [], {})] == [path]

    def test_more_variables_than_the_platform_reads_are_a_fault(self):
        names = [f"v{number}" for number in range(51)]

        (fault,) = declaration_faults(find("fish_audio"), names, {})
        assert fault.path == ("variables",)
        assert declaration_faults(find("fish_audio"), names[:50], {}) == []

    @pytest.mark.parametrize("value", ["", "  ", None, 1, ["x"], "x" * 2001])
    def test_a_setting_is_a_text(self, value):
        (fault,) = declaration_faults(find("retell"), [], {"agent_id": value})

        assert fault.path == ("settings", "agent_id")
