"""Adapters that follow the environment of each test.

The wiring makes every adapter once, from the environment. Tests change the environment, and a
fixture that forgets to clear one adapter leaves it to the next test. So `monkeypatch` clears all
of them on every change and again when it undoes the changes.
"""

from typing import Any

import pytest

from benchmarks.adapters import clear_adapters
from shared.wiring import agents
from shared.wiring import endpoints as wiring

ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"


class WiringMonkeyPatch(pytest.MonkeyPatch):
    """A monkeypatch that clears the adapters when the environment or the wiring changes."""

    def __init__(self) -> None:
        super().__init__()
        self._has_cleared = False

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
            clear_adapters()

    def use_engine(self, url: str) -> None:
        """Set the endpoint of the table, and keep adapters that use it already.

        A client takes 12 ms to make, and thousands of tests share an engine.
        """
        super().setenv(ENDPOINT, url)
        if wiring.table()._client.meta.endpoint_url != url:
            self._clear()
        # Every test has a table of its own, whose versions begin anew.
        wiring.memory().clear()
        agents.agent_memory().clear()

    def _clear(self) -> None:
        self._has_cleared = True
        clear_adapters()
