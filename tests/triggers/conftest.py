"""Fixtures of triggers: a receiver of webhooks; a bucket and a queue of imports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.webhook_sender import HttpWebhookSender
from shared.wiring import webhooks as webhook_wiring
from tests.fixtures import Fixtures
from tests.receiver import Authority, Receiver, ThisMachine, serve
from tests.triggers.importing import BUCKET, Importer


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Create the certificate authority that the handlers trust."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    return Authority(folder)


@pytest.fixture
def receiver(
    authority: Authority, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Receiver]:
    """Start a receiver over TLS."""
    receiver, server = serve(authority.server_context())
    monkeypatch.setattr(webhook_wiring, "_URL_POLICY_OVERRIDES", [ThisMachine()])
    monkeypatch.setattr(HttpWebhookSender, "tls_context", authority.trust())
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def importer(
    services_url: str, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Importer]:
    """Return the imports of acme, which has a contact and definitions. Runs are not throttled."""
    made = Importer.on(fixtures, services_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", services_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", services_url)
    monkeypatch.setenv("IMPORT_BUCKET_NAME", BUCKET)
    monkeypatch.setenv("IMPORT_QUEUE_URL", made.queue_url)
    monkeypatch.setenv("IMPORT_ROWS_PER_SECOND", "100000")
    fixtures.account()
    fixtures.contact(email="john@example.com")
    fixtures.definition("age", "number")
    fixtures.definition("member_since", "date", display_name="Customer since")
    fixtures.definition("tier", "select", select_options=("Silver", "Gold"))
    fixtures.definition("notes")
    yield made
    made.clear()
