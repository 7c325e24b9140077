"""Fixtures of handlers behind a proxy that injects faults into chosen requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.retries.standard import ExponentialBackoff

from shared.services import conflicts
from shared.table import dynamo
from tests.faults.proxy import Proxy
from tests.faults.timeouts import InstantTimeouts
from tests.fixtures import Fixtures

INJECTED = "injected"
"""The property of a test report with the number of cases: a fault at a request of a call."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the tests of this folder all the time that they need for all faults."""
    if config.getoption("--faults") == "all":
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.timeout(0), append=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print in how many cases the tests have injected a fault."""
    for outcome in ("passed", "failed"):
        count = sum(
            number
            for report in terminalreporter.getreports(outcome)
            for name, number in report.user_properties
            if name == INJECTED and report.when == "call"
        )
        terminalreporter.write_line(f"{count} cases of faults in tests that {outcome}")


@pytest.fixture(scope="session")
def proxy(engine_url: str) -> Iterator[Proxy]:
    """The proxy before the engine, one for each test worker."""
    with Proxy(engine_url) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def handlers_url(proxy: Proxy) -> str:
    """The endpoint that handlers use."""
    return proxy.url


@pytest.fixture
def wire(proxy: Proxy, fresh_table: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The wire between the handlers' client and the engine, on which all requests pass at first.

    Stalled requests time out at once, and attempts follow each other without delay. Their numbers
    are as they are.
    """
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    for module, name in ((conflicts, "_MAX_DELAYS"), (dynamo, "_BATCH_PAUSES")):
        monkeypatch.setattr(module, name, [0.0] * len(getattr(module, name)))
    proxy.timeouts = InstantTimeouts(monkeypatch)
    proxy.meddle()
    proxy.written.clear()
    yield proxy
    proxy.settle()
    proxy.meddle()
