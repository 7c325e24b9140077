"""Local APIs that tests start and share."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.local.running_api import LocalApi, running

StartApi = Callable[..., contextlib.AbstractContextManager[LocalApi]]


@pytest.fixture
def start_api(tmp_path: Path) -> StartApi:
    """Give a function that runs a local API with the arguments it is given."""
    return lambda *arguments: running(tmp_path, *arguments)


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApi]:
    """Give a local API that tests share: none may stop it."""
    with running(tmp_path_factory.mktemp("api")) as shared:
        yield shared
