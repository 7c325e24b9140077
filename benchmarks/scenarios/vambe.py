"""The scenarios of Vambe's API."""

from collections.abc import Mapping
from typing import Any

from benchmarks.scenario import Data, Prepare, contact, definitions, on, prepares, scenarios
from benchmarks.stage import (
    CONVERSATION_ID,
    HELD,
    MANY,
    NEW_VALUE,
    SIZES,
    UUID,
    WEBHOOK_ID,
    Stage,
    changes,
    names,
    text_of,
)
from shared.domain.definitions import ContextType, VariableType
from shared.table.keys import VALUES_PER_PAGE

_API = "/api/public"
_CONTACT = f"{_API}/contact/{UUID}"
_WEBHOOK = {"topic": "contact.updated", "url": "https://example.com/hooks", "secret": "a secret"}
_DIGITS = "15550000123"
_USER_ID = "user-id-00000123"
_BY_NUMBER = {"channel": "whatsapp", "contact_phone_number": f"+{_DIGITS}"}
_BY_USER_ID = {"channel": "webchat", "external_user_id": _USER_ID}
_CATALOGUES = (("32 definitions", VALUES_PER_PAGE), ("1,000 definitions", MANY))
_SINCE_EVER = "created_after=2020-01-01"
_BY_FIELD = f"{_SINCE_EVER}&custom_field_key={names(1)[0]}&custom_field_value=any"
_COUNTS = (("10", 10), ("1,000", MANY))
_FOUR = changes(names(4))

_NOBODY = definitions(VALUES_PER_PAGE)
_CUSTOMER = contact(webchat_user_id=_USER_ID)
_webhooks = on(lambda stage: stage.add_webhooks(10, form="vambe"), "/api/webhooks")


@prepares
def _meant(stage: Stage, defined: int, variable_type: VariableType = VariableType.TEXT) -> None:
    """Add a contact of 32 values with the field `budget_name_0000`, shown as "Monthly spending"."""
    meant = stage.define_one("budget_name_0000", "Monthly spending", variable_type)
    stage.add_contact([meant, *stage.define(defined - 1)[: VALUES_PER_PAGE - 1]])


@prepares
def _large(stage: Stage, size: int) -> None:
    """Add a contact of 32 values, of which the first is large."""
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    stage.set_text(defined[0], text_of(size))


def _ticket(stage: Stage) -> None:
    stage.add_contact()
    stage.add_conversation(stage.define(VALUES_PER_PAGE, ContextType.CONVERSATION))


@prepares
def _conversations(stage: Stage, count: int, held: int | None = None) -> None:
    """Add a contact, with values of `held` definitions, and its conversations."""
    stage.add_contact(() if held is None else stage.define(held))
    for number in range(count):
        stage.add_conversation((), f"conversation-id-{number:04d}")


@prepares
def _tags(stage: Stage, count: int) -> None:
    stage.add_tags(count)


def _tagged(stage: Stage) -> None:
    """Add a contact to an account of 100 tags."""
    stage.add_tags(100)
    stage.add_contact()


@prepares
def _contacts(stage: Stage, count: int) -> None:
    stage.define(VALUES_PER_PAGE)
    stage.add_listed_contacts(count)


def _set(data: Data, fields: Mapping[str, Any]) -> Prepare:
    return on(data, _CONTACT)("POST", "/update-metadata", fields)


def _set_of_ticket(reference: Mapping[str, str]) -> Prepare:
    return on(_ticket, _API)("POST", "/ticket/metadata", {**reference, "metadata": _FOUR})


def _replace_tags(count: int) -> Prepare:
    document = {"tagsIds": list(range(1, count + 1))}
    return on(_tagged, _API)("PATCH", f"/contact/tags/{UUID}", document)


def _add_tags(existing: int, new: int) -> Prepare:
    tags = [f"tag-number-{number:04d}" for number in range(1, existing + 1)]
    wanted = tags + [f"new-tag-{number:04d}" for number in range(new)]
    return on(_tagged, _API)("POST", f"/channels/whatsapp/{_DIGITS}/tags", {"tags": wanted})


def _upsert(data: Data, reference: Mapping[str, str], fields: Mapping[str, Any]) -> Prepare:
    document = {**reference, "contact_name": "Maria Rosa", "meta_data": fields}
    return on(data, _API)("POST", "/customer/upsert/info", document)


