"""Find the contacts that others were merged into."""

from collections.abc import Sequence

from shared.domain.accounts import Attribution
from shared.domain.contacts import Contact
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.operations import Write, delete, put

_SURVIVOR = "survivor_id"


def survivor_of(table: Table, account_id: str, contact_id: int) -> int | None:
    """Return the id of the contact that a contact was merged into, or None."""
    # By BatchGetItem, which the policy of every function allows; not all allow GetItem.
    found = table.get_many([keys.merged_contact(account_id, contact_id)])
    return int(codec.decode(found[0][_SURVIVOR])) if found else None


def redirections(
    account_id: str, merged: Contact, survivor_id: int, by: Attribution
) -> Sequence[Write]:
    """Build the writes that lead from a contact, and from those merged into it, to a survivor."""
    facts = {_SURVIVOR: survivor_id}
    return [
        put(
            {
                **codec.entity_item(keys.merged_contact(account_id, each), "merged_contact", facts),
                codec.ATTRIBUTION: codec.encode_attribution(by),
            }
        )
        for each in (merged.contact_id, *merged.merged_from)
    ]


def redirection_deletions(account_id: str, survivor: Contact) -> Sequence[Write]:
    """Build the deletions of what leads to a survivor."""
    return [delete(keys.merged_contact(account_id, each)) for each in survivor.merged_from]
