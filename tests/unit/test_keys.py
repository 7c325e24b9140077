"""Keys: every partition starts with the account, and no text can forge another's."""

import inspect
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact_index import ContactList
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.definitions import ContextType
from shared.domain.values import BUSINESS, Subject
from shared.table import keys

ROOT = Path(__file__).parents[2]
TEXT = st.text(max_size=40)


def all_keys(account: str, text: str) -> dict[str, keys.Key]:
    """Return a key of each kind, built from the account and a text of a client."""
    return {
        "account": keys.account(account),
        "counters": keys.counters(account),
        "account_head": keys.account_head(account),
        "api_key_entry": keys.api_key_entry(account, text),
        "key_use": keys.key_use(account, text),
        "request_count": keys.request_count(account, text, 7),
        "account_request_count": keys.account_request_count(account, 7),
        "unknown_name": keys.unknown_name(account, 7),
        "value_counts": keys.value_counts(account),
        "definition": keys.definition(account, ContextType.CONTACT, text),
        "definition_id": keys.definition_id(account, 7),
        "definition_external_id": keys.definition_external_id(account, text),
        "subject": keys.subject(account, Subject.conversation(text)),
        "values_page": keys.values_page(account, Subject.contact(7), 3),
        "business": keys.values_page(account, BUSINESS, 3),
        "identifier": keys.identifier(account, Identifier(IdentifierKind.EXTERNAL_ID, text), 7),
        "idempotency_record": keys.idempotency_record(account, text, "digest"),
        "claim": keys.claim(account, Identifier(IdentifierKind.EXTERNAL_ID, text)),
        "contact_conversation": keys.contact_conversation(account, 7, text),
        "slot_index": keys.slot_index(account, ContextType.CONTACT),
        "cooldown": keys.cooldown(account, text),
        "tag": keys.tag(account, 7),
        "tag_value": keys.tag_value(account, "CONTACT", text),
        "legacy_part": keys.legacy_part(account, Subject.contact(7), 3, 1),
        "part": keys.part(
            keys.subject(account, Subject.conversation(text)).pk, 3, "digest", "write", 0
        ),
        "part_lease": keys.part_lease(keys.subject(account, Subject.contact(7)).pk, "write"),
        "suggestion": keys.suggestion(account, Subject.conversation(text), "a-hash"),
        "evidence": keys.evidence(account, Subject.conversation(text), 3),
        "listed_suggestion": keys.listed_suggestion(account, 7, "a-hash"),
        "import_job": keys.import_job(account, text),
        "import_backlog": keys.import_backlog(account),
        "webhook": keys.webhook(account, text),
        "delivery": keys.delivery(account, text, f"7.{text}"),
        "activity_head": keys.activity_head(account, 7),
        "activity_entry": keys.activity_entry(account, 7, 3),
        "listed_contact": keys.listed_contact(account, 7),
        "merged_contact": keys.merged_contact(account, 7),
        "missing_ids": keys.missing_ids(account),
        "index_state": keys.index_state(account),
        "index_cells": keys.index_cells(account),
        "index_entry": keys.index_entry(account, 7),
        "earlier_index_entry": keys.earlier_index_entry(account, 7),
        "index_leaf": keys.index_leaf(account, ContactList(owner=text, tag=text), 1),
        "index_node": keys.index_node(account, ContactList(owner=text, team=7), 1),
        "index_word": keys.index_word(account, text, 7),
        "agent": keys.agent(account, text),
        "hook": keys.hook(account, text),
        "call": keys.call(account, text),
    }


@given(TEXT, TEXT)
def test_every_partition_key_starts_with_its_account_alone(account: str, text: str):
    encoded = keys.account(account).pk
    for key in all_keys(account, text).values():
        assert key.pk == encoded or key.pk.startswith(f"{encoded}#")


@given(TEXT, TEXT, TEXT, TEXT)
def test_two_different_things_never_share_a_key(one: str, other: str, text: str, text2: str):
    if one != other:
        ours = {key.pk for key in all_keys(one, text).values()}
        theirs = {key.pk for key in all_keys(other, text2).values()}
        assert not ours & theirs
    if text != text2:
        ours, theirs = all_keys(one, text), all_keys(one, text2)
        for kind in (
            "api_key_entry",
            "request_count",
            "definition",
            "subject",
            "identifier",
            "cooldown",
            "webhook",
            "delivery",
            "agent",
            "hook",
            "call",
        ):
            assert ours[kind] != theirs[kind]


@given(TEXT)
def test_the_partition_of_a_contact_tells_whose_it_is(account: str):
    key = keys.values_page(account, Subject.contact(7), 3)
    assert keys.contact_of(key.pk) == (account, 7)
    assert keys.page_number(key.sk) == 3
    assert keys.sequence_of(keys.activity_entry(account, 7, 9).sk) == 9


@given(TEXT, TEXT)
def test_no_other_partition_is_a_contacts(account: str, text: str):
    others = {
        kind: key
        for kind, key in all_keys(account, text).items()
        if kind not in ("values_page", "legacy_part")
    }
    assert [kind for kind, key in others.items() if keys.contact_of(key.pk)] == []


@given(TEXT, TEXT)
def test_kinds_never_share_a_key(account: str, text: str):
    found = [tuple(key) for key in all_keys(account, text).values()]
    assert len(set(found)) == len(found)


def test_only_the_hash_of_an_api_key_stands_outside_of_accounts():
    assert keys.api_key("abc").pk == "APIKEY#abc"
    assert not keys.api_key("abc").pk.startswith(keys.account("abc").pk)


def test_values_of_a_slot_are_always_on_the_same_page():
    assert [keys.page_of(slot) for slot in (0, 31, 32, 63, 64)] == [0, 0, 1, 1, 2]


def test_the_data_model_charts_every_key_as_it_is_built():
    """docs/data-model.md has a row for each function that makes a key, with its very pattern."""
    chart = (ROOT / "docs" / "data-model.md").read_text()
    built = {**all_keys("acme", "text"), "api_key": keys.api_key("abc")}
    makers = {
        name
        for name, each in vars(keys).items()
        if inspect.isfunction(each)
        and not name.startswith("_")
        and each.__annotations__.get("return") is keys.Key
    }
    assert makers <= built.keys()
    for name in makers:
        (row,) = re.findall(rf"^\| [^|]+ \| `{name}` \| (.+) \| (.+) \|$", chart, re.MULTILINE)
        assert any(pattern.fullmatch(built[name].pk) for pattern in patterns(row[0])), name
        assert any(pattern.fullmatch(built[name].sk) for pattern in patterns(row[1])), name


def patterns(cell: str) -> list[re.Pattern[str]]:
    """Return the patterns of a cell of the chart: `<...>` is any text, `…` an earlier prefix."""
    return [
        re.compile(re.sub(r"<[^>]*>|…", ".+", re.escape(code).replace(r"\ ", " ")))
        for code in re.findall(r"`([^`]+)`", cell)
    ]
