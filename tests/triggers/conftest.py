"""A receiver of webhooks that handlers reach by its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import wiring
from tests.receiver import Authority, Receiver, ThisMachine, serve


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whose certificates the handlers believe."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    return Authority(folder)


@pytest.fixture
def receiver(authority: Authority, socket_enabled: None) -> Iterator[Receiver]:
    """A receiver over TLS."""
    receiver, server = serve(authority.server_context())
    wiring.choose_destinations(ThisMachine())
    wiring.courier().trust = authority.trust()
    yield receiver
    server.shutdown()
    server.server_close()
    wiring._CHOSEN_DESTINATIONS.clear()
    wiring.courier.cache_clear()
