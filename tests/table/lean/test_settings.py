"""Credentials, endpoints, proxies and certificates are those of botocore."""

import inspect
import json
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import botocore.session
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, SSLError

from shared.runtime.config import BOTOCORE, LEAN
from shared.table.lean.client import LeanClient
from shared.wiring import endpoints as wiring
from tests.dynamodb_server import DynamoServer, Reply, Request, dynamodb_server, fault
from tests.receiver import Authority
from tests.table.lean.conftest import CLIENTS, CONFIG, MakeClient

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
HOST = "dynamodb.example.com"


def get(client: Any) -> Any:
    return client.get_item(TableName="t", Key=KEY)


def access_key(server: DynamoServer) -> str:
    """Return the access key that signed the last request."""
    signed = server.requests[-1].headers["Authorization"]
    return signed.split("Credential=")[1].split("/")[0]


class Issuer:
    """Issues new credentials each time, as for a container or an instance."""

    def __init__(self) -> None:
        self.given = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self.reply("a-token")

            def do_GET(self) -> None:
                if self.path.endswith("security-credentials/"):
                    self.reply("a-role")
                else:
                    self.reply(json.dumps(issuer.credentials()))

            def reply(self, text: str) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def credentials(self) -> dict[str, str]:
        self.given += 1
        expiry = datetime.now(UTC) + timedelta(hours=1)
        return {
            "Code": "Success",
            "Version": 1,
            "AccessKeyId": f"key-{self.given}",
            "SecretAccessKey": "a-secret",
            "Token": f"token-{self.given}",
            "SessionToken": f"token-{self.given}",
            "Expiration": expiry.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


class TestCredentials:
    @pytest.mark.parametrize("source", ["container", "instance", "process"])
    def test_credentials_that_expire_are_refreshed_between_two_tries(
        self,
        source: str,
        issuer: Issuer,
        server: DynamoServer,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        if source == "container":
            monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{issuer.url}/role")
        elif source == "instance":
            monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", issuer.url)
        else:
            script, config = tmp_path / "issue", tmp_path / "config"
            script.write_text(f"#!/bin/sh\ncurl --silent --noproxy '*' {issuer.url}/role\n")
            script.chmod(0o755)
            config.write_text(f"[profile ops]\ncredential_process = {script}\n")
            monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
            monkeypatch.setenv("AWS_PROFILE", "ops")
        lean = make_client()

        def expire(_: Request) -> Reply:
            lean._credentials._expiry_time = datetime.now(UTC)
            return fault("InternalServerError", 500) if len(server.requests) == 1 else Reply()

        server.answer = expire
        get(lean)
        tokens = [each.headers["X-Amz-Security-Token"] for each in server.requests]
        assert tokens == [f"token-{issuer.given - 1}", f"token-{issuer.given}"]
        assert access_key(server) == f"key-{issuer.given}"

    def test_a_profile_in_a_file_and_the_environment_are_read(
        self,
        server: DynamoServer,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ):
        get(make_client())
        assert access_key(server) == "testing"
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        file = tmp_path / "credentials"
        file.write_text("[ops]\naws_access_key_id = of-ops\naws_secret_access_key = a-secret\n")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
        monkeypatch.setenv("AWS_PROFILE", "ops")
        get(make_client())
        assert access_key(server) == "of-ops"

    @pytest.mark.parametrize("kind", CLIENTS)
    def test_without_credentials_nothing_is_sent(
        self,
        kind: str,
        server: DynamoServer,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            monkeypatch.setenv(name, str(tmp_path / "none"))
        with pytest.raises(NoCredentialsError):
            get(make_client(kind))
        assert server.requests == []

    def test_what_botocore_does_not_sign_is_not_signed(
        self, server: DynamoServer, make_client: MakeClient
    ):
        for kind in CLIENTS:
            client = make_client(kind)
            client.meta.events.register("choose-signer.dynamodb", unsigned)
            get(client)
        for request in server.requests:
            assert "Authorization" not in request.headers


def unsigned(**_: Any) -> Any:
    return botocore.UNSIGNED


class TestEndpoints:
    @pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1"])
    @pytest.mark.parametrize(
        "environment",
        [
            {},
            {"AWS_ACCOUNT_ID": "123456789012"},
            {"AWS_ACCOUNT_ID": "123456789012", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"},
            {"AWS_USE_FIPS_ENDPOINT": "true"},
            {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "https://b:8/c"},
            {"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            {"AWS_ENDPOINT_URL": "http://a/?x=1"},
        ],
        ids=str,
    )
    def test_a_request_goes_where_botocores_goes(
        self,
        environment: dict[str, str],
        region: str,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        """This fails when a new botocore changes `_resolve_endpoint_ruleset`."""
        monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB")
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        sent: list[tuple[str, str]] = []

        def note(request: Any, **_: Any) -> Any:
            signed = request.headers["Authorization"]
            text = signed.decode() if isinstance(signed, bytes) else signed
            sent.append((request.url, text.split("Credential=")[1].split(",")[0]))
            return type("Reply", (), {"status_code": 200, "headers": {}, "content": b"{}"})()

        for kind in CLIENTS:
            client = make_client(kind)
            client.meta.events.register("before-send.dynamodb", note)
            get(client)
        assert sent[0] == sent[1]

    def test_the_private_attribute_takes_what_it_is_given(self):
        parameters = inspect.signature(BaseClient._resolve_endpoint_ruleset).parameters
        assert [*parameters][:4] == ["self", "operation_model", "params", "request_context"]


class TestNetwork:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    @pytest.fixture
    def tls_server(
        self, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[DynamoServer]:
        resolve = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda _, *rest, **options: resolve("127.0.0.1", *rest, **options),
        )
        monkeypatch.setattr(time, "sleep", lambda _: None)
        for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)
        with dynamodb_server(authority.server_context(HOST)) as each:
            yield each

    @pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
    def test_a_certificate_is_accepted_of_a_trusted_authority(
        self,
        variable: str,
        tls_server: DynamoServer,
        authority: Authority,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://{HOST}:{tls_server.port}")
        monkeypatch.setenv(variable, str(authority.path))
        for kind in CLIENTS:
            get(make_client(kind))
            get(make_client(kind))
        assert len(tls_server.requests) == 4

    @pytest.mark.parametrize("case", ["authority", "name", "file"])
    def test_any_other_certificate_is_refused(
        self,
        case: str,
        tls_server: DynamoServer,
        authority: Authority,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        host = "other.example.com" if case == "name" else HOST
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://{host}:{tls_server.port}")
        bundles = {"name": authority.path, "file": authority.path.with_name("missing.pem")}
        if case in bundles:
            monkeypatch.setenv("AWS_CA_BUNDLE", str(bundles[case]))
        for kind in CLIENTS:
            with pytest.raises(SSLError):
                get(make_client(kind))
        assert tls_server.requests == []

    def test_the_context_is_as_strict_as_botocores(
        self,
        tls_server: DynamoServer,
        authority: Authority,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://{HOST}:{tls_server.port}")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.path))
        lean = make_client()
        get(lean)
        (pool,) = lean._destinations._pools.values()
        context = pool._trusted()
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname

    def test_a_proxy_is_asked_by_botocores_client(
        self, server: DynamoServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://{HOST}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
        get(make_client())
        assert server.requests[-1].target == f"http://{HOST}/"
        monkeypatch.setenv("NO_PROXY", HOST)
        assert isinstance(make_client(), LeanClient)

    def test_what_the_lean_client_does_not_do_is_botocores(
        self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
    ):
        for config in (
            Config(proxies={"http": "http://127.0.0.1:9"}),
            Config(client_cert="/certificate.pem"),
            Config(retries={"mode": "adaptive"}),
        ):
            assert not isinstance(make_client(config=config), LeanClient)
        monkeypatch.setenv("AWS_ENDPOINT_DISCOVERY_ENABLED", "true")
        assert not isinstance(make_client(config=Config()), LeanClient)

    def test_connections_are_kept_alive_and_not_delayed(self, make_client: MakeClient):
        lean = make_client()
        get(lean)
        (pool,) = lean._destinations._pools.values()
        sock = pool._idle[0].sock
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.gettimeout() == CONFIG.read_timeout
        assert pool._idle[0].timeout == CONFIG.connect_timeout


class TestSwitch:
    def test_the_setting_chooses_the_client(
        self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
    ):
        assert isinstance(make_client(LEAN), LeanClient)
        assert isinstance(make_client(BOTOCORE), BaseClient)
        monkeypatch.delenv("DYNAMODB_CLIENT")
        assert isinstance(wiring.table()._client, LeanClient)
