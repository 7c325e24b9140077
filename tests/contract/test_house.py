"""Test the project rules of CONTRIBUTING.md that no linter knows."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore import xform_name

from tests.contract.cold_starts import ColdStarts

ROOT = Path(__file__).parents[2]
HANDLERS = sorted((ROOT / "functions").glob("*/*/app.py"))
VENDORS = re.compile("klen|chatcaptain|vambe|setter", re.IGNORECASE)
CORE = [
    path
    for room in ("domain", "validation", "services", "table", "adapters", "gateway")
    for path in sorted((ROOT / "shared" / room).rglob("*.py"))
]
SOURCES = [
    path
    for room in ("shared", "functions", "local", "openapi_documents", "benchmarks", "tests")
    for path in (ROOT / room).rglob("*.py")
]
NO_ROOMS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
BRANCHES = (
    *(ast.If, ast.IfExp, ast.BoolOp, ast.Match, ast.Try, ast.TryStar, ast.With, ast.Lambda),
    *(ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.NamedExpr, ast.AsyncFor, ast.AsyncFunctionDef, ast.AsyncWith, ast.Await),
)


WORDS = {"collections.abc", "typing"}
"""Modules that only annotations need."""

HOOKS = "hooks"
"""The group of functions that voice platforms call, each with its own format."""

NO_DIALECT = "docs"
"""The group of functions that describe the service. They have no dialect and need no key."""

WORDING = {"dialect", "webhook_payloads"}
"""The modules of dialects that a trigger loads: they build payloads of webhooks."""

TRIGGERS = "triggers"
"""The group of functions without HTTP routes."""


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("handler", HANDLERS, ids=relative)
def test_a_handler_is_thin(handler: Path):
    """It parses, calls use cases and one presenter: no branch, no loop, no AWS."""
    text = handler.read_text()
    tree = ast.parse(text)
    assert not [node for node in ast.walk(tree) if isinstance(node, BRANCHES)]
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all(module.startswith("shared.") for module in imported if module not in WORDS)
    assert not any(module.startswith("shared.table") for module in imported)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    assert len(text.splitlines()) <= 30


@pytest.mark.parametrize("module", CORE, ids=relative)
def test_the_core_knows_no_vendor(module: Path):
    assert not VENDORS.search(module.read_text())


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_is_named_for_what_it_holds(path: Path):
    names = {*path.relative_to(ROOT).parts[:-1], path.stem}
    assert not names & NO_ROOMS
    folders = set(path.relative_to(ROOT).parts[:-1])
    assert not folders & sys.stdlib_module_names


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py"], ids=relative)
def test_a_package_is_a_docstring(path: Path):
    """Every function would load the imports of a package."""
    body = ast.parse(path.read_text()).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)


@pytest.fixture(scope="module")
def bare_starts() -> Iterator[ColdStarts]:
    with ColdStarts(ROOT, with_packages=False) as starts:
        yield starts


@pytest.fixture(scope="module")
def starts_with_packages() -> Iterator[ColdStarts]:
    with ColdStarts(ROOT, with_packages=True) as starts:
        yield starts


@pytest.mark.parametrize("handler", HANDLERS, ids=relative)
def test_a_function_loads_its_own_dialect_and_no_boto3(
    handler: Path, request: pytest.FixtureRequest
):
    """In a process of its own. One without a dialect loads no storage."""
    group = handler.parent.parent.name
    fixture = "bare_starts" if group == NO_DIALECT else "starts_with_packages"
    loaded = request.getfixturevalue(fixture).modules_of(handler)
    of_dialects = [name.split(".")[2:] for name in loaded if name.startswith("shared.dialects.")]
    dialects = {dialect for dialect, *_ in of_dialects}
    if group == TRIGGERS:
        assert {part for _, *parts in of_dialects for part in parts} <= WORDING
    else:
        assert dialects == {group} - {NO_DIALECT, HOOKS}
    unwanted = {"boto3", "local", "openapi_documents"}
    assert not {name.split(".")[0] for name in loaded} & unwanted
    if group == NO_DIALECT:
        unwanted = {"botocore.session", "pydantic", "shared.table", "shared.wiring.endpoints"}
        assert not unwanted & loaded


def test_every_client_of_aws_is_made_fit_for_a_snapshot():
    """Only `wiring.aws_client` makes clients."""
    sources = (ROOT / "shared").rglob("*.py")
    makers = [relative(path) for path in sources if "create_client(" in path.read_text()]
    assert makers == ["shared/wiring/endpoints.py"]


@pytest.mark.parametrize("handler", HANDLERS, ids=relative)
def test_an_endpoint_has_its_name_in_every_place(handler: Path):
    """Folder and logical id (see test_template.py), event, test, row of endpoints.md, section."""
    dialect, name = handler.parent.parent.name, handler.parent.name
    group = "trigger" if dialect == TRIGGERS else dialect
    logical_id = "".join(word.capitalize() for word in f"{group}_{name}".split("_"))
    assert (ROOT / "events" / dialect / f"{name}.json").is_file()
    tests = ROOT / "tests" / (TRIGGERS if dialect == TRIGGERS else f"endpoints/{dialect}")
    assert (tests / f"test_{name}.py").is_file()
    assert f"`{name}`" in (ROOT / "docs" / "endpoints.md").read_text()
    pages = {NO_DIALECT: "openapi.md", TRIGGERS: "triggers.md", HOOKS: "hooks.md"}
    page = pages.get(dialect, f"dialects/{dialect}.md")
    assert f"`{name}`" in (ROOT / "docs" / page).read_text()
    assert logical_id in (ROOT / "template.yaml").read_text()


def test_a_call_on_the_lean_path_is_read_in_one_module_with_its_picture():
    text = (ROOT / "shared/table/lean/client.py").read_text()
    assert len(text.splitlines()) <= 300
    module = ast.parse(text)
    steps = {
        "ConnectionPool",
        "Signer",
        *re.findall(r"\.emit(?:_until_response)?\(\s*f\"([a-z-]+)", text),
    }
    assert {"before-parameter-build", "before-call", "before-send", "after-call"} < steps
    assert {step for step in steps if step not in (ast.get_docstring(module) or "")} == set()


def test_the_layer_keeps_every_operation_of_aws_that_is_asked_for():
    """The build removes all others, which tests of the sources cannot see."""
    text = (ROOT / "shared" / "Makefile").read_text().replace("$\\\n\t", "")
    (line,) = re.findall(r"^OPERATIONS := (.*)$", text, re.MULTILINE)
    kept = {
        xform_name(operation)
        for service in line.split()
        for operation in service.partition(":")[2].split(",")
    }
    code = "".join(path.read_text() for path in (ROOT / "shared").rglob("*.py"))
    asked = set(re.findall(r"\b_client\.([a-z_]+)\b", code)) - {"meta", "generate_presigned_url"}
    signed = set(re.findall(r"_address\(\s*\"([a-z_]+)\"", code))
    assert {"get_item", "put_events", "head_object"} <= asked
    assert "put_object" in signed
    assert asked | signed <= kept


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=str)
def test_an_action_of_others_is_pinned_by_its_commit(path: Path):
    """A tag can be moved to other code, a commit cannot."""
    used = re.findall(r"^\s*-? *uses: (.+)$", path.read_text(), re.MULTILINE)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each) for each in used), used
