"""What writes of the native API have in common: conditions, idempotency keys and modes.

Serves the promise that a write can be made conditional, and repeated without a second effect.
"""

from openapi_documents.description import Header, Parameter
from shared.dialects.native.variable_requests import (
    CONDITION_HEADER,
    IDEMPOTENCY_HEADER,
    MAX_IDEMPOTENCY_KEY_CHARS,
)
from shared.domain import errors
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.upserts import UpsertMode

VERSION = "9f2c41d07a55e8b3"
"""The example of a version."""


def if_match(current: str) -> Parameter:
    """Describe the condition of a write.

    `current` is the entity tag that the example of its error has.
    """
    return Parameter(
        CONDITION_HEADER,
        "Change only if the current version is that of one of these entity tags. `*` stands for "
        "any version",
        {"type": "string", "minLength": 1, "format": "entity-tags"},
        error_responses=(
            InvalidRequest.from_faults(
                [Fault("invalid_value", "it must be * or entity tags", header=CONDITION_HEADER)]
            ),
            errors.PreconditionFailed(current),
        ),
    )


IF_MATCH = if_match(f'"{VERSION}.4a1c0d9be2f75386"')
IDEMPOTENCY_KEY = Parameter(
    IDEMPOTENCY_HEADER,
    "Any text that is new for each request. A retry with the same text counts once",
    {
        "type": "string",
        "pattern": "^[!-~]+( +[!-~]+)*$",
        "minLength": 1,
        "maxLength": MAX_IDEMPOTENCY_KEY_CHARS,
    },
    error_responses=(errors.IdempotencyKeyReused(), errors.RequestInProgress()),
)
REPLAYED = Header(
    "`true` if an earlier request with this `Idempotency-Key` had these results", required=False
)

MODE = Parameter(
    "mode",
    "`strict`, the default, accepts exact names and valid values; `coerce` also similar names and "
    "localized values; `auto_create` also defines unknown names",
    {"type": "string", "enum": list(UpsertMode)},
)
