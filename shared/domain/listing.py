"""Which contacts to list, and one page of them."""

import math
from dataclasses import dataclass

from shared.domain.model import ContactSummary


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts to list; None takes all. `search` looks in names and e-mail address."""

    stage: str | None = None
    status: str | None = None
    tag: str | None = None
    search: str | None = None

    def takes(self, contact: ContactSummary) -> bool:
        """Whether the contact passes every part of the filter."""
        return (
            self.stage in (None, contact.stage)
            and self.status in (None, contact.status)
            and (self.tag is None or self.tag in contact.tags)
            and (self.search is None or _mentions(contact, self.search.casefold()))
        )


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One page, counted from 1, of a filtered list; `count` is of all pages."""

    contacts: list[ContactSummary]
    count: int
    page: int
    limit: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return math.ceil(self.count / self.limit)


def _mentions(contact: ContactSummary, text: str) -> bool:
    texts = (contact.first_name, contact.last_name, contact.full_name, contact.email or "")
    return any(text in each.casefold() for each in texts)
