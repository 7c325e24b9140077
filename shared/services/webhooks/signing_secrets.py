"""Generate secrets that sign webhook requests."""

import base64
from os import urandom

_SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of secrets, not a secret
_SECRET_BYTES = 32


def new_secret() -> str:
    """Generate a secret: 32 random bytes in the encoding of Standard Webhooks.

    Source: Standard Webhooks, "Signature scheme", symmetric secrets.
    """
    return _SECRET_PREFIX + base64.b64encode(urandom(_SECRET_BYTES)).decode()
