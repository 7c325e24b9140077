"""Describe why a request to a webhook failed: a stable code and a message.

Neither reveals more than the receiver or its network has shown: no address, no internal error.
Source of the verification codes: OpenSSL, `X509_STORE_CTX_get_error`.
"""

import errno
import ssl
from http.client import HTTPException
from typing import NamedTuple

from shared.domain.errors import Unreachable


class Failure(NamedTuple):
    """Why a request failed: a code for programs and a message for people."""

    code: str
    message: str


class ConnectTimeout(TimeoutError):
    """The connection was not made in time."""


CONNECT_TIMEOUT = Failure("connect_timeout", "the connection was not made in time")
RESPONSE_TIMEOUT = Failure("response_timeout", "the receiver did not respond in time")
REFUSED = Failure("connection_refused", "the connection was refused")
CLOSED = Failure("connection_closed", "the connection was closed before a response")
NO_ROUTE = Failure("network_unreachable", "there is no route to the host")
NO_CONNECTION = Failure("connection_failed", "the connection failed")
INVALID_RESPONSE = Failure("invalid_response", "the response is not valid HTTP")
TLS_FAILED = Failure("tls_failed", "the TLS handshake failed")

_CERTIFICATES = {
    9: Failure("certificate_not_yet_valid", "the certificate is not valid yet"),
    10: Failure("certificate_expired", "the certificate has expired"),
    18: Failure("certificate_self_signed", "the certificate is self-signed"),
    19: Failure("certificate_untrusted", "the certificate authority is not trusted"),
    20: Failure("certificate_untrusted", "the certificate authority is not trusted"),
    21: Failure("certificate_untrusted", "the certificate authority is not trusted"),
    62: Failure("certificate_host_mismatch", "the certificate is for another host"),
    64: Failure("certificate_host_mismatch", "the certificate is for another host"),
}
_INVALID_CERTIFICATE = Failure("certificate_invalid", "the certificate is not valid")

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})

CODES = (
    *("address_not_allowed", "host_not_found", "dns_unavailable"),
    *(REFUSED.code, NO_ROUTE.code, NO_CONNECTION.code, CONNECT_TIMEOUT.code),
    *(TLS_FAILED.code, _INVALID_CERTIFICATE.code),
    *dict.fromkeys(each.code for each in _CERTIFICATES.values()),
    *(RESPONSE_TIMEOUT.code, CLOSED.code, INVALID_RESPONSE.code),
    *("redirect_not_followed", "http_status"),
)
"""Every code."""

_BY_CLASS: tuple[tuple[type[Exception], Failure], ...] = (
    (ConnectTimeout, CONNECT_TIMEOUT),
    (TimeoutError, RESPONSE_TIMEOUT),
    (ConnectionRefusedError, REFUSED),
    (ConnectionError, CLOSED),
    (ssl.SSLEOFError, CLOSED),
    (ssl.SSLError, TLS_FAILED),
    (HTTPException, INVALID_RESPONSE),
)
"""The first row that matches the class of an error applies."""


def failure_of(error: Exception) -> Failure:
    """Describe the error of a request without a response."""
    match error:
        case Unreachable(code=code, reason=reason):
            return Failure(code, reason)
        case ssl.SSLCertVerificationError(verify_code=code):
            return _CERTIFICATES.get(code, _INVALID_CERTIFICATE)
        case OSError(errno=number) if number in _UNREACHABLE:
            return NO_ROUTE
    found = (failure for kind, failure in _BY_CLASS if isinstance(error, kind))
    return next(found, NO_CONNECTION)


def failure_of_status(status: int) -> Failure | None:
    """Describe a response by its status; None for a success."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Failure("redirect_not_followed", f"the receiver answered {status}: not followed")
    return Failure("http_status", f"the receiver answered {status}")
