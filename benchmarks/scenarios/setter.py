"""The scenarios of Setter AI's API."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, prepares
from benchmarks.stage import CONTACT_ID, Stage, changes, names
from shared.domain.contacts import PhoneNumber
from shared.table.keys import VALUES_PER_PAGE

_DIGITS = "12125550123"
_BY_NUMBER = {"waId": _DIGITS}
_HAVING_NUMBER: Mapping[str, Any] = {"wa_id": _DIGITS, "sms_phone_number": _DIGITS}
_HAVING_PHONE: Mapping[str, Any] = {"phone_numbers": (PhoneNumber(1, f"+{_DIGITS}", primary=True),)}

_Scenario = partial(Scenario, "setter")


@prepares
def _update(
    stage: Stage,
    fields: Mapping[str, Any],
    by: Mapping[str, Any] = _BY_NUMBER,
    *,
    held: int = VALUES_PER_PAGE,
    known: int = 0,
    unknown: int = 0,
) -> Call:
    """Change fields and a number of defined and undefined variables of a contact."""
    defined = stage.define(held)
    stage.add_contact(defined, **_HAVING_NUMBER)
    return Call("PUT", "/api/v1/contacts", {**by, **fields, **_metadata(known, unknown)})


@prepares
def _message(
    stage: Stage,
    fields: Mapping[str, Any],
    having: Mapping[str, Any] | None,
    *,
    known: int = 0,
    unknown: int = 0,
) -> Call:
    """Send a message to the number of a contact, or to an unknown number for None."""
    defined = stage.define(VALUES_PER_PAGE)
    if having is not None:
        stage.add_contact(defined, **having)
    document = {"phoneNumber": f"+{_DIGITS}", **fields, **_metadata(known, unknown)}
    return Call("POST", "/api/v1/bot-integrations/456/messages/send", document)


def _metadata(known: int, unknown: int) -> dict[str, Any]:
    sent = changes([*names(known), *names(unknown, word="unknown")])
    return {"metadata": sent} if sent else {}


_GROUP = "Change a contact of 32"
_TO_ANYONE = "Take a message to a number that nobody has"
_TO_SOMEONE = "Take a message to a contact of 32"

SCENARIOS = (
    _Scenario(
        _GROUP, "its last name, found by id", _update({"lastName": "King"}, {"id": CONTACT_ID})
    ),
    _Scenario(_GROUP, "its last name, found by WhatsApp id", _update({"lastName": "King"})),
    _Scenario(
        _GROUP,
        "its last name, found by SMS number",
        _update({"lastName": "King"}, {"smsPhoneNumber": _DIGITS}),
    ),
    _Scenario(_GROUP, "its email", _update({"email": "new@example.com"})),
    _Scenario(_GROUP, "its phone number", _update({"phoneNumber": "+12125550199"})),
    _Scenario(_GROUP, "1 variable", _update({}, known=1)),
    _Scenario(_GROUP, "4 variables", _update({}, known=4)),
    _Scenario(_GROUP, "32 variables", _update({}, known=32)),
    _Scenario(_GROUP, "4 undefined variables", _update({}, unknown=4)),
    _Scenario("Change 4 variables of a contact", "of 100", _update({}, held=100, known=4)),
    _Scenario("Change 4 variables of a contact", "of 400", _update({}, held=400, known=4)),
    _Scenario(_TO_ANYONE, "without variables", _message({"firstName": "Ada"}, None)),
    _Scenario(_TO_ANYONE, "with 4 variables", _message({"firstName": "Ada"}, None, known=4)),
    _Scenario(_TO_ANYONE, "with 4 undefined variables", _message({}, None, unknown=4)),
    _Scenario(_TO_SOMEONE, "found by WhatsApp id", _message({"firstName": "Ada"}, _HAVING_NUMBER)),
    _Scenario(_TO_SOMEONE, "found by phone number", _message({"firstName": "Ada"}, _HAVING_PHONE)),
    _Scenario(_TO_SOMEONE, "with 4 variables", _message({}, _HAVING_NUMBER, known=4)),
)
"""All scenarios in the order of the report."""
