"""Verify the signatures of voice platforms over the bytes as they were sent."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from shared.domain.records import dataclass
from shared.platforms.documents import MAX_BODY_BYTES, form_fields
from shared.platforms.platform import HookRequest
from shared.platforms.signature_scheme import (
    Algorithm,
    Encoding,
    HeaderFields,
    SignatureScheme,
)

MAX_HEADER_CHARS = 4096
"""The longest header that is read."""

MAX_SIGNATURES = 8
"""The most signatures of one header, and the most secrets of one hook."""

_HASHES = {
    Algorithm.HMAC_SHA1: "sha1",
    Algorithm.HMAC_SHA256: "sha256",
    Algorithm.HMAC_SHA512: "sha512",
}
_TIMESTAMP = re.compile("[0-9]{1,16}")
_PLACEHOLDER = re.compile(r"(\{[a-z]+\})")
_PUBLIC_KEY_BYTES = 32
_DEFAULT_PORTS = {"https": 443, "http": 80}
_FORM = "application/x-www-form-urlencoded"


class SignatureStatus(StrEnum):
    """What a verification found."""

    VERIFIED = "verified"
    UNSIGNED = "unsigned"
    """The request has no signature, or the hook has no secret to verify it with."""
    WRONG = "wrong"
    """The signature is malformed, or of other bytes or of another key."""
    REPLAYED = "replayed"
    """The signature is genuine, but its timestamp is not of now."""


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """The result of a verification.

    Attributes:
        status: What was found.
        reason: Why the request is not verified, in words without any of its contents.
    """

    status: SignatureStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Signed:
    """What the headers of a request say."""

    signatures: tuple[bytes, ...]
    timestamp: str
    message_id: str


class _Malformed(Exception):
    """A header is not of the form that the scheme states. The message is the reason."""


def verify(
    scheme: SignatureScheme,
    request: HookRequest,
    secrets: Sequence[str],
    now: float,
    call_id: str | None = None,
) -> SignatureVerdict:
    """Verify the signature of a request. Never raises for what a request contains.

    Args:
        scheme: How the platform signs.
        request: The request.
        secrets: The secrets or public keys of which one has to fit.
        now: The time in seconds since 1970.
        call_id: The id of the call, for the scheme that signs nothing else.
    """
    header = next((name for name in scheme.headers if name in request.headers), None)
    if header is None:
        return SignatureVerdict(SignatureStatus.UNSIGNED, f"no header {scheme.headers[0]}")
    secrets = [each for each in secrets if each][:MAX_SIGNATURES]
    if not secrets:
        return SignatureVerdict(SignatureStatus.UNSIGNED, "the hook has no secret")
    given = request.headers[header]
    try:
        if scheme.algorithm is Algorithm.SECRET:
            return _secret_verdict(scheme, given, secrets)
        signed = _read_headers(scheme, request, header, given)
        texts = _signed_texts(scheme, request, signed, call_id)
    except _Malformed as fault:
        return SignatureVerdict(SignatureStatus.WRONG, str(fault))
    if not _matches(scheme, signed.signatures, texts, secrets):
        return SignatureVerdict(SignatureStatus.WRONG, "of other bytes, or of another key")
    return _age_verdict(scheme, signed.timestamp, now)


def key_fault(scheme: SignatureScheme, secret: str) -> str | None:
    """Return why a secret can never verify a signature, or None."""
    if scheme.algorithm is Algorithm.SECRET:
        return None
    key = _key(scheme, secret)
    if key is None:
        return f"it is no {scheme.key_encoding}"
    if scheme.algorithm is Algorithm.ED25519 and len(key) != _PUBLIC_KEY_BYTES:
        return f"it is no public key of {_PUBLIC_KEY_BYTES} bytes"
    return None


def _secret_verdict(
    scheme: SignatureScheme, given: str, secrets: Sequence[str]
) -> SignatureVerdict:
    secret = _without_prefix(scheme, given).encode("utf-8", "replace")
    found = [hmac.compare_digest(secret, each.encode()) for each in secrets]
    if any(found):
        return SignatureVerdict(SignatureStatus.VERIFIED)
    return SignatureVerdict(SignatureStatus.WRONG, "another secret")


def _without_prefix(scheme: SignatureScheme, given: str) -> str:
    if len(given) > MAX_HEADER_CHARS:
        raise _Malformed("the header is too long")
    start = len(scheme.prefix)
    # The names of authentication schemes are case-insensitive (RFC 9110, section 11.1).
    if given[:start].lower() != scheme.prefix.lower():
        raise _Malformed("the header does not begin as configured")
    return given[start:].strip()


def _read_headers(
    scheme: SignatureScheme, request: HookRequest, header: str, given: str
) -> _Signed:
    rest = _without_prefix(scheme, given)
    timestamp = request.headers.get(scheme.timestamp_header or "", "")
    signatures = [rest]
    if scheme.fields:
        signatures, in_header = _read_fields(scheme.fields, rest)
        timestamp = in_header or timestamp
    if _is_timed(scheme) and not _TIMESTAMP.fullmatch(timestamp):
        raise _Malformed("the timestamp is missing or no number")
    message_id = request.headers.get(scheme.id_header or "", "")
    if scheme.id_header and not message_id:
        raise _Malformed(f"no header {scheme.id_header}")
    decoded = tuple(_decoded(each, scheme.encoding) for each in signatures[:MAX_SIGNATURES])
    if not decoded or None in decoded:
        raise _Malformed(f"the header {header} is malformed")
    return _Signed(tuple(each for each in decoded if each is not None), timestamp, message_id)


def _read_fields(fields: HeaderFields, text: str) -> tuple[list[str], str]:
    pairs = [part.strip().partition(fields.assignment) for part in text.split(fields.separator)]
    signatures = [value for name, _, value in pairs if name == fields.signature]
    timestamps = [value for name, _, value in pairs if name == fields.timestamp]
    if len(timestamps) > 1 or (len(signatures) > 1 and not fields.repeated):
        raise _Malformed("the header has a field twice")
    return signatures, "".join(timestamps)


def _is_timed(scheme: SignatureScheme) -> bool:
    return "{timestamp}" in scheme.signed_text


def _decoded(text: str, encoding: Encoding) -> bytes | None:
    try:
        if encoding is Encoding.TEXT:
            return text.encode()
        if encoding is Encoding.BASE64:
            return base64.b64decode(text, validate=True)
        return binascii.unhexlify(text)
    except (ValueError, binascii.Error):
        return None


def _signed_texts(
    scheme: SignatureScheme, request: HookRequest, signed: _Signed, call_id: str | None
) -> list[bytes]:
    pieces = _PLACEHOLDER.split(scheme.signed_text)
    parts = {
        "{body}": request.body,
        "{timestamp}": signed.timestamp.encode(),
        "{id}": signed.message_id.encode("utf-8", "replace"),
        "{method}": request.method.encode("utf-8", "replace"),
    }
    if "{call}" in pieces:
        if call_id is None:
            raise _Malformed("the signature is of the call's id, and the message has none")
        parts["{call}"] = call_id.encode("utf-8", "replace")
    if "{form}" in pieces:
        parts["{form}"] = _sorted_form(request)
    urls = [each.encode("utf-8", "replace") for each in _spellings(request.url)]
    return [
        b"".join(url if piece == "{url}" else parts.get(piece, piece.encode()) for piece in pieces)
        for url in (urls if "{url}" in pieces else urls[:1])
    ]


def _sorted_form(request: HookRequest) -> bytes:
    # Twilio, "Validating Signatures": fields in the order of their names; of a body that is no
    # form, the query of the signed URL has the hash.
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        digest = hashlib.sha256(request.body).hexdigest()
        stated = request.query.get("bodySHA256", "").lower().encode("utf-8", "replace")
        if request.body and not hmac.compare_digest(digest.encode(), stated):
            raise _Malformed("the signature does not cover the body")
        return b""
    if len(request.body) > MAX_BODY_BYTES:
        raise _Malformed("the form is too large")
    try:
        fields = {*form_fields(request.body)}
    except ValueError:
        raise _Malformed("the form has too many fields") from None
    return "".join(name + value for name, value in sorted(fields)).encode("utf-8", "replace")


def _spellings(url: str) -> list[str]:
    """Return a URL as given, and with or without its default port, of which platforms differ."""
    try:
        parts = urlsplit(url)
        port, default = parts.port, _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return [url]
    if default is None or port not in (None, default) or not parts.hostname:
        return [url]
    host = parts.netloc.removesuffix(f":{default}") if port else f"{parts.netloc}:{default}"
    return [url, url.replace(_origin(parts), f"{parts.scheme}://{host}", 1)]


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _matches(
    scheme: SignatureScheme,
    signatures: Sequence[bytes],
    texts: Sequence[bytes],
    secrets: Sequence[str],
) -> bool:
    keys = [_key(scheme, each) for each in secrets]
    # Every combination is tried, so that the time does not tell which of them matched.
    found = [
        _is_signature(scheme, key, text, signature)
        for key in keys
        if key
        for text in texts
        for signature in signatures
    ]
    return any(found)


def _key(scheme: SignatureScheme, secret: str) -> bytes | None:
    return _decoded(secret.removeprefix(scheme.key_prefix), scheme.key_encoding)


def _is_signature(scheme: SignatureScheme, key: bytes, text: bytes, signature: bytes) -> bool:
    if scheme.algorithm is Algorithm.ED25519:
        # Only the platforms that sign with it load and initialize it.
        from shared.platforms import ed25519  # noqa: PLC0415

        return ed25519.is_signed(key, text, signature)
    return hmac.compare_digest(hmac.digest(key, text, _HASHES[scheme.algorithm]), signature)


def _age_verdict(scheme: SignatureScheme, timestamp: str, now: float) -> SignatureVerdict:
    if not _is_timed(scheme):
        return SignatureVerdict(SignatureStatus.VERIFIED)
    age = now - int(timestamp) / scheme.timestamp_units
    if age > scheme.tolerance_seconds:
        return SignatureVerdict(SignatureStatus.REPLAYED, "its timestamp is too old")
    if age < -scheme.tolerance_seconds:
        return SignatureVerdict(SignatureStatus.REPLAYED, "its timestamp is in the future")
    return SignatureVerdict(SignatureStatus.VERIFIED)
