"""Local APIs that tests start and share."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.local.running_api import LocalApi, running

StartApi = Callable[..., contextlib.AbstractContextManager[LocalApi]]


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let processes that a test starts be interrupted.

    A shell ignores SIGINT for its background jobs, and a process hands that on to its children.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def start_api(tmp_path: Path) -> StartApi:
    """Give a function that runs a local API with the arguments it is given."""
    return lambda *arguments: running(tmp_path, *arguments)


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApi]:
    """Give a local API that tests share: none may stop it."""
    with running(tmp_path_factory.mktemp("api")) as shared:
        yield shared
