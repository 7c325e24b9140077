"""Sign DynamoDB requests with Signature Version 4.

Source: AWS IAM User Guide, "Create a signed AWS API request".
"""

from __future__ import annotations

import hmac
import time
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple

from botocore.credentials import ReadOnlyCredentials

CONTENT_TYPE = "application/x-amz-json-1.0"
TIMESTAMP = "%Y%m%dT%H%M%SZ"

_ALGORITHM = "AWS4-HMAC-SHA256"
_LEAST_SKEW_SECONDS = 240
"""AWS accepts a clock that differs by up to five minutes."""


class Scope(NamedTuple):
    """What a signature is valid for, besides the date."""

    region: str
    service: str


class Signer:
    """Signs the fixed headers of a DynamoDB request.

    Keeps the difference between this machine's clock and DynamoDB's, and the signing key of the
    day. Safe to use from several threads: both are replaced as a whole.
    """

    def __init__(self) -> None:
        self._skew_seconds = 0.0
        self._key_of: tuple[object, bytes] | None = None

    def headers(
        self,
        credentials: ReadOnlyCredentials,
        scope: Scope,
        host: str,
        path: str,
        target: str,
        body: bytes,
    ) -> str:
        """Return the headers that authenticate a request, each with its line end."""
        now = time.strftime(TIMESTAMP, time.gmtime(self._now()))
        token = credentials.token
        token_line = f"x-amz-security-token:{token}\n" if token else ""
        signed = (
            "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
            if token
            else "content-type;host;x-amz-date;x-amz-target"
        )
        canonical_request = (
            f"POST\n{path}\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{now}\n"
            f"{token_line}x-amz-target:{target}\n\n{signed}\n{sha256(body).hexdigest()}"
        )
        credential_scope = f"{now[:8]}/{scope.region}/{scope.service}/aws4_request"
        hashed = sha256(canonical_request.encode()).hexdigest()
        text = f"{_ALGORITHM}\n{now}\n{credential_scope}\n{hashed}"
        key = self._key(credentials.secret_key or "", now[:8], scope)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        token_header = f"X-Amz-Security-Token: {token}\r\n" if token else ""
        return (
            f"X-Amz-Date: {now}\r\n{token_header}"
            f"Authorization: {_ALGORITHM} Credential={credentials.access_key}/{credential_scope}, "
            f"SignedHeaders={signed}, Signature={signature}\r\n"
        )

    def correct_clock(self, date: str | None) -> bool:
        """Take over DynamoDB's time if the clock differs by more than signatures allow.

        Args:
            date: The header `Date` of a response that rejects a signature.

        Returns:
            Whether the clock was corrected, so that another signature may be accepted.
        """
        try:
            server_time = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return False
        if abs(server_time - self._now()) < _LEAST_SKEW_SECONDS:
            return False
        self._skew_seconds = server_time - time.time()
        return True

    def _now(self) -> float:
        return time.time() + self._skew_seconds

    def _key(self, secret: str, day: str, scope: Scope) -> bytes:
        wanted = (secret, day, scope)
        if self._key_of is not None and self._key_of[0] == wanted:
            return self._key_of[1]
        key = f"AWS4{secret}".encode()
        for part in (day, *scope, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        self._key_of = (wanted, key)
        return key
