"""Compare our tables of locales with Unicode CLDR, for every locale of their languages."""

import re

import pytest
from babel import Locale, localedata

from shared.validation.fields.locales import DateOrder, date_order, decimal_mark

ORDERS = {"dMy": DateOrder.DAY_FIRST, "Mdy": DateOrder.MONTH_FIRST, "yMd": DateOrder.YEAR_FIRST}
LOCALES = sorted(
    name.replace("_", "-")
    for name in localedata.locale_identifiers()
    if re.fullmatch("(en|es|pt|fr|de|it)(_[A-Z]{2})?", name)
)


@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_and_dates_are_written_as_cldr_says(locale: str):
    cldr = Locale.parse(locale, sep="-")
    pattern = re.sub("'[^']*'", "", cldr.date_formats["short"].pattern)
    order = "".join(dict.fromkeys(re.findall("[dMy]", pattern)))
    assert decimal_mark(locale) == cldr.number_symbols["latn"]["decimal"]
    assert date_order(locale) is ORDERS[order]


@pytest.mark.parametrize("locale", ["", "xx", "ja", "ja-JP", "tlh-DE"])
def test_of_another_language_nothing_is_claimed(locale: str):
    assert decimal_mark(locale) is None
    assert date_order(locale) is None
