"""Fixtures of handlers behind a proxy that injects faults into chosen requests."""

from collections.abc import Iterator

import pytest
from botocore.config import Config
from botocore.retries.standard import ExponentialBackoff

from shared.services import conflicts
from shared.table import dynamo
from shared.wiring import endpoints as wiring
from tests.faults.proxy import Proxy
from tests.fixtures import Fixtures

READ_SECONDS = 0.4


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    """A world on an engine, which `api` fills and which is read without the proxy."""
    return engine_world


@pytest.fixture
def wire(engine_url: str, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The wire between the handlers' botocore and the engine.

    Nobody waits longer than it takes: how often something is tried again is as it is.
    """
    in_haste = wiring.CLIENT_CONFIG.merge(Config(read_timeout=READ_SECONDS))
    monkeypatch.setattr(wiring, "CLIENT_CONFIG", in_haste)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    for module, name in ((conflicts, "_MAX_DELAYS"), (dynamo, "_BATCH_PAUSES")):
        monkeypatch.setattr(module, name, [0.0] * len(getattr(module, name)))
    with Proxy(engine_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.url)
        yield proxy
        proxy.settle()
