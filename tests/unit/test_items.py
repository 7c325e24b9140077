"""Items decode to the objects that they were encoded from."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.accounts import Account, ApiKey, Attribution, Grant
from shared.domain.contacts import (
    Address,
    Contact,
    PhoneNumber,
)
from shared.domain.definitions import Definition
from shared.domain.tags import Tag
from shared.table import account_items, codec, contact_items, definition_items, keys

# Times are stored in milliseconds, and numbers have at most 38 digits.
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda at: at - timedelta(microseconds=at.microsecond % 1000)
)
TEXT = st.text(max_size=8)
BY = Attribution(datetime(2026, 1, 2, tzinfo=UTC))
NUMBERS = st.integers(0, 10**12)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(datetime, INSTANTS)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(int, NUMBERS)
st.register_type_strategy(float, FLOATS)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
CONTACTS = st.builds(
    Contact,
    industry_context=st.dictionaries(TEXT, JSON, max_size=3),
    address=st.builds(Address),
    phone_numbers=st.lists(st.from_type(PhoneNumber), max_size=2).map(tuple),
    tags=st.lists(TEXT, max_size=2).map(tuple),
    **{
        spec.name: st.none() | TEXT if "None" in str(spec.type) else TEXT
        for spec in fields(Contact)
        if spec.type in (str, str | None)
    },
)


@given(CONTACTS)
def test_contacts(contact: Contact):
    assert contact_items.to_contact(contact_items.contact_item("acme", contact, BY)) == contact


@given(CONTACTS)
def test_a_contact_with_attributes_of_a_later_version_can_be_read(contact: Contact):
    item = {
        **contact_items.contact_item("acme", contact, BY),
        "added_later": {"S": "x"},
        "gsi2pk": {"S": "y"},
    }
    assert contact_items.to_contact(item) == contact


@given(CONTACTS, st.from_type(Attribution))
def test_who_wrote_a_contact(contact: Contact, by: Attribution):
    assert codec.to_attribution(contact_items.contact_item("acme", contact, by)) == by


@given(CONTACTS)
def test_summaries_of_contacts(contact: Contact):
    summary = contact_items.to_contact_summary(contact_items.contact_item("acme", contact, BY))
    for spec in fields(summary):
        assert getattr(summary, spec.name) == getattr(contact, spec.name)


@given(st.from_type(Definition))
def test_definitions(definition: Definition):
    options = definition.select_options or None
    definition = replace(definition, select_options=options)
    assert (
        definition_items.to_definition(definition_items.definition_item("acme", definition))
        == definition
    )


@given(st.builds(ApiKey, grants=st.lists(st.from_type(Grant), max_size=2).map(tuple)))
def test_api_keys(key: ApiKey):
    assert account_items.to_api_key(account_items.api_key_item(key)) == key


@given(st.from_type(Account))
def test_accounts(account: Account):
    assert account_items.to_account(account_items.account_item(account)) == account


@given(st.from_type(Tag))
def test_tags(tag: Tag):
    assert account_items.to_tag(account_items.tag_item(keys.tag("acme", tag.tag_id), tag)) == tag
