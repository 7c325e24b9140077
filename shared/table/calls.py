"""Store the first answer of each call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.domain.disclosure import Assurance
from shared.domain.errors import WriteConflict
from shared.domain.resolutions import ResolvedCall
from shared.table import codec, keys
from shared.table.call_items import ENDS_AT, call_item, to_call
from shared.table.dynamo import Table
from shared.table.errors import conflicting_item
from shared.table.operations import IS_NEW, Item, put, update

CALLS_KEPT = timedelta(days=30)
"""How long answers are kept unless the deployment says otherwise."""


class CallTable:
    """The adapter of the port `Calls`."""

    def __init__(self, table: Table, kept_for: timedelta = CALLS_KEPT) -> None:
        self._table = table
        self._kept_for = kept_for

    def pin(self, account_id: str, call: ResolvedCall) -> ResolvedCall:
        """Store an answer unless the call has one; return the one that is stored.

        If only digests of the first answer were kept, the new answer is returned.

        Raises:
            WriteConflict: Another request is writing the call.
        """
        now = call.as_of or datetime.now(UTC)
        # TTL deletes late.
        write = put(
            call_item(account_id, call, now + self._kept_for),
            f"{IS_NEW} OR {ENDS_AT} <= :now",
            {":now": codec.encode(now)},
        )
        write["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            self._table.write([write])
        except WriteConflict as conflict:
            stored = conflicting_item(conflict)
            if stored is None:
                raise
            first = to_call(stored, str(call.resolution.call))
            return first if first.has_values else call
        return replace(call, is_pinned=True)

    def raise_assurance(self, account_id: str, call_id: str, assurance: Assurance) -> None:
        """Store a higher assurance beside the answer.

        Raises:
            WriteConflict: The call is gone, or has this assurance or more by now.
        """
        raised = {"assurance": codec.encode(assurance), "rank": codec.encode(assurance.rank)}
        is_higher = "attribute_exists(answer) AND (attribute_not_exists(#rank) OR #rank < :rank)"
        self._table.write([update(keys.call(account_id, call_id), raised, condition=is_higher)])

    def find(self, account_id: str, call_id: str, now: datetime) -> ResolvedCall | None:
        """Return the answer of a call, or None if there is none or it has expired."""
        found: list[Item] = self._table.get_many([keys.call(account_id, call_id)])
        if not found or codec.to_datetime(codec.decode(found[0][ENDS_AT])) <= now:
            return None
        return to_call(found[0], call_id)
