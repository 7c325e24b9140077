"""Clear the adapters of the wiring when the environment of a test changes.

The wiring makes every adapter once, from the environment. Tests change the environment, and a
fixture that forgets to clear one adapter leaves it to the next test. So `monkeypatch` clears all
of them on every change and again when it undoes the changes.
"""

from typing import Any

import pytest

from benchmarks.adapters import clear_adapters
from shared.wiring import agents, definitions
from shared.wiring import endpoints as wiring

ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"

_kept_for: dict[str, str] = {}
"""The environment that `use` set when the adapters were made, until something else clears them."""


def forget_resources() -> None:
    """Clear the adapters if they use more than the table. The next test uses only the table."""
    if _kept_for.keys() - {ENDPOINT}:
        forget_adapters()


def forget_adapters() -> None:
    """Make the next use of each adapter read the environment."""
    _kept_for.clear()
    clear_adapters()


class WiringMonkeyPatch(pytest.MonkeyPatch):
    """A monkeypatch that clears the adapters when the environment or the wiring changes."""

    def __init__(self) -> None:
        super().__init__()
        self._has_cleared = False
        self._used: dict[str, str] = {}

    def setenv(self, *arguments: Any, **options: Any) -> None:
        super().setenv(*arguments, **options)
        self._clear()

    def delenv(self, *arguments: Any, **options: Any) -> None:
        super().delenv(*arguments, **options)
        self._clear()

    def setattr(self, target: Any, *arguments: Any, **options: Any) -> None:
        super().setattr(target, *arguments, **options)
        if getattr(target, "__name__", "").startswith("shared.wiring."):
            self._clear()

    def undo(self) -> None:
        super().undo()
        if self._has_cleared:
            forget_adapters()

    def use(self, environment: dict[str, str]) -> None:
        """Set variables, and keep adapters that were made with the same ones.

        A client takes 12 ms to make, and thousands of tests share an engine and its resources.
        """
        self._used |= environment
        for name, value in environment.items():
            super().setenv(name, value)
        if self._used != _kept_for:
            forget_adapters()
            _kept_for.update(self._used)
        # Every test has a new table, whose versions start again.
        wiring.memory().clear()
        wiring.request_tokens.cache_clear()
        definitions.unknown_names.cache_clear()
        agents.agent_memory().clear()

    def _clear(self) -> None:
        self._has_cleared = True
        forget_adapters()
