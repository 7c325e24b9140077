"""Amounts of money.

Source of the codes and their minor units: ISO 4217, list one.
"""

import re
from decimal import Decimal

from shared.domain.json_values import JsonObject, JsonValue

_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED
VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

MINOR_UNITS = (
    dict.fromkeys(_TWO_DIGITS.split(), 2)
    | dict.fromkeys(_NO_DIGITS.split(), 0)
    | dict.fromkeys(_THREE_DIGITS.split(), 3)
)
"""The digits after the point of each currency."""

MAX_AMOUNT = 10**15
"""The largest amount in minor units. JSON parsers of every language read it exactly."""

_NUMBER = r"(?P<{0}>-?[0-9]{{1,16}}(\.[0-9]{{1,3}})?)"
_CODE = "(?P<{0}>[A-Z]{{3}})"
_WRITTEN = re.compile(
    f"{_NUMBER.format('amount')} ?{_CODE.format('code')}"
    f"|{_CODE.format('code_first')} ?{_NUMBER.format('amount_last')}"
)

RULE = (
    'it must be an object such as {"amount": 25050, "currency": "USD"} with an amount in minor '
    "units and a code of ISO 4217, or a text such as 250.50 USD"
)


def parse_money(value: JsonValue) -> JsonObject | None:
    """Return an amount of money as `{"amount": minor units, "currency": code}`.

    Args:
        value: Such an object, or a text such as `250.50 USD`.

    Returns:
        None if it is no amount of a known currency, has more digits than the currency, or is
        larger than `MAX_AMOUNT`.
    """
    if isinstance(value, str):
        return _from_text(value.strip()) if len(value) <= 40 else None
    if not isinstance(value, dict) or value.keys() != {"amount", "currency"}:
        return None
    return _money(value["amount"], value["currency"])


def money_text(money: JsonObject) -> str:
    """Return an amount of money as text, such as `250.50 USD`."""
    code = str(money["currency"])
    digits = MINOR_UNITS[code]
    amount = Decimal(str(money["amount"])).scaleb(-digits)
    return f"{amount:.{digits}f} {code}"


def _from_text(text: str) -> JsonObject | None:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    code = found["code"] or found["code_first"]
    amount = Decimal(found["amount"] or found["amount_last"]).scaleb(MINOR_UNITS.get(code, 0))
    return _money(int(amount), code) if amount == int(amount) else None


def _money(amount: JsonValue, code: JsonValue) -> JsonObject | None:
    if isinstance(amount, float) and amount.is_integer():
        amount = int(amount)
    if not isinstance(amount, int) or isinstance(amount, bool) or abs(amount) > MAX_AMOUNT:
        return None
    if not isinstance(code, str) or code not in MINOR_UNITS:
        return None
    return {"amount": amount, "currency": code}
