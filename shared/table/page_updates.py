"""Build the update of one page, with the other writes of its values."""

from collections.abc import Sequence
from os import urandom
from typing import Self

from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType
from shared.domain.records import dataclass
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys, value_items
from shared.table.operations import EXISTS, Condition, Item, Write, delete, update
from shared.table.pages import same_legacy_parts, unchanged_since, writes_of
from shared.table.parts import PageParts
from shared.table.precedence import PrecedenceCondition
from shared.table.suggestion_items import evidence_write
from shared.table.value_records import encode_record


def only_removes(assignments: Sequence[Assignment]) -> bool:
    """Return whether assignments remove values and set none, so that they need no page."""
    return bool(assignments) and all(each.value is None for each in assignments)


@dataclass(frozen=True, slots=True)
class PageUpdate:
    """The change of one page.

    Attributes:
        stored: The page as read. It is empty if the page was not read or does not exist. The
            update then requires a page without values in legacy parts.
        parts: The parts of its large values. They have to be stored before the page.
    """

    account_id: str
    subject: Subject
    page: int
    assignments: Sequence[Assignment]
    stored: Item
    parts: PageParts

    @classmethod
    def of(
        cls,
        account_id: str,
        subject: Subject,
        page: int,
        assignments: Sequence[Assignment],
        stored: Item | None = None,
    ) -> Self:
        """Build the change of a page. A page has to be read before a large value is set."""
        key = keys.values_page(account_id, subject, page)
        parts = PageParts.of(key, assignments, stored or {})
        return cls(account_id, subject, page, assignments, stored or {}, parts)

    @property
    def requires_page(self) -> bool:
        """Whether the update fails if the page does not exist."""
        return bool(self.stored) or only_removes(self.assignments)

    def writes(self, by: Attribution, conditions: Sequence[Condition] = ()) -> list[Write]:
        """Build the update of the page, followed by the writes that belong to it.

        Three kinds of writes can follow: the deletion of the lease of new parts, if the page alone
        could not stop a late write; the deletions of legacy parts; and the evidence of values.

        Args:
            by: Who writes the values.
            conditions: Further conditions of the update.
        """
        part_counts = value_items.legacy_part_counts(self.stored)
        deletions = [
            delete(keys.legacy_part(self.account_id, self.subject, each.slot, number))
            for each in self.assignments
            for number in range(part_counts.get(each.slot, 0))
        ]
        untouched = part_counts.keys() - {each.slot for each in self.assignments}
        page_update = self._update(by, conditions, has_legacy_parts=bool(untouched))
        leases = [self.parts.lease_deletion()] if self.parts.texts and self._may_reappear else []
        return [page_update, *leases, *deletions, *self._evidence_writes(page_update)]

    @property
    def _may_reappear(self) -> bool:
        """Whether the page may be re-created, which would restart its write counter."""
        return not self.stored or self.subject.context_type is ContextType.CONVERSATION

    def _update(
        self, by: Attribution, conditions: Sequence[Condition], *, has_legacy_parts: bool
    ) -> Write:
        sets = {
            value_items.value_attribute(each.slot): encode_record(
                each, self.parts.value_of(each), by
            )
            for each in self.assignments
            if each.value is not None
        }
        removes = [
            value_items.value_attribute(each.slot)
            for each in self.assignments
            if each.value is None
        ]
        if has_legacy_parts:
            sets[value_items.LEGACY_PARTS_TOKEN] = codec.encode(urandom(8).hex())
        elif value_items.LEGACY_PARTS_TOKEN in self.stored:
            removes.append(value_items.LEGACY_PARTS_TOKEN)
        marked = value_items.HAS_PARTS if self.parts.references else {}
        fixed = {
            **codec.entity_attributes("values"),
            codec.ATTRIBUTION: codec.encode_attribution(by),
            **marked,
        }
        condition, placeholders = self._condition(by, conditions)
        key = self.parts.page
        return update(key, {**fixed, **sets}, removes, condition, placeholders, value_items.WRITES)

    def _condition(self, by: Attribution, further: Sequence[Condition]) -> Condition:
        """Build the condition of the update, with its placeholders."""
        conditions = [same_legacy_parts(self.stored)]
        if self.requires_page:
            conditions.append((EXISTS, {}))
        precedence = PrecedenceCondition.of(self.assignments, by)
        if self.parts.references or precedence.is_too_large:
            conditions.append(unchanged_since(writes_of(self.stored) if self.stored else None))
        if not precedence.is_too_large:
            conditions += [(clause, precedence.values) for clause in precedence.clauses]
        # The last, because a number of writes that they require counts if another one was read.
        conditions += further
        # A condition counts once toward the size of an expression.
        text = " AND ".join(dict.fromkeys(clause for clause, _ in conditions))
        return text, {name: value for _, values in conditions for name, value in values.items()}

    def _evidence_writes(self, page_update: Write) -> list[Write]:
        records = page_update["Update"]["ExpressionAttributeValues"]
        return [
            evidence_write(
                keys.evidence(self.account_id, self.subject, each.slot),
                each.evidence,
                records[f":{value_items.value_attribute(each.slot)}"],
            )
            for each in self.assignments
            if each.evidence and each.value is not None
        ]
