"""`python -m local.webhook_receiver`: receive webhooks and print whether they are genuine.

It shows the steps of a subscriber: verify the signature, respond, then process the event.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from local.command_line import CommandParser
from local.failure import LocalApiError
from local.ports import HOST, listening_socket

_SECRET = "WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
_GENERATED = "whsec_"
_MAX_BODY_BYTES = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Listen until Ctrl-C.

    Returns:
        The exit status: 0, or 2 with one sentence on stderr.
    """
    try:
        given = _parser().parse_args(arguments)
        secret = given.secret or os.environ.get(_SECRET, "")
        verifier = _verifier(secret)
        # Reports a port in use with the message of the other commands.
        listening_socket(given.port, "--port").close()
    except LocalApiError as error:
        print(error, file=sys.stderr)
        return 2
    server = ThreadingHTTPServer((HOST, given.port), _handler(verifier))
    print(f"Webhooks are taken at http://{HOST}:{given.port}/. Ctrl-C stops it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def _verifier(secret: str) -> Webhook:
    if not secret:
        raise LocalApiError(
            f"Give the secret that the creation returned, with --secret or {_SECRET}."
        )
    # A secret that is not Base64 is used as raw bytes.
    return Webhook(secret if secret.startswith(_GENERATED) else secret.encode())


def _handler(verifier: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Receive one event, and print whether it is genuine."""
            length = self.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
                self._answer(413)
                return
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                verifier.verify(body, headers)
            except WebhookVerificationError as error:
                self._answer(400)
                print(f"REFUSED {error}", flush=True)
                return
            self._answer(204)
            print(f"VERIFIED {headers['webhook-id']} {body.decode()}", flush=True)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Suppress the access log, because each event has a line."""

    return Handler


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="python -m local.webhook_receiver",
        description="Take webhooks on this machine, and tell which are genuine.",
    )
    parser.add_argument("--port", type=_port, default=3003, help="where to listen (%(default)s)")
    parser.add_argument("--secret", help=f"the webhook's secret, whsec_... ({_SECRET})")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
