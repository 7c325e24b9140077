"""Clear the adapters that the wiring keeps.

Tests use it too: `monkeypatch` calls it whenever the environment changes.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import shared.wiring


def cached_adapters() -> Iterator[Any]:
    """Find every cached function that a module of the wiring defines."""
    for module in pkgutil.iter_modules(shared.wiring.__path__, "shared.wiring."):
        for each in vars(importlib.import_module(module.name)).values():
            if hasattr(each, "cache_clear") and each.__module__ == module.name:
                yield each


def clear_adapters() -> None:
    """Make the next use of each adapter read the environment and create its client again."""
    for each in cached_adapters():
        each.cache_clear()
