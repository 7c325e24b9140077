"""List suggestions, accept and reject them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType, SlotIndex
from shared.domain.option_labels import in_current_labels
from shared.domain.suggestions import Suggestion, SuggestionPage, SuggestionState
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys
from shared.table.definition_reads import read_slot_index
from shared.table.dynamo import Table
from shared.table.operations import EXISTS, Item, Write, check, key_of, update
from shared.table.page_writes import ValuesWrite
from shared.table.suggestion_items import (
    decision_attributes,
    key_of_suggestion,
    stored_key,
    to_suggestion,
)

_INDEX = "contacts_by_account"

_IS_PENDING = "#state = :pending"


class SuggestionTable:
    """The adapter of the port `Suggestions`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def page(self, account_id: str, after: str | None, limit: int, now: datetime) -> SuggestionPage:
        """Return a page of an account's suggestions, newest first.

        The index is read eventually consistently, the suggestions themselves consistently.
        """
        listed, has_more = self._table.query_index_page(
            _INDEX, keys.suggestions_partition(account_id), after, limit
        )
        wanted = [key_of(item) for item in listed]
        found = {key_of(item): item for item in self._table.get_many(wanted)}
        # An item that has just expired is still in the index.
        items = [found[key] for key in wanted if key in found]
        following = listed[-1]["gsi1sk"]["S"] if listed and has_more else None
        return SuggestionPage(self._current(account_id, items, now), following)

    def page_of(
        self,
        account_id: str,
        subject: Subject,
        after: str | None,
        limit: int,
        now: datetime,
        merged_from: Sequence[Subject] = (),
    ) -> SuggestionPage:
        """Return a page of the suggestions for a subject and those merged into it, newest first."""
        found = [
            item
            for each in (subject, *merged_from)
            for item in self._table.query(keys.review_partition(account_id, each), keys.SUGGESTIONS)
        ]
        items = sorted(found, key=_listed_at, reverse=True)
        following = [item for item in items if after is None or _listed_at(item) < after]
        page = following[:limit]
        has_more = len(following) > limit
        return SuggestionPage(
            self._current(account_id, page, now), _listed_at(page[-1]) if has_more else None
        )

    def find(self, account_id: str, suggestion_id: str, now: datetime) -> Suggestion | None:
        """Return a suggestion with the current name of its variable, or None."""
        key = key_of_suggestion(account_id, suggestion_id)
        item = self._table.get(key) if key else None
        found = self._current(account_id, [item] if item else [], now)
        return found[0] if found else None

    def accept(
        self, account_id: str, suggestion: Suggestion, assignment: Assignment, by: Attribution
    ) -> None:
        """Set the suggested value and mark the suggestion as accepted, in one transaction."""
        subject = suggestion.subject
        others = [self._decision(account_id, suggestion, SuggestionState.ACCEPTED, by)]
        if subject.context_type is not ContextType.BUSINESS:
            others.append(check(keys.subject(account_id, subject), EXISTS))
        ValuesWrite(
            account_id=account_id,
            subject=subject,
            assignments=[assignment],
            by=by,
            others=others,
        ).write(self._table)

    def reject(self, account_id: str, suggestion: Suggestion, by: Attribution) -> None:
        """Mark a suggestion as rejected."""
        self._table.write([self._decision(account_id, suggestion, SuggestionState.REJECTED, by)])

    def _decision(
        self, account_id: str, suggestion: Suggestion, state: SuggestionState, by: Attribution
    ) -> Write:
        return update(
            stored_key(account_id, suggestion),
            decision_attributes(state, by),
            condition=_IS_PENDING,
            values={":pending": codec.encode(SuggestionState.PENDING)},
        )

    def _current(
        self, account_id: str, items: Sequence[Item], now: datetime
    ) -> Sequence[Suggestion]:
        """Build suggestions as they read today, without expired and hidden ones."""
        suggestions = [to_suggestion(item) for item in items]
        live = [each for each in suggestions if each.expires_at > now]
        # Read the indexes after the suggestions, so that they have the audience of each.
        context_types = {each.subject.context_type for each in live}
        indexes = {
            each: read_slot_index(self._table, account_id, each) for each in sorted(context_types)
        }
        return list(_with_indexes(live, indexes))


def _with_indexes(
    suggestions: Iterable[Suggestion], indexes: dict[ContextType, SlotIndex]
) -> Iterable[Suggestion]:
    for each in suggestions:
        index = indexes[each.subject.context_type]
        name = index.names.get(each.slot, each.name)
        # An empty name marks values that are hidden.
        if name:
            labels = index.labels.get(each.slot, {})
            yield replace(
                each,
                name=name,
                audience=index.audience_of(each.slot),
                value=None
                if each.value is None
                else in_current_labels(each.variable_type, each.value, labels),
            )


def _listed_at(item: Item) -> str:
    return str(item["gsi1sk"]["S"])