SCENARIOS = scenarios(
    "vambe",
    {
        "Set custom fields by the names of existing ones": {
            f"{count} on a contact of {held}": _set(contact(held), changes(names(count)))
            for held in HELD
            for count in (1, 4, 32)
            if count <= held
        },
        "Set 4 custom fields of a contact of 32": {
            **{
                f"by name, {title}": _set(contact(defined=defined), _FOUR)
                for title, defined in _CATALOGUES
            },
            "by name, in another case": _set(
                contact(), changes([each.replace("_", " ").title() for each in names(4)])
            ),
        },
        "Set a custom field that has to be looked for": {
            f"{how}, {title}": _set(_meant(defined), {key: NEW_VALUE})
            for title, defined in _CATALOGUES
            for how, key in (
                ("by display name", "Monthly spending"),
                ("misspelled", "monthly spendings"),
            )
        },
        "Set a custom field to a written number: by name": _set(
            _meant(VALUES_PER_PAGE, VariableType.NUMBER), {"budget_name_0000": "$1,234.50"}
        ),
        "Set a free text": {
            f"that fills a field, {title}": _set(
                _meant(defined), {"notes": "We met. Monthly spending: much."}
            )
            for title, defined in _CATALOGUES
        },
        "Set new custom fields of a contact of 32": {
            **{
                f"4, {title}": _set(contact(defined=defined), changes(names(4, word="unknown")))
                for title, defined in _CATALOGUES
            },
            **{
                f"{count:,}": _set(contact(), changes(names(count, word="unknown")))
                for count in (32, 100, MANY)
            },
        },
        "Set a large custom field of a contact of 32": {
            f"{size}, {which}": _set(data, {names(32)[place]: text_of(count, seed)})
            for size, count in SIZES.items()
            for which, data, place, seed in (
                ("first", contact(31, defined=32), 31, 1),
                ("again", _large(count), 0, 2),
            )
        },
        "Set custom fields of a webchat contact: 4 of 32": on(_CUSTOMER, _API)(
            "POST", "/webchat/contact/add-metadata", {"externalUserId": _USER_ID, "metadata": _FOUR}
        ),
        "Set 4 of 32 custom fields of a ticket": {
            "by its id": _set_of_ticket({"ticket_id": CONVERSATION_ID}),
            "by its contact's id": _set_of_ticket({"ai_contact_id": UUID}),
            "by its contact's number": _set_of_ticket({"contact_number": _DIGITS}),
        },
        "Get a contact": {
            **{f"of {held} fields": on(contact(held), _CONTACT)("GET", "/info") for held in HELD},
            "of 32 fields, with 10 conversations": on(_conversations(10, held=32), _CONTACT)(
                "GET", "/info"
            ),
        },
        "List conversations of a contact": {
            f"of {count}": on(_conversations(count), _CONTACT)("GET", "/conversations")
            for count in (1, 100)
        },
        "List contacts": {
            f"of {title}{how}": on(_contacts(count), _API)("GET", "/contacts", query=query)
            for title, count in _COUNTS
            for how, query in (("", _SINCE_EVER), (", by a custom field", _BY_FIELD))
        },
        "Search contacts": {
            f"of {title}": on(_contacts(count), _API)(
                "GET", "/contacts/search", query="phone=5550000"
            )
            for title, count in _COUNTS
        },
        "List messages of a contact: none": on(contact(), _CONTACT)("GET", "/messages"),
        "List tags": {title: on(_tags(count), _API)("GET", "/tags") for title, count in _COUNTS},
        "Replace the tags of a contact": {f"by {count}": _replace_tags(count) for count in (2, 50)},
        "Add tags to a contact": {
            "2 existing": _add_tags(existing=2, new=0),
            "2 new": _add_tags(existing=0, new=2),
            "10 new": _add_tags(existing=0, new=10),
        },
        "Create a customer": {
            "by number": _upsert(_NOBODY, _BY_NUMBER, {}),
            "by user id": _upsert(_NOBODY, _BY_USER_ID, {}),
            "by number, with 4 fields": _upsert(_NOBODY, _BY_NUMBER, _FOUR),
        },
        "Change a customer": {
            "by number": _upsert(_CUSTOMER, _BY_NUMBER, {}),
            "by user id": _upsert(_CUSTOMER, _BY_USER_ID, {}),
            "by number, with 4 of 32 fields": _upsert(_CUSTOMER, _BY_NUMBER, _FOUR),
        },
        "Create a webhook: the eleventh": _webhooks("POST", document=_WEBHOOK),
        "List webhooks: 10": _webhooks("GET"),
        "List the topics of webhooks: all": _webhooks("GET", "/topics"),
        "Get a webhook: one": _webhooks("GET", f"/{WEBHOOK_ID}"),
        "Change a webhook: one": _webhooks("PUT", f"/{WEBHOOK_ID}", {"active": False}),
        "Delete a webhook: one": _webhooks("DELETE", f"/{WEBHOOK_ID}"),
    },
)
"""All scenarios in the order of the report."""
