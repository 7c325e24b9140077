"""What a merge reads: two contacts with their pages, and the definitions of the account."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from shared.domain.contacts import Contact, ContactWithValues
from shared.domain.definitions import SlotIndex
from shared.domain.option_labels import with_current_labels
from shared.domain.records import dataclass
from shared.domain.values import StoredValue
from shared.table import codec, keys
from shared.table.account_head import AccountHead
from shared.table.operations import Item, Write, check, name_placeholders
from shared.table.pages import separate_parts


@dataclass(frozen=True)
class MergeSide:
    """A contact as it was read."""

    contact: Contact
    items: Sequence[Item]
    values: Sequence[StoredValue]

    @cached_property
    def pages(self) -> Mapping[int, Item]:
        """The pages by number."""
        pages, _ = separate_parts(self.items)
        return {keys.page_number(page["sk"]["S"]): page for page in pages}

    def with_values(self, index: SlotIndex) -> ContactWithValues:
        """Return the contact and its values with their current names, audiences and labels."""
        return ContactWithValues(
            self.contact,
            tuple(
                replace(
                    with_current_labels(each, index.labels.get(each.slot, {})),
                    name=index.names.get(each.slot, each.name),
                    audience=index.audience_of(each.slot),
                )
                for each in self.values
            ),
        )


@dataclass(frozen=True, slots=True)
class SeenDefinitions:
    """The definitions of an account as they were read.

    Attributes:
        head: The head of the account.
        slots: How many slots of contacts had been allocated after it was read.
    """

    head: AccountHead
    slots: int

    def check(self, account_id: str) -> Write:
        """Build the check that no definition was written since."""
        key = keys.account_head(account_id)
        if not self.head.generation:
            return check(key, "attribute_not_exists(#schema)", names=name_placeholders(["schema"]))
        seen = {"generation": self.head.generation, "schema": self.head.definitions_version}
        return check(
            key,
            " AND ".join(f"#{name} = :{name}" for name in seen),
            {f":{name}": codec.encode(value) for name, value in seen.items()},
            name_placeholders(seen),
        )
