"""Decimal marks and date orders of locales, for six languages.

Source: Unicode CLDR, number symbols and short date formats. A test compares the tables with it.
"""

from enum import Enum

_LANGUAGES = frozenset({"en", "es", "pt", "fr", "de", "it"})

_POINT_BY_DEFAULT = frozenset({"en"})
_OTHER_MARK_IN = (
    "de-CH de-LI en-AT en-BE en-CZ en-DE en-DK en-ES en-FI en-FR en-HU en-ID en-IT en-NL en-NO "
    "en-PL en-PT en-RO en-SE en-SI en-SK en-ZA es-BR es-BZ es-CU es-DO es-GT es-HN es-MX es-NI "
    "es-PA es-PE es-PR es-SV es-US it-CH"
)
"""Locales whose decimal mark differs from that of the language."""

_MONTH_FIRST_IN = "en en-AS en-BI en-GU en-MH en-MP en-PH en-PR en-UM en-US en-VI es-PA es-PR"
_YEAR_FIRST_IN = "en-CA en-SE en-ZA fr-CA"

_OTHER_MARK = frozenset(_OTHER_MARK_IN.split())
_MONTH_FIRST = frozenset(_MONTH_FIRST_IN.split())
_YEAR_FIRST = frozenset(_YEAR_FIRST_IN.split())


class DateOrder(Enum):
    """The order of day, month and year in a numeric date."""

    DAY_FIRST = "day, month, year"
    MONTH_FIRST = "month, day, year"
    YEAR_FIRST = "year, month, day"


def decimal_mark(locale: str) -> str | None:
    """Return the decimal mark of a locale, or None if the language is unknown."""
    language = locale.partition("-")[0]
    if language not in _LANGUAGES:
        return None
    is_point = (language in _POINT_BY_DEFAULT) is not (locale in _OTHER_MARK)
    return "." if is_point else ","


def date_order(locale: str) -> DateOrder | None:
    """Return the order of numeric dates, or None if the language is unknown."""
    if locale.partition("-")[0] not in _LANGUAGES:
        return None
    if locale in _MONTH_FIRST:
        return DateOrder.MONTH_FIRST
    return DateOrder.YEAR_FIRST if locale in _YEAR_FIRST else DateOrder.DAY_FIRST
