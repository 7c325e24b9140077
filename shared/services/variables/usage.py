"""Tell how much a variable is used."""

from shared.domain.accounts import Caller
from shared.domain.definitions import Definition
from shared.domain.value_counts import ValueCount, ValueCounts


def subjects_with_value(
    counts: ValueCounts, caller: Caller, definition: Definition, *, is_wanted: bool
) -> ValueCount | None:
    """Return how many subjects of the account had a value when they were counted last.

    None if they were not counted, or it is not wanted. The subjects include those that the caller
    does not see.
    """
    if not is_wanted:
        return None
    return counts.find(caller.account_id, definition.context_type, definition.slot)
