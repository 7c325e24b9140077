"""Every module of `local` and `benchmarks` serves a promise or a gate, named in docs/modules.md."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "modules.md"
MODULE = re.compile(r"`((?:local|benchmarks)/[a-z_/]+\.py)`")
ROWS = [
    (MODULE.findall(modules), purpose)
    for modules, purpose in re.findall(r"^\| (`.+?) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
]
REFERENCE = re.compile(r"\]\([\w./#-]+\)|`tests/[\w/.]+`")


def test_every_module_has_one_row():
    modules = {
        str(path.relative_to(ROOT))
        for folder in ("local", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "__init__.py"
    }
    listed = Counter(module for row, _ in ROWS for module in row)
    assert modules - listed.keys() == set()
    assert listed.keys() - modules == set()
    assert [module for module, count in listed.items() if count > 1] == []


@pytest.mark.parametrize(("modules", "purpose"), ROWS, ids=lambda row: row[0])
def test_a_row_refers_to_a_page_or_a_test(modules: list[str], purpose: str):
    assert modules
    assert REFERENCE.search(purpose)
    tests = re.findall(r"`(tests/[\w/.]+)`", purpose)
    assert [test for test in tests if not (ROOT / test).exists()] == []
