"""Receive webhooks on this machine over TLS, with a certificate for a host name."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.adapters.url_policy import PublicUrlPolicy
from shared.domain.errors import Unreachable

HOST = "hooks.example.com"


@dataclass
class Received:
    """A received request."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """The server. Records its requests, and decides the next responses."""

    port: int
    received: list[Received] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] | int = 204

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/hooks?a=b"


class ThisMachine(PublicUrlPolicy):
    """Resolves the host names of receivers to this machine, and applies every other rule."""

    def __init__(self, hosts: Sequence[str] = (HOST,)) -> None:
        self._hosts = hosts

    def resolve(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - a port's form
        if host not in self._hosts:
            raise Unreachable("there is no host of this name", "host_not_found")
        return ["127.0.0.1"]


class Authority:
    """A certificate authority that only clients with its certificate trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of tests")])
        made = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.path = folder / "authority.pem"
        self.path.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def trust(self) -> ssl.SSLContext:
        """Return the TLS context of a client that trusts this authority."""
        return ssl.create_default_context(cafile=str(self.path))

    def server_context(self, host: str = HOST) -> ssl.SSLContext:
        """Return the TLS context of a server with a host name."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = self._signed(name, key, x509.SubjectAlternativeName([x509.DNSName(host)]))
        path = self._folder / f"{host}.pem"
        path.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(self, name: Any, key: Any, extension: Any) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        if isinstance(extension, x509.BasicConstraints):
            usage = x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                crl_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            )
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self._key, hashes.SHA256())


def serve(context: ssl.SSLContext | None) -> tuple[Receiver, ThreadingHTTPServer]:
    """Start a receiver on a free port of this machine. The caller shuts its server down."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            if callable(receiver.answer):
                receiver.answer(self)
                return
            self.send_response(receiver.answer)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        # The thread of the request does the handshake, so a slow client cannot stop the server.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    receiver = Receiver(server.server_address[1])
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return receiver, server
