"""Parsing of localized dates: numeric ones, and ones with the name of a month.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time

from shared.validation.fields.locales import DateOrder, date_order
from shared.validation.fields.similarity import strip_accents
from shared.validation.values import is_iso_date

_MAX_CHARS = 64
_MAX_SENT_CHARS = 200
"""Allows for spaces around and between the words."""

_MONTHS = (
    "january enero janeiro janvier januar gennaio jan",
    "february febrero fevereiro fevrier februar febbraio feb",
    "march marzo marco mars marz maerz mrz mar",
    "april abril avril aprile apr",
    "may mayo maio mai maggio",
    "june junio junho juin juni giugno jun",
    "july julio julho juillet juli luglio jul",
    "august agosto aout aug",
    "september septiembre setiembre setembro septembre settembre sep",
    "october octubre outubro octobre oktober ottobre oct",
    "november noviembre novembro novembre nov",
    "december diciembre dezembro decembre dezember dicembre dec",
)
"""The months in English, Spanish, Portuguese, French, German and Italian.

Every prefix of three letters or more that only one month has is a name of it too: `sept`, `ago`.
"""

_WEEKDAYS = (
    "monday mon lunes segunda lundi montag lunedi",
    "tuesday tue martes terca mardi dienstag martedi",
    "wednesday wed miercoles quarta mercredi mittwoch mercoledi",
    "thursday thu jueves quinta jeudi donnerstag giovedi",
    "friday fri viernes sexta vendredi freitag venerdi",
    "saturday sat sabado samedi samstag sabato",
    "sunday sun domingo dimanche sonntag domenica",
)
_WEEKDAY_OF = {word: day for day, words in enumerate(_WEEKDAYS) for word in words.split()}

_FILLER_WORDS = "am d de del den der el er feira il le nd o of rd st th the"
"""Words and endings that are ignored: `the 12th of March`, `le 1er mars`, `terça-feira`."""

_FILLERS = frozenset(_FILLER_WORDS.split())

_NUMBERS = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})\.?")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_IN_WORDS = re.compile(r"[a-z0-9 ,./'-]+")
_PARTS = re.compile(r"[a-z]+|[0-9]+")
_CLOCK = re.compile(
    r"(?:,? |t)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?)?"
)


def parse_date(text: str, locale: str) -> str | None:
    """Parse a localized date.

    The order is clear if the year comes first, a number is above 12, day and month are equal, or
    the month is a word. Otherwise the order of the locale is used.

    Args:
        text: The date, with or without a time of day.
        locale: The locale, such as `es-CL`, or "" if unknown.

    Returns:
        The ISO 8601 date, with the time if there is one. None if the date is ambiguous or does not
        exist, has a year of two digits, or names another day of the week.
    """
    if len(text) > _MAX_SENT_CHARS:
        return None
    tidy = " ".join(text.split())
    if len(tidy) > _MAX_CHARS:
        return None
    with_t = tidy.replace(" ", "T", 1)
    if is_iso_date(with_t):
        return with_t
    plain = strip_accents(tidy).casefold()
    clock = re.search(rf"{_CLOCK.pattern}$", plain)
    day = _day(plain[: clock.start()] if clock else plain, locale)
    if day is None or clock is None:
        return day
    at = _time_of_day(clock)
    return f"{day}T{at}" if at else None


def _day(text: str, locale: str) -> str | None:
    compact = _COMPACT.fullmatch(text)
    if compact:
        return _iso(*map(int, compact.groups()))
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        first, _, second, third = numbers.groups()
        return _numeric_date(first, second, third, date_order(locale))
    return _date_in_words(text) if _IN_WORDS.fullmatch(text) else None


def _numeric_date(first: str, second: str, third: str, order: DateOrder | None) -> str | None:
    if len(first) == 4 and len(third) <= 2:
        return _iso(int(first), int(second), int(third))
    if len(first) > 2 or len(third) != 4:
        return None
    one, other, year = int(first), int(second), int(third)
    readings = {_iso(year, other, one), _iso(year, one, other)} - {None}
    if len(readings) == 1:
        return readings.pop()
    match order:
        case DateOrder.DAY_FIRST:
            return _iso(year, other, one)
        case DateOrder.MONTH_FIRST:
            return _iso(year, one, other)
    return None


def _date_in_words(text: str) -> str | None:
    parts = [part for part in _PARTS.findall(text) if part not in _FILLERS]
    weekdays = {_WEEKDAY_OF[part] for part in parts if part in _WEEKDAY_OF}
    match [part for part in parts if part not in _WEEKDAY_OF]:
        case [day, month, year] if day.isdigit() and year.isdigit():
            # The year is first or last: 12 March 2024, 2024 March 12.
            day, year = (day, year) if len(year) == 4 else (year, day)
        case [month, day, year]:
            pass
        case _:
            return None
    number = _MONTH_OF.get(month)
    if number is None or not re.fullmatch("[0-9]{1,2}/[0-9]{4}", f"{day}/{year}"):
        return None
    iso = _iso(int(year), number, int(day))
    if iso and weekdays - {datetime.fromisoformat(iso).weekday()}:
        return None
    return iso


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return f"{datetime(year, month, day):%Y-%m-%d}" if year >= 1000 else None  # noqa: DTZ001 - a day
    except ValueError:
        return None


def _time_of_day(clock: re.Match[str]) -> str | None:
    hour, half = int(clock["hour"]), clock["half"]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        at = time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        return None
    return at.isoformat("seconds" if clock["second"] else "minutes")


def _month_words() -> Iterator[tuple[str, int]]:
    """Yield names of months and their unambiguous prefixes, with the number."""
    months: defaultdict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(_MONTHS, start=1):
        for name in names.split():
            for end in range(3, len(name) + 1):
                months[name[:end]].add(number)
    return ((word, min(numbers)) for word, numbers in months.items() if len(numbers) == 1)


_MONTH_OF = dict(_month_words())
