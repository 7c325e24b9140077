"""Texts and lists of accounts, definitions, contacts and files that exceed their limits."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.accounts import Account
from shared.domain.contacts import ContactDraft, PhoneNumber
from shared.domain.definitions import ContextType, DefinitionDraft, VariableType
from shared.domain.errors import InvalidField
from shared.validation.accounts import MAX_ACCOUNT_NAME_CHARS, check_account
from shared.validation.contacts import MAX_PHONE_NUMBERS, check_contact
from shared.validation.definitions import (
    MAX_DEFAULT_VALUE_CHARS,
    MAX_STRUCTURE_CHARS,
    check_definition,
)
from shared.validation.files.rows import MAX_COLUMNS, MalformedRow, parse_object

LIMITS: list[tuple[str, int, Callable[[int], None]]] = [
    (
        "name",
        MAX_ACCOUNT_NAME_CHARS,
        lambda size: check_account(Account("acme", name="x" * size)),
    ),
    (
        "default_value",
        MAX_DEFAULT_VALUE_CHARS,
        lambda size: check_definition(definition(default_value="x" * size)),
    ),
    (
        "structure",
        MAX_STRUCTURE_CHARS,
        lambda size: check_definition(definition(structure="x" * size)),
    ),
    (
        "phone_numbers",
        MAX_PHONE_NUMBERS,
        lambda size: check_contact(
            ContactDraft(
                phone_numbers=tuple(PhoneNumber(each, "+15550100") for each in range(size))
            )
        ),
    ),
]


def definition(**facts: Any) -> DefinitionDraft:
    return DefinitionDraft(
        name="tested",
        display_name="Tested",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        **facts,
    )


@pytest.mark.parametrize(("field", "limit", "check"), LIMITS)
def test_a_field_has_its_limit_and_no_more(field: str, limit: int, check: Callable[[int], None]):
    check(limit)
    with pytest.raises(InvalidField) as rejected:
        check(limit + 1)
    assert rejected.value.field == field
    assert str(limit) in rejected.value.reason


def test_a_line_of_ndjson_has_as_many_members_as_a_file_has_columns():
    members = {f"c{number}": number for number in range(MAX_COLUMNS)}
    assert parse_object(json.dumps(members).encode()) == members
    with pytest.raises(MalformedRow, match=str(MAX_COLUMNS)):
        parse_object(json.dumps({**members, "more": 1}).encode())
