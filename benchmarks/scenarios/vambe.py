"""The scenarios of Vambe's API."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, on_contact, prepares
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
_SET_FIELDS = f"{_CONTACT}/update-metadata"
_DIGITS = "15550000123"
_USER_ID = "user-id-00000123"
_CATALOGUES = (("32 definitions", VALUES_PER_PAGE), ("1,000 definitions", MANY))
_SINCE_EVER = "created_after=2020-01-01"

_Scenario = partial(Scenario, "vambe")


@prepares
def _set_fields(
    stage: Stage, fields: Mapping[str, Any], *, held: int = VALUES_PER_PAGE, defined: int = 0
) -> Call:
    """Set fields of a contact with values of the first `held` definitions."""
    stage.add_contact(stage.define(max(held, defined))[:held])
    return Call("POST", _SET_FIELDS, fields)


@prepares
def _set_field_in_other_words(
    stage: Stage,
    key: str,
    value: str,
    defined: int,
    variable_type: VariableType = VariableType.TEXT,
) -> Call:
    """Set the field `budget_name_0000` with the display name "Monthly spending"."""
    meant = stage.define_one("budget_name_0000", "Monthly spending", variable_type)
    stage.add_contact([meant, *stage.define(defined - 1)[: VALUES_PER_PAGE - 1]])
    return Call("POST", _SET_FIELDS, {key: value})


@prepares
def _overwrite_large_field(stage: Stage, size: int) -> Call:
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    stage.set_text(defined[0], text_of(size))
    return Call("POST", _SET_FIELDS, {defined[0].name: text_of(size, seed=2)})


def _set_webchat_fields(stage: Stage) -> Call:
    stage.add_contact(stage.define(VALUES_PER_PAGE), webchat_user_id=_USER_ID)
    document = {"externalUserId": _USER_ID, "metadata": changes(names(4))}
    return Call("POST", f"{_API}/webchat/contact/add-metadata", document)


@prepares
def _set_ticket_fields(stage: Stage, reference: Mapping[str, str]) -> Call:
    stage.add_contact()
    stage.add_conversation(stage.define(VALUES_PER_PAGE, ContextType.CONVERSATION))
    document = {**reference, "metadata": changes(names(4))}
    return Call("POST", f"{_API}/ticket/metadata", document)


@prepares
def _get_info(stage: Stage, held: int, conversations: int = 0) -> Call:
    stage.add_contact(stage.define(held))
    for number in range(conversations):
        stage.add_conversation((), f"conversation-id-{number:04d}")
    return Call("GET", f"{_CONTACT}/info")


@prepares
def _list_conversations(stage: Stage, count: int) -> Call:
    stage.add_contact()
    for number in range(count):
        stage.add_conversation((), f"conversation-id-{number:04d}")
    return Call("GET", f"{_CONTACT}/conversations")


@prepares
def _list_tags(stage: Stage, count: int) -> Call:
    stage.add_tags(count)
    return Call("GET", f"{_API}/tags")


@prepares
def _replace_tags(stage: Stage, count: int) -> Call:
    tags = stage.add_tags(100)
    stage.add_contact()
    document = {"tagsIds": [tag.tag_id for tag in tags[:count]]}
    return Call("PATCH", f"{_API}/contact/tags/{UUID}", document)


@prepares
def _create_tags(stage: Stage, existing: int, new: int) -> Call:
    tags = stage.add_tags(100)
    stage.add_contact()
    wanted = [tag.value for tag in tags[:existing]] + [f"new-tag-{n:04d}" for n in range(new)]
    path = f"{_API}/channels/whatsapp/{_DIGITS}/tags"
    return Call("POST", path, {"tags": wanted})


@prepares
def _list_contacts(stage: Stage, count: int, query: str, of: str = "") -> Call:
    stage.define(VALUES_PER_PAGE)
    stage.add_listed_contacts(count)
    return Call("GET", f"{_API}/contacts{of}", query=query)


@prepares
def _upsert(
    stage: Stage, contact: Mapping[str, str], fields: Mapping[str, Any], *, exists: bool
) -> Call:
    defined = stage.define(VALUES_PER_PAGE)
    if exists:
        stage.add_contact(defined, webchat_user_id=_USER_ID)
    document = {**contact, "contact_name": "Maria Rosa", "meta_data": fields}
    return Call("POST", f"{_API}/customer/upsert/info", document)


_BY_NUMBER = {"channel": "whatsapp", "contact_phone_number": f"+{_DIGITS}"}
_BY_USER_ID = {"channel": "webchat", "external_user_id": _USER_ID}


def _sets_of_fields() -> Iterator[Scenario]:
    group = "Set custom fields by the names of existing ones"
    for held in HELD:
        for count in (1, 4, 32):
            if count <= held:
                request = _set_fields(changes(names(count)), held=held)
                yield _Scenario(group, f"{count} on a contact of {held}", request)
    group = "Set 4 custom fields of a contact of 32"
    for title, defined in _CATALOGUES:
        by_name = _set_fields(changes(names(4)), defined=defined)
        yield _Scenario(group, f"by name, {title}", by_name)
    spaced = [name.replace("_", " ").title() for name in names(4)]
    yield _Scenario(group, "by name, in another case", _set_fields(changes(spaced)))
    group = "Set a custom field that has to be looked for"
    for title, defined in _CATALOGUES:
        shown = _set_field_in_other_words("Monthly spending", NEW_VALUE, defined)
        yield _Scenario(group, f"by display name, {title}", shown)
        misspelled = _set_field_in_other_words("monthly spendings", NEW_VALUE, defined)
        yield _Scenario(group, f"misspelled, {title}", misspelled)
    group = "Set a custom field to a written number"
    written = _set_field_in_other_words(
        "budget_name_0000", "$1,234.50", VALUES_PER_PAGE, VariableType.NUMBER
    )
    yield _Scenario(group, "by name", written)
    group = "Set a free text"
    for title, defined in _CATALOGUES:
        text = _set_field_in_other_words("notes", "We met. Monthly spending: much.", defined)
        yield _Scenario(group, f"that fills a field, {title}", text)


def _sets_of_new_fields() -> Iterator[Scenario]:
    group = "Set new custom fields of a contact of 32"
    for title, defined in _CATALOGUES:
        request = _set_fields(changes(names(4, word="unknown")), defined=defined)
        yield _Scenario(group, f"4, {title}", request)
    for count in (32, 100, MANY):
        request = _set_fields(changes(names(count, word="unknown")))
        yield _Scenario(group, f"{count:,}", request)
    group = "Set a large custom field of a contact of 32"
    for size, count in SIZES.items():
        yield _Scenario(
            group,
            f"{size}, first",
            _set_fields({names(32)[31]: text_of(count)}, held=31, defined=32),
        )
        yield _Scenario(group, f"{size}, again", _overwrite_large_field(count))


def _of_contacts() -> Iterator[Scenario]:
    for held in HELD:
        yield _Scenario("Get a contact", f"of {held} fields", _get_info(held))
    yield _Scenario("Get a contact", "of 32 fields, with 10 conversations", _get_info(32, 10))
    for count in (1, 100):
        yield _Scenario(
            "List conversations of a contact", f"of {count}", _list_conversations(count)
        )
    by_field = f"{_SINCE_EVER}&custom_field_key={names(1)[0]}&custom_field_value=any"
    for title, count in (("10", 10), ("1,000", MANY)):
        group = "List contacts"
        yield _Scenario(group, f"of {title}", _list_contacts(count, _SINCE_EVER))
        yield _Scenario(group, f"of {title}, by a custom field", _list_contacts(count, by_field))
    for title, count in (("10", 10), ("1,000", MANY)):
        request = _list_contacts(count, "phone=5550000", "/search")
        yield _Scenario("Search contacts", f"of {title}", request)


@prepares
def _of_webhooks(
    stage: Stage, method: str, path: str = "", document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on ten webhooks."""
    stage.add_webhooks(10, form="vambe")
    return Call(method, f"/api/webhooks{path}", document)


