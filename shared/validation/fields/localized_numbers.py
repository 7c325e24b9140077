"""Parsing of localized numbers, with currencies and digit groups.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

import re
import unicodedata

from shared.validation.fields.locales import decimal_mark
from shared.validation.values import MAX_NUMBER_CHARS, plain_number

_CURRENCIES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS "
    "KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF "
    "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
)
"""The currency codes in use. Source: ISO 4217."""

# Some currency signs follow letters, as in US$ and R$. A few symbols have only letters.
_CURRENCY = rf"(?:[A-Z]{{1,3}} ?)?¤|{_CURRENCIES.replace(' ', '|')}|S/\.?|Bs\.?|kr\.?|zł|Kč|Ft|Fr\."

_LOCALIZED = re.compile(
    rf"(?P<sign>[+-]?) ?(?:{_CURRENCY})? ?(?P<inner>[+-]?)"
    rf"(?P<digits>[0-9](?:[0-9.,' ]*[0-9])?)(?P<dash>[.,]-)?"
    rf" ?(?:{_CURRENCY})?"
)

_GROUPED = {
    mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in ".,' "
}
_INDIAN_GROUPS = re.compile("[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
"""Indian digit groups: 1,23,456."""

_ASCII_FORMS = str.maketrans(
    {"\u2212": "-", "\u2019": "'", "\u202f": " ", "\u00a0": " ", "\u2009": " "}
)


def parse_number(text: str, locale: str) -> int | float | None:
    """Parse a localized number.

    "1.234,50 €", "$1,234.50", "(1 234)" and "1'234" are unambiguous. A number such as "1.234" is
    read by the decimal mark of the locale. If the locale is unknown, "1.234" is read with a decimal
    point, and "1,234" is ambiguous.

    Returns:
        The number, or None if the text is no number or is ambiguous.
    """
    if len(text) > MAX_NUMBER_CHARS:
        return None
    tidy = text.strip().translate(_ASCII_FORMS)
    plain = plain_number(tidy)
    if plain is not None and not _may_be_grouped(tidy.lstrip("+-"), ".", locale):
        return plain
    is_negative = tidy.startswith("(") and tidy.endswith(")")
    parts = _LOCALIZED.fullmatch(_normalize_currency(tidy[1:-1].strip() if is_negative else tidy))
    if parts is None or sum((is_negative, *map(bool, parts.group("sign", "inner")))) > 1:
        return None
    digits = _to_plain_digits(parts["digits"], locale)
    if digits is None:
        return None
    is_negative = is_negative or "-" in parts.group("sign", "inner")
    return plain_number(f"-{digits}" if is_negative else digits)


def _normalize_currency(text: str) -> str:
    """Replace every currency sign by the generic one."""
    return "".join("¤" if unicodedata.category(char) == "Sc" else char for char in text)


def _to_plain_digits(digits: str, locale: str) -> str | None:
    """Remove groups and use a decimal point. Returns None if digits are ambiguous."""
    marks = {mark for mark in ".," if mark in digits}
    if marks == {".", ","}:
        # Only the integer part has groups, so the last mark is the decimal mark.
        return _with_decimal_point(digits, max(marks, key=digits.rindex))
    if not marks:
        return _without_groups(digits)
    (mark,) = marks
    if digits.count(mark) > 1:
        return _without_groups(digits)
    if " " in digits or "'" in digits or not _is_grouped(digits, mark):
        return _with_decimal_point(digits, mark)
    decimal = decimal_mark(locale)
    if decimal is None:
        return None
    return _with_decimal_point(digits, mark) if decimal == mark else _without_groups(digits)


def _with_decimal_point(digits: str, decimal: str) -> str | None:
    if digits.count(decimal) != 1:
        return None
    whole, fraction = digits.split(decimal)
    plain = _without_groups(whole)
    return f"{plain}.{fraction}" if plain is not None and fraction.isdigit() else None


def _without_groups(digits: str) -> str | None:
    if digits.isdigit():
        return digits
    for mark in _GROUPED:
        if _is_grouped(digits, mark):
            return digits.replace(mark, "")
    return None


def _is_grouped(digits: str, mark: str) -> bool:
    if _GROUPED[mark].fullmatch(digits):
        return True
    return mark == "," and _INDIAN_GROUPS.fullmatch(digits) is not None


def _may_be_grouped(digits: str, mark: str, locale: str) -> bool:
    return _is_grouped(digits, mark) and decimal_mark(locale) not in (None, mark)
