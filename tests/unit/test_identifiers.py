"""Identifiers match all their spellings, and nothing else."""

import pytest

from shared.domain.contacts import Identifier, IdentifierKind

NUMBERS = (IdentifierKind.PHONE, IdentifierKind.WHATSAPP, IdentifierKind.SMS)


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("spelling", ["12125550100", "+12125550100", "+1 (212) 555-0100"])
def test_a_number_is_found_by_its_digits(kind: IdentifierKind, spelling: str):
    assert Identifier(kind, spelling).value == "12125550100"


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("text", ["", "+", "#", "john", "2125550100x7", "٢١٢", "1\n2"])
def test_what_is_no_number_is_found_as_it_is(kind: IdentifierKind, text: str):
    assert Identifier(kind, text).value == text


def test_an_email_address_is_found_in_any_case():
    assert Identifier(IdentifierKind.EMAIL, "John@Example.com").value == "john@example.com"


@pytest.mark.parametrize(
    "kind", [IdentifierKind.UUID, IdentifierKind.EXTERNAL_ID, IdentifierKind.WEBCHAT]
)
def test_other_identifiers_are_found_as_they_are(kind: IdentifierKind):
    assert Identifier(kind, "+1 Ab").value == "+1 Ab"
