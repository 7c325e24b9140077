"""Describe the operations on API keys and on the account in the native API, and their responses."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from openapi_documents.description import EVENT, Group, Operation, Parameter, Success, header
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from shared.dialects.native import key_requests
from shared.domain import errors
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.sources import Source
from shared.services.accounts.api_keys import MAX_VALID_KEYS
from shared.validation.api_keys import PERMISSION, PLAIN_TEXT

_KEY_ID = "6921f0a01b2c3d4e"
_OLD_KEY_ID = "691f8c2a5d6e7f80"
_SECRET = "ctx_mfrw2zi_<48 hexadecimal digits and a checksum>"  # noqa: S105 - an example

_Instant = Annotated[datetime, member(example="2026-11-22T05:00:00.000Z")]


class KeyStatus(StrEnum):
    """Whether a key works, and if not, why."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class KeyFacts(BaseModel):
    """An API key, without the key itself."""

    id: str = member(example=_KEY_ID)
    name: str = member(example="nightly import")
    hint: str = member("The first and the last characters of the key", example="ctx_...9f3a")
    status: KeyStatus = member(example="active")
    permissions: list[str] = member(
        "Permissions, each alone or as `PERMISSION@RESOURCE`. Empty for a key of the APIs "
        "without permissions",
        example=["contacts:read", "contacts:write"],
    )
    read_only: bool
    requests_per_minute: int | None = member("Null for no limit", example=60)
    user: str | None = member("The user that the key acts for, null for the whole account")
    teams: list[int] = member(example=[7])
    source: Source = member("The source of the values that the key sets", example="api")
    purpose: Purpose | None = member("What the key reads values for, null for everything")
    sensitivity: Sensitivity = member(
        "The most sensitive values that the key reads", example="sensitive"
    )
    created_at: _Instant
    created_by: str | None = member(
        "The id of the key that created it, null if an operator's command did", example=_OLD_KEY_ID
    )
    expires_at: datetime | None
    revoked_at: datetime | None = member(
        "When a key revoked it; null if it is not revoked, or if a command revoked it"
    )
    revoked_by: str | None = member("The id of the key that revoked it")
    successor_id: str | None = member("The id of the key that a rotation created")


class ApiKey(KeyFacts):
    """An API key with its last use, without the key itself."""

    last_used_at: datetime | None = member(
        "The hour of the last request that succeeded, null without one",
        example="2026-11-22T05:00:00.000Z",
    )


class CreatedKey(KeyFacts):
    """A new API key with the key itself, which no other response has."""

    secret: str | None = member(
        "The key itself: store it now, it is shown once. Null in the replay of a request, "
        "because it is stored nowhere",
        example=_SECRET,
    )


class ReplacedKey(BaseModel):
    """The key that a rotation replaces."""

    id: str = member(example=_OLD_KEY_ID)
    expires_at: datetime = member("When it stops working", example="2026-11-23T05:00:00.000Z")


class RotatedKey(CreatedKey):
    """The successor of an API key, with the key itself."""

    replaces: ReplacedKey


class Usage(BaseModel):
    """A limit of the account, and what is used of it."""

    used: int | None = member(
        "Null where nothing is counted yet: in an account of an earlier version", example=12
    )
    limit: int = member(example=5000)


class AccountLimits(BaseModel):
    """What the account can have."""

    definitions: Usage
    contacts: Usage = member(
        "An upper bound: ids of deleted contacts count until the limit is near"
    )
    webhooks: Usage
    keys: Usage = member("API keys that are neither revoked nor expired")
    open_imports: Usage = member("Imports that have not ended")
    running_imports: Usage = member("Imports that run, while others wait")
    agents: Usage
    hooks: Usage


class RetentionDays(BaseModel):
    """How many days data is kept."""

    activity: int = member(example=90)
    deliveries: int = member(example=30)
    imports: int = member(example=30)
    suggestions: int = member(example=30)


