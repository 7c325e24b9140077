"""Phone numbers: which are possible, and which digits reach them."""

import pytest

from shared.domain.errors import InvalidField
from shared.validation.reach import check_phone_number, dialed_digits


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
        with pytest.raises(InvalidField) as refused:
            check("phoneNumber", number)
        assert refused.value.field == "phoneNumber"


@pytest.mark.parametrize("number", ["+12125550100x7", "2125550100 #7"])
def test_a_number_with_an_extension_can_be_kept_but_not_reached(number: str):
    check_phone_number("phoneNumber", number)
    with pytest.raises(InvalidField):
        dialed_digits("phoneNumber", number)
