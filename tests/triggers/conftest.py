"""A receiver of webhooks that handlers reach by its name; a bucket and a queue of imports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.wiring import webhooks as webhook_wiring
from tests.conftest import forget_adapters
from tests.fixtures import World
from tests.receiver import Authority, Receiver, ThisMachine, serve
from tests.triggers.importing import BUCKET, Importer


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whose certificates the handlers believe."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    return Authority(folder)


@pytest.fixture
def receiver(authority: Authority, socket_enabled: None) -> Iterator[Receiver]:
    """A receiver over TLS."""
    receiver, server = serve(authority.server_context())
    webhook_wiring.choose_destinations(ThisMachine())
    webhook_wiring.courier().trust = authority.trust()
    yield receiver
    server.shutdown()
    server.server_close()
    webhook_wiring._CHOSEN_DESTINATIONS.clear()
    webhook_wiring.courier.cache_clear()


@pytest.fixture
def importer(
    services_url: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Importer]:
    """The imports of acme, which has a contact and definitions; no run waits for its pace."""
    made = Importer.on(world, services_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", services_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", services_url)
    monkeypatch.setenv("IMPORT_BUCKET_NAME", BUCKET)
    monkeypatch.setenv("IMPORT_QUEUE_URL", made.queue_url)
    monkeypatch.setenv("IMPORT_ROWS_PER_SECOND", "100000")
    forget_adapters()
    world.account()
    world.contact(email="john@example.com")
    world.definition("age", "number")
    world.definition("member_since", "date", display_name="Customer since")
    world.definition("tier", "select", select_options=("Silver", "Gold"))
    world.definition("notes")
    yield made
    made.clear()
    forget_adapters()
