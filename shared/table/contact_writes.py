"""Build the writes of identifiers, claims and cooldowns."""

from datetime import timedelta

from shared.domain.contacts import Claim, Contact, Cooldown
from shared.table import codec, contact_items, keys
from shared.table.operations import IS_NEW, Write, delete, put

_CLAIM_LIFETIME = timedelta(hours=1)


def claim_write(account_id: str, claim: Claim, contact: Contact) -> Write:
    """Build the claim of a new contact on an identifier.

    Conditional on there being no claim, or an expired one, or the claim that was read. The latter
    may be replaced, because its contact was not created.
    """
    item = contact_items.claim_item(
        account_id, claim.identifier, contact.contact_id, contact.created_at + _CLAIM_LIFETIME
    )
    return put(
        item,
        f"{IS_NEW} OR contact_id = :seen OR expires_at < :now",
        {":seen": codec.encode(claim.seen), ":now": codec.ttl(contact.created_at)},
    )


def identifier_changes(account_id: str, before: Contact, after: Contact) -> list[Write]:
    """Build the deletions of identifiers that a contact loses and the writes of new ones."""
    removed = before.identifiers - after.identifiers
    added = after.identifiers - before.identifiers
    return [
        *(delete(keys.identifier(account_id, each, before.contact_id)) for each in removed),
        *(put(contact_items.identifier_item(account_id, each, after.contact_id)) for each in added),
    ]


def cooldown_writes(account_id: str, cooldown: Cooldown | None) -> list[Write]:
    """Build the start of a cooldown, conditional on none about the same running.

    Returns:
        One write, or an empty list for None.
    """
    if cooldown is None:
        return []
    # TTL deletes late, so the item of a cooldown that has ended may still be stored.
    started = {":start": codec.encode(cooldown.starts_at)}
    item = contact_items.cooldown_item(account_id, cooldown)
    return [put(item, f"{IS_NEW} OR ends_at <= :start", started)]
