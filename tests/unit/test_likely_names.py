"""Definitions that an unknown name may mean, for people to choose from."""

import pytest

from shared.domain.definitions import ContextType, Definition, VariableType
from shared.validation.fields.likely_names import DefinedNames, LikelyNames
from shared.validation.names import display_name


def defined(name: str, *aliases: str) -> Definition:
    return Definition(
        name=name,
        display_name=display_name(name),
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        aliases=aliases,
        definition_id=1,
        slot=0,
        external_id=name,
    )


DEFINITIONS = [
    defined("email"),
    defined("birthday"),
    defined("first_name"),
    defined("last_name"),
    defined("nick_name"),
    defined("name_of_company"),
    defined("membership_level", "Kundenstufe"),
]
KNOWN = LikelyNames(DEFINITIONS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("e_mail", [("email", 1.0)]),
        ("customerEmail", [("email", 0.67)]),
        ("birthdate", [("birthday", 0.93)]),
        ("Kunden-Stufe", [("membership_level", 1.0)]),
        ("kundenstufen", [("membership_level", 0.98)]),
        ("name", [("first_name", 0.67), ("last_name", 0.67), ("nick_name", 0.67)]),
        ("shoe_size", []),
        ("", []),
        ("!", []),
    ],
)
def test_similar_names_are_ranked(name: str, expected: list[tuple[str, float]]):
    assert [(each.name, score) for each, score in KNOWN.rank(name)] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("email", True), ("Email", False), ("kunden stufe", True), ("level", False)],
)
def test_it_has_names_and_the_spellings_of_aliases(name: str, expected: bool):
    assert DefinedNames(DEFINITIONS).has(name) is expected
