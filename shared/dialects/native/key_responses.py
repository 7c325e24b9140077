"""Responses to requests about API keys. Only those that create one have the key itself."""

from datetime import datetime
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page
from shared.domain.accounts import ApiKey, Caller
from shared.domain.api_keys import NewKey, ShownKey, ShownKeyPage
from shared.gateway.response import Response
from shared.validation.api_keys import from_grant


def key_created(caller: Caller, made: NewKey) -> Response:
    """Build the response to the creation or the rotation of a key, with the key itself."""
    document = {**_key(made.key, caller.requested_at), "secret": made.secret}
    if made.replaces is not None:
        ends_at = format_instant(made.replaces.valid_until)
        document["replaces"] = {"id": made.replaces.key_id, "expires_at": ends_at}
    headers = {"idempotent-replayed": "true"} if made.is_replay else {}
    return Response(201, document, headers)


def key_shown(caller: Caller, shown: ShownKey) -> Response:
    """Build the response to a request for a key."""
    return Response(200, _shown(shown, caller.requested_at))


def key_list(caller: Caller, found: ShownKeyPage) -> Response:
    """Build the response to a request for the keys of an account."""
    return page(
        [_shown(each, caller.requested_at) for each in found.keys], found.following, Listed.KEYS
    )


def key_revoked(caller: Caller, key: ApiKey) -> Response:
    """Build the response to the revocation of a key."""
    return Response(200, _key(key, caller.requested_at))


def _shown(shown: ShownKey, now: datetime) -> dict[str, Any]:
    return {**_key(shown.key, now), "last_used_at": format_instant(shown.last_used)}


def _key(key: ApiKey, now: datetime) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "name": key.name,
        "hint": key.hint,
        "status": _status(key, now),
        "permissions": [from_grant(each) for each in key.grants],
        "read_only": key.read_only,
        "requests_per_minute": key.requests_per_minute,
        "user": key.user,
        "teams": sorted(key.teams),
        "source": key.source,
        "purpose": key.purpose,
        "sensitivity": key.sensitivity,
        "created_at": format_instant(key.created_at),
        "created_by": key.created_by,
        "expires_at": format_instant(key.valid_until),
        "revoked_at": format_instant(key.revoked_at),
        "revoked_by": key.revoked_by,
        "successor_id": key.successor_id,
    }


def _status(key: ApiKey, now: datetime) -> str:
    if not key.active:
        return "revoked"
    return "active" if key.is_valid(now) else "expired"
