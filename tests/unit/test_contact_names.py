"""One name of a contact, and two: each API knows the other's."""

import pytest

from shared.validation.contacts import full_name, split_full_name


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("Jo", ("Jo", "")),
        ("Ana B C", ("Ana", "B C")),
        ("  Jo   Roe ", ("Jo", "Roe")),
        ("", ("", "")),
        ("  ", ("", "")),
    ],
)
def test_the_first_word_is_the_first_name_and_all_after_it_the_last(name: str, names: tuple):
    assert split_full_name(name) == names


@pytest.mark.parametrize(
    ("names", "name"), [(("Jo", "Roe"), "Jo Roe"), (("Jo", ""), "Jo"), (("", "Roe"), "Roe")]
)
def test_a_full_name_is_made_of_those_there_are(names: tuple, name: str):
    assert full_name(*names) == name
