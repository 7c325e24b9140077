"""Convert accounts, API keys and tags to items and back."""

from typing import Any

from shared.domain.accounts import Account, ApiKey, Grant
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.sources import Source
from shared.domain.tags import Tag
from shared.table import codec, keys
from shared.table.keys import Key
from shared.table.operations import EXISTS, Item, Write, update

COUNTERS = codec.entity_attributes("counters")
"""The attributes that an account's counters item has besides the counters."""

_OPTIONAL_FACTS = ("created_by", "revoked_by", "successor_id", "account_requests_per_second")
"""Fields of an API key that most keys do not have."""


def account_item(account: Account) -> Item:
    """Build the item of an account."""
    return codec.entity_item(
        keys.account(account.account_id),
        "account",
        {
            "account_id": account.account_id,
            "name": account.name,
            "chatbots": account.chatbots,
            "locale": account.locale or None,
            "requests_per_second": account.requests_per_second,
        },
    )


def to_account(item: Item) -> Account:
    """Build an account from its item."""
    plain = codec.decode_item(item)
    return Account(
        account_id=plain["account_id"],
        name=plain.get("name", ""),
        chatbots=tuple(plain.get("chatbots", ())),
        locale=plain.get("locale", ""),
        requests_per_second=plain.get("requests_per_second"),
    )


def api_key_item(key: ApiKey) -> Item:
    """Build the item of an API key. Its primary key is the hash."""
    plain: dict[str, Any] = {
        "key_id": key.key_id,
        "account_id": key.account_id,
        "key_hash": key.key_hash,
        "hint": key.hint,
        "name": key.name,
        "active": key.active,
        "grants": [[grant.permission, grant.resource] for grant in key.grants],
        "requests_per_minute": key.requests_per_minute,
        "valid_until": key.valid_until,
        "user": key.user,
        "teams": sorted(key.teams),
        "created_at": key.created_at,
    }
    if key.read_only:
        plain["read_only"] = True
    if key.source is not Source.API:
        plain["source"] = key.source
    if key.sensitivity is not Sensitivity.SENSITIVE:
        plain["sensitivity"] = key.sensitivity
    plain["purpose"] = key.purpose
    plain |= {name: getattr(key, name) for name in (*_OPTIONAL_FACTS, "revoked_at")}
    return codec.entity_item(keys.api_key(key.key_hash), "api_key", plain)


def to_api_key(item: Item) -> ApiKey:
    """Build an API key from its item."""
    plain = codec.decode_item(item)
    valid_until = plain.get("valid_until")
    return ApiKey(
        key_id=plain["key_id"],
        account_id=plain["account_id"],
        key_hash=plain["key_hash"],
        hint=plain["hint"],
        created_at=codec.to_datetime(plain["created_at"]),
        name=plain.get("name", ""),
        active=plain["active"],
        grants=tuple(Grant(*pair) for pair in plain.get("grants", ())),
        requests_per_minute=plain.get("requests_per_minute"),
        valid_until=codec.to_datetime(valid_until) if valid_until else None,
        user=plain.get("user"),
        teams=frozenset(plain.get("teams", ())),
        read_only=plain.get("read_only", False),
        source=Source(plain.get("source", Source.API)),
        purpose=Purpose(plain["purpose"]) if "purpose" in plain else None,
        sensitivity=Sensitivity(plain.get("sensitivity", Sensitivity.SENSITIVE)),
        revoked_at=codec.to_datetime(plain["revoked_at"]) if "revoked_at" in plain else None,
        **{name: plain.get(name) for name in _OPTIONAL_FACTS},
    )


def limit_write(key: Key, attribute: str, limit: int | None) -> Write:
    """Build the write that sets a limit of an existing item, or removes it for None."""
    if limit is not None:
        return update(key, {attribute: codec.encode(limit)}, condition=EXISTS)
    # An update needs something to set: the schema version is the same as before.
    version = codec.entity_attributes("")["v"]
    return update(key, {"v": version}, removes=[attribute], condition=EXISTS)


def api_key_entry_item(key: ApiKey) -> Item:
    """Build the item that lists an API key in its account."""
    return codec.entity_item(
        keys.api_key_entry(key.account_id, key.key_id), "api_key_entry", {"key_hash": key.key_hash}
    )


def request_count_attributes(expires_at: int) -> Item:
    """Build the attributes that a request counter has besides the count.

    Args:
        expires_at: The value of the TTL attribute, in seconds since the epoch.
    """
    return {**codec.entity_attributes("request_count"), "expires_at": {"N": str(expires_at)}}


def tag_item(key: Key, tag: Tag) -> Item:
    """Build the item of a tag, for its key by id or its key by value."""
    return codec.entity_item(key, "tag", codec.field_values(tag))


def to_tag(item: Item) -> Tag:
    """Build a tag from its item."""
    plain = codec.decode_item(item)
    return Tag(plain["tag_id"], plain["value"], plain["entity_type"])
