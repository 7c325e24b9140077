"""Generate secrets that sign webhook requests."""

import base64
from os import urandom

from shared.domain.webhooks import SECRET_PREFIX

_SECRET_BYTES = 32


def new_secret() -> str:
    """Generate a secret: 32 random bytes in the encoding of Standard Webhooks.

    Source: Standard Webhooks, "Signature scheme", symmetric secrets.
    """
    return SECRET_PREFIX + base64.b64encode(urandom(_SECRET_BYTES)).decode()
