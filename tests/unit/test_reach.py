"""E-mail addresses, and phone numbers: which are possible, and which digits reach them."""

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidField
from shared.validation.callers import MAX_CALLER_CHARS, phone_number_of
from shared.validation.contact_formats import (
    _MAX_PLAIN_CHARS,
    _PLAIN_ADDRESS,
    check_email,
    check_phone_number,
    dialed_digits,
)


def is_address(text: str) -> bool:
    try:
        email_validator.validate_email(text, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        return False
    return True


@pytest.mark.slow
@given(
    st.from_regex(_PLAIN_ADDRESS, fullmatch=True, alphabet=st.characters(codec="ascii")).filter(
        lambda x: len(x) <= _MAX_PLAIN_CHARS
    )
)
def test_whatever_is_plain_is_an_address_for_the_library_too(address: str):
    assert is_address(address)


@pytest.mark.parametrize("domain", email_validator.SPECIAL_USE_DOMAIN_NAMES)
def test_domains_of_special_use_are_left_to_the_library(domain: str):
    assert not _PLAIN_ADDRESS.fullmatch(f"john@{domain}")
    assert not _PLAIN_ADDRESS.fullmatch(f"john@mail.{domain}")


@pytest.mark.parametrize(
    "address",
    [
        "john@example.com",
        "JOHN.Doe+tag@Mail.Example.co",
        "jörg@example.com",
        "o'neil@example.com",
        "john@xn--exmple-cua.com",
        "john@example.museum",
        f"{'a' * 64}@example.com",
        "john@example.test",
    ],
)
def test_what_can_be_an_address_is_taken(address: str):
    assert is_address(address)
    check_email("email", address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "john",
        "@example.com",
        "john@",
        "john@example",
        "john@-example.com",
        "john@example-.com",
        "john@exa--mple.com\n",
        ".john@example.com",
        "john.@example.com",
        "jo..hn@example.com",
        "john@example..com",
        f"john@{'a' * 64}.com",
        "john@mail.local",
        "john@example.invalid",
        "John <john@example.com>",
        "john@example.com ",
        f"{'a' * 489}@example.com",
    ],
)
def test_what_cannot_be_an_address_is_refused(address: str):
    assert not is_address(address)
    with pytest.raises(InvalidField) as rejected:
        check_email("email", address)
    assert rejected.value.field == "email"


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+1 (212) 555-0100", "12125550100"),
        ("12125550100", "12125550100"),
        ("+447813194799", "447813194799"),
        ("447813194799", "447813194799"),
        ("+44 (0)20 7946 0958", "442079460958"),
        ("+39 06 1234 5678", "390612345678"),
        ("1234567890", "1234567890"),
        ("+1234567890", "1234567890"),
        ("(212) 555-0100", "2125550100"),
    ],
)
def test_the_digits_of_a_number_are_those_of_its_international_form(number: str, digits: str):
    assert dialed_digits("phoneNumber", number) == digits


@pytest.mark.parametrize(
    "number",
    ["", "+", "12", "+12", "0044 20 7946 0958", "++12125550100", "1" * 30, "call 2125550100", "x7"],
)
def test_what_is_no_possible_number_is_refused(number: str):
    for check in (check_phone_number, dialed_digits):
        with pytest.raises(InvalidField) as rejected:
            check("phoneNumber", number)
        assert rejected.value.field == "phoneNumber"


@pytest.mark.parametrize("number", ["+12125550100x7", "2125550100 #7"])
def test_a_number_with_an_extension_can_be_kept_but_not_reached(number: str):
    check_phone_number("phoneNumber", number)
    with pytest.raises(InvalidField):
        dialed_digits("phoneNumber", number)


@pytest.mark.parametrize(
    ("caller", "number"),
    [
        (" +1 555 0100 ", "+1 555 0100"),
        ("sip:+15550100@carrier.example;user=phone", "+15550100"),
        ("911", "911"),
        ("1" * 15, "1" * 15),
        ("12", None),
        ("1" * 16, None),
        ("anonymous", None),
        (f"sip:+15550100@{'a' * MAX_CALLER_CHARS}", None),
    ],
)
def test_the_number_of_a_caller_is_one_that_can_be_called(caller: str, number: str | None):
    assert phone_number_of(caller) == number