class Account(BaseModel):
    """The account of the API key."""

    id: str = member(example="acme")
    name: str = member(example="Acme")
    locale: str | None = member(example="en-US")
    requests_per_second: int | None = member(
        "The most requests of all API keys together, null for no limit", example=50
    )
    limits: AccountLimits
    retention_days: RetentionDays


_IDEMPOTENCY_KEY = replace(
    native.IDEMPOTENCY_KEY,
    description="Makes a retry of this request create no second key. Its response has no `secret`",
    errors=(errors.IdempotencyKeyReused(),),
)
_REPLAYABLE = {
    "Idempotent-Replayed": header(
        "`true` if an earlier request with this key created it", required=False
    )
}
_BAD_BODY = native.bad_member("it has passed", "expires_at")
_FORBIDDEN = errors.ApiKeyForbidden("permission webhooks:write; team 7")
_FULL = errors.TooManyApiKeys(MAX_VALID_KEYS)

_OPERATIONS = {
    ("create_key", "POST"): Operation(
        "Creates a key that has at most what the key of the request has. `requests_per_minute`, "
        "`expires_at`, `source`, `purpose` and `sensitivity` are those of the key of the request "
        "unless they are sent. Only this response has the key itself. No key with `keys:read` or "
        "`keys:write` is created: an operator's command does that.",
        body=key_requests.KeyCreation,
        headers=(_IDEMPOTENCY_KEY,),
        examples={
            "import": EVENT,
            "agent": {
                "name": "voice agent",
                "permissions": ["contacts:read", "contacts:write"],
                "source": "ai",
                "sensitivity": "personal",
            },
        },
        response=Success(
            "The key, with the key itself", CreatedKey, status=201, headers=_REPLAYABLE
        ),
        errors=(_BAD_BODY, _FORBIDDEN, _FULL),
    ),
    ("list_keys", "GET"): Operation(
        "Lists the keys of the account in order of id, revoked ones included. Ids of keys "
        "that this version created are in order of creation.",
        parameters=native.PAGING,
        response=native.page_of(ApiKey, "keys", "API keys in order of id.", "KeyList"),
    ),
    ("get_key", "GET"): Operation(
        "Returns a key with its last use. The key itself is stored nowhere.",
        response=Success("The key", ApiKey),
    ),
    ("rotate_key", "POST"): Operation(
        "Creates a key with the properties of another, which stops working after the overlap, "
        "and never later than before. A key is rotated once; then rotate its successor. "
        "Webhooks stay with the old key: an operator assigns them to the new one.",
        body=key_requests.KeyRotation,
        headers=(_IDEMPOTENCY_KEY,),
        examples={"a day": EVENT, "at once": {"overlap_hours": 0}},
        response=Success(
            "The new key, with the key itself", RotatedKey, status=201, headers=_REPLAYABLE
        ),
        errors=(_FORBIDDEN, errors.ApiKeyInactive("it is revoked or has expired"), _FULL),
    ),
    ("revoke_key", "DELETE"): Operation(
        "Rejects every further request with a key, and suspends its webhooks. The list keeps "
        "it. A key that is revoked already stays as it is.",
        response=Success("The revoked key", KeyFacts, example={"status": "revoked"}),
    ),
    ("get_account", "GET"): Operation(
        "Returns the account with its limits and what it uses of them.",
        response=Success("The account", Account),
    ),
}

GROUP = Group(
    "Account",
    "API keys of the account, its limits and what it uses.",
    _OPERATIONS,
    path_parameters=(
        Parameter(
            "key_id",
            "The id of the API key",
            example=_KEY_ID,
            errors=(errors.ApiKeyNotFound(_KEY_ID),),
        ),
    ),
    limits={
        key_requests.KeyCreation: {
            "properties": {
                "permissions": {"items": {"pattern": PERMISSION}},
                "name": {"pattern": PLAIN_TEXT},
                "user": {"pattern": PLAIN_TEXT},
                "expires_at": {"format": "date-time"},
            }
        }
    },
)
