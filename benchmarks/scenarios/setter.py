"""The scenarios of Setter AI's API."""

from collections.abc import Mapping
from typing import Any

from benchmarks.scenario import Data, Prepare, contact, definitions, on, scenarios
from benchmarks.stage import CONTACT_ID, changes, names
from shared.domain.contacts import PhoneNumber
from shared.table.keys import VALUES_PER_PAGE

_DIGITS = "12125550123"
_WA_ID = {"waId": _DIGITS}
_HAVING_NUMBER: Mapping[str, Any] = {"wa_id": _DIGITS, "sms_phone_number": _DIGITS}
_HAVING_PHONE: Mapping[str, Any] = {"phone_numbers": (PhoneNumber(1, f"+{_DIGITS}", primary=True),)}
_KNOWN = {"metadata": changes(names(4))}
_UNKNOWN = {"metadata": changes(names(4, word="unknown"))}

_NOBODY = definitions(VALUES_PER_PAGE)
_BY_NUMBER = contact(**_HAVING_NUMBER)
_BY_PHONE = contact(**_HAVING_PHONE)


def _change(
    fields: Mapping[str, Any], by: Mapping[str, Any] = _WA_ID, data: Data = _BY_NUMBER
) -> Prepare:
    return on(data)("PUT", "/api/v1/contacts", {**by, **fields})


def _message(data: Data, fields: Mapping[str, Any]) -> Prepare:
    document = {"phoneNumber": f"+{_DIGITS}", **fields}
    return on(data)("POST", "/api/v1/bot-integrations/456/messages/send", document)


SCENARIOS = scenarios(
    "setter",
    {
        "Change a contact of 32": {
            "its last name, found by id": _change({"lastName": "King"}, {"id": CONTACT_ID}),
            "its last name, found by WhatsApp id": _change({"lastName": "King"}),
            "its last name, found by SMS number": _change(
                {"lastName": "King"}, {"smsPhoneNumber": _DIGITS}
            ),
            "its email": _change({"email": "new@example.com"}),
            "its phone number": _change({"phoneNumber": "+12125550199"}),
            "1 variable": _change({"metadata": changes(names(1))}),
            "4 variables": _change(_KNOWN),
            "32 variables": _change({"metadata": changes(names(32))}),
            "4 undefined variables": _change(_UNKNOWN),
        },
        "Change 4 variables of a contact": {
            f"of {held}": _change(_KNOWN, data=contact(held, **_HAVING_NUMBER))
            for held in (100, 400)
        },
        "Take a message to a number that nobody has": {
            "without variables": _message(_NOBODY, {"firstName": "Ada"}),
            "with 4 variables": _message(_NOBODY, {"firstName": "Ada", **_KNOWN}),
            "with 4 undefined variables": _message(_NOBODY, _UNKNOWN),
        },
        "Take a message to a contact of 32": {
            "found by WhatsApp id": _message(_BY_NUMBER, {"firstName": "Ada"}),
            "found by phone number": _message(_BY_PHONE, {"firstName": "Ada"}),
            "with 4 variables": _message(_BY_NUMBER, _KNOWN),
        },
    },
)
"""All scenarios in the order of the report."""
