"""How a platform signs its requests, as data."""

from enum import StrEnum

from shared.domain.records import dataclass


class Algorithm(StrEnum):
    """What a signature is made with."""

    HMAC_SHA1 = "hmac-sha1"
    HMAC_SHA256 = "hmac-sha256"
    HMAC_SHA512 = "hmac-sha512"
    ED25519 = "ed25519"
    SECRET = "secret"  # noqa: S105 - the name of a scheme
    """No signature: the header holds the shared secret."""


class Encoding(StrEnum):
    """How bytes are written as text."""

    TEXT = "text"
    HEX = "hex"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderFields:
    """The fields of a header that holds more than a signature.

    Attributes:
        separator: What separates the fields.
        assignment: What separates the name of a field from its value.
        signature: The name of the field with the signature.
        timestamp: The name of the field with the timestamp. None if it is not in this header.
        repeated: Whether there may be several signatures, one of each valid key.
    """

    separator: str
    assignment: str = "="
    signature: str
    timestamp: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureScheme:
    """How a platform signs its requests.

    Attributes:
        algorithm: What the signature is made with.
        headers: The names of the header with the signature, in lower case. The first one that the
            request has counts.
        prefix: What precedes the signature in the header.
        fields: The fields of the header. None if the header is the signature.
        encoding: How the signature is written.
        signed_text: The text that is signed, with `{body}`, `{timestamp}`, `{id}`, `{url}`,
            `{method}`, `{form}` (the sorted fields of a form) and `{call}` (the id of the call).
        key_encoding: How the key is written.
        key_prefix: What precedes the key.
        timestamp_header: The header with the timestamp. None if it has none of its own.
        id_header: The header with the id of the message.
        timestamp_units: Units of the timestamp in a second: 1, or 1000 for milliseconds.
        tolerance_seconds: How far the timestamp may be from our time.
    """

    algorithm: Algorithm
    headers: tuple[str, ...]
    prefix: str = ""
    fields: HeaderFields | None = None
    encoding: Encoding = Encoding.HEX
    signed_text: str = "{body}"
    key_encoding: Encoding = Encoding.TEXT
    key_prefix: str = ""
    timestamp_header: str | None = None
    id_header: str | None = None
    timestamp_units: int = 1
    tolerance_seconds: int = 300


STANDARD_WEBHOOKS = SignatureScheme(
    algorithm=Algorithm.HMAC_SHA256,
    headers=("webhook-signature",),
    fields=HeaderFields(separator=" ", assignment=",", signature="v1", repeated=True),
    encoding=Encoding.BASE64,
    signed_text="{id}.{timestamp}.{body}",
    key_encoding=Encoding.BASE64,
    key_prefix="whsec_",
    timestamp_header="webhook-timestamp",
    id_header="webhook-id",
)
"""Standard Webhooks, "Signature scheme"."""

BEARER = SignatureScheme(algorithm=Algorithm.SECRET, headers=("authorization",), prefix="Bearer ")
"""A secret of the platform's user, as a bearer token."""
