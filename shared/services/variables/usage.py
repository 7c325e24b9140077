"""Tell how much a variable is used."""

from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType, Definition
from shared.domain.value_counts import ValueCount, ValueCounts


def contacts_with_value(
    counts: ValueCounts, caller: Caller, definition: Definition, *, is_wanted: bool
) -> ValueCount | None:
    """Return how many contacts of the account had a value when they were counted last.

    None if they were not counted, or it is not wanted. The contacts include those that the caller
    does not see.
    """
    if not is_wanted or definition.context_type is not ContextType.CONTACT:
        return None
    return counts.find(caller.account_id, definition.slot)