_WEBHOOK = {"topic": "contact.updated", "url": "https://example.com/hooks", "secret": "a secret"}

SCENARIOS = (
    *_sets_of_fields(),
    *_sets_of_new_fields(),
    _Scenario("Set custom fields of a webchat contact", "4 of 32", _set_webchat_fields),
    _Scenario(
        "Set 4 of 32 custom fields of a ticket",
        "by its id",
        _set_ticket_fields({"ticket_id": CONVERSATION_ID}),
    ),
    _Scenario(
        "Set 4 of 32 custom fields of a ticket",
        "by its contact's id",
        _set_ticket_fields({"ai_contact_id": UUID}),
    ),
    _Scenario(
        "Set 4 of 32 custom fields of a ticket",
        "by its contact's number",
        _set_ticket_fields({"contact_number": _DIGITS}),
    ),
    *_of_contacts(),
    _Scenario(
        "List messages of a contact",
        "none",
        on_contact(Call("GET", f"{_CONTACT}/messages"), VALUES_PER_PAGE),
    ),
    _Scenario("List tags", "10", _list_tags(10)),
    _Scenario("List tags", "1,000", _list_tags(MANY)),
    _Scenario("Replace the tags of a contact", "by 2", _replace_tags(2)),
    _Scenario("Replace the tags of a contact", "by 50", _replace_tags(50)),
    _Scenario("Add tags to a contact", "2 existing", _create_tags(existing=2, new=0)),
    _Scenario("Add tags to a contact", "2 new", _create_tags(existing=0, new=2)),
    _Scenario("Add tags to a contact", "10 new", _create_tags(existing=0, new=10)),
    _Scenario("Create a customer", "by number", _upsert(_BY_NUMBER, {}, exists=False)),
    _Scenario("Create a customer", "by user id", _upsert(_BY_USER_ID, {}, exists=False)),
    _Scenario(
        "Create a customer",
        "by number, with 4 fields",
        _upsert(_BY_NUMBER, changes(names(4)), exists=False),
    ),
    _Scenario("Change a customer", "by number", _upsert(_BY_NUMBER, {}, exists=True)),
    _Scenario("Change a customer", "by user id", _upsert(_BY_USER_ID, {}, exists=True)),
    _Scenario(
        "Change a customer",
        "by number, with 4 of 32 fields",
        _upsert(_BY_NUMBER, changes(names(4)), exists=True),
    ),
    _Scenario("Create a webhook", "the eleventh", _of_webhooks("POST", document=_WEBHOOK)),
    _Scenario("List webhooks", "10", _of_webhooks("GET")),
    _Scenario("List the topics of webhooks", "all", _of_webhooks("GET", "/topics")),
    _Scenario("Get a webhook", "one", _of_webhooks("GET", f"/{WEBHOOK_ID}")),
    _Scenario("Change a webhook", "one", _of_webhooks("PUT", f"/{WEBHOOK_ID}", {"active": False})),
    _Scenario("Delete a webhook", "one", _of_webhooks("DELETE", f"/{WEBHOOK_ID}")),
)
"""All scenarios in the order of the report."""
