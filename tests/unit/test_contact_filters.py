"""Filters of contact lists."""

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contact_lists import ContactDetailFilter, ContactFilter
from shared.table.contact_items import contact_item, to_contact_summary
from tests.fixtures import LONG_AGO, john_smith


class Long(str):
    """A text that is never folded."""

    __slots__ = ()

    def casefold(self) -> str:
        raise AssertionError


@pytest.mark.parametrize("name", ["search", "mention", "email"])
def test_a_part_that_is_longer_than_every_text_is_not_folded_for_each_contact(name: str):
    contact = john_smith(1, full_name="John Smith", email="a@example.com")
    summary = to_contact_summary(contact_item("acme", contact, Attribution(LONG_AGO)))
    wanted = ContactDetailFilter if name == "email" else ContactFilter
    assert not wanted(**{name: Long("\u0130" * 4000)}).matches(summary)
    assert wanted(**{name: {"email": "A@EX"}.get(name, "N SM")}).matches(summary)
