"""Run code of a test around every call of AWS, by either client."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient

from shared.table.lean.client import LeanClient

_CALLERS = ((BaseClient, "_make_api_call"), (LeanClient, "_call"))
"""The method of each client that makes all calls, with the operation and its parameters."""

Around = Callable[[str, Callable[[], Any]], Any]
"""Receives the operation, and a function that makes the call and returns its response."""


def around_calls(monkeypatch: pytest.MonkeyPatch, around: Around) -> None:
    """Run every later call of AWS inside of `around`."""
    for client_class, method in _CALLERS:
        call = getattr(client_class, method)

        def run(self: Any, name: str, request: dict[str, Any], call: Any = call) -> Any:
            return around(name, lambda: call(self, name, request))

        monkeypatch.setattr(client_class, method, run)
