"""The scenarios of the service's own API."""

from collections.abc import Mapping
from typing import Any

from benchmarks.scenario import business, contact, contacts, definitions, on, prepares, scenarios
from benchmarks.stage import (
    CONTACT_ID,
    CONVERSATION_ID,
    FAILED_DELIVERY,
    IMPORT_ID,
    NEW_VALUE,
    WAITING_IMPORT_ID,
    WEBHOOK_ID,
    Stage,
    changes,
    names,
)
from shared.domain.definitions import ContextType
from shared.services.webhooks.subscriptions import MAX_WEBHOOKS
from shared.table.keys import VALUES_PER_PAGE

_CONTACTS = "/v1/contacts"
_CONTACT = f"{_CONTACTS}/contact_{CONTACT_ID}"
_WEBHOOKS = "/v1/webhooks"

(_FIRST,) = names(1)
_VALUE = {"value": NEW_VALUE}
_FOUR = changes(names(4))
_OPERATION = {"operations": [{"op": "append", "variable": _FIRST, "value": "more"}]}
_FIELDS = {"first_name": "Jane", "email": "jane@example.com"}
_COMPANY = {"company": "Acme"}
_NEW = {"identifiers": {"phone": "+15559999999"}, "contact": _FIELDS}
_KNOWN = {"identifiers": {"phone": f"+1555{CONTACT_ID:07d}"}}
_NEW_WEBHOOK = {"url": "https://example.com/hooks", "topics": ["*"]}
_NEW_IMPORT = {"format": "csv", "identifier": {"kind": "email"}}
_NEW_KEY = {"permissions": ["contacts:read"], "name": "nightly import"}
_ANY_VERSION = (("if-match", "*"),)
_ONCE = (("idempotency-key", "2b1f6c1e-9c0e-4a55-8f0a-7d1d0c3f9a10"),)


def _contacts_to_merge(stage: Stage) -> None:
    """Add two contacts with equal values of 32 variables."""
    variables = stage.define(VALUES_PER_PAGE)
    for contact_id in (CONTACT_ID, CONTACT_ID + 1):
        stage.add_contact(variables, contact_id)


def _tags(stage: Stage) -> None:
    """Add a contact and 100 tags."""
    stage.add_contact()
    stage.add_tags(100)


def _on_conversation(stage: Stage) -> None:
    """Add a conversation with a value of each of 32 variables."""
    stage.add_contact()
    stage.add_conversation(stage.define(VALUES_PER_PAGE, ContextType.CONVERSATION))


def _suggestion(stage: Stage) -> str:
    """Add a suggestion for a contact with 32 variables, and return its id."""
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    return stage.add_suggestion(defined[0])


def _activity(stage: Stage) -> None:
    defined = stage.define(10)
    stage.add_contact()
    stage.add_activity(defined, 100)


@prepares
def _webhooks(stage: Stage, count: int) -> None:
    stage.add_webhooks(count)


def _deliveries(stage: Stage) -> None:
    """Add ten webhooks, the first with 100 deliveries."""
    stage.add_webhooks(10)
    stage.add_deliveries()


def _account(stage: Stage) -> None:
    stage.add_api_keys(20)
    stage.add_webhooks(10)
    stage.define(10)


_contact = on(contact(), _CONTACT)
_contacts = on(contact(), _CONTACTS)
_tagged = on(_tags, _CONTACT)
_conversation = on(_on_conversation, f"/v1/conversations/{CONVERSATION_ID}")
_business = on(business(), "/v1/business/variables")
_webhook = on(_deliveries, f"{_WEBHOOKS}/{WEBHOOK_ID}")
_imports = on(lambda stage: stage.add_imports(10), "/v1/imports")
_keys = on(lambda stage: stage.add_api_keys(20), "/v1/keys")


def _batch(count: int, variables: int) -> Mapping[str, Any]:
    """Build a batch of so many new contacts with so many variables each."""
    values = changes(names(variables))
    return {
        "items": [
            {"identifiers": {"email": f"b{number}@example.com"}, "variables": values}
            for number in range(count)
        ]
    }


SCENARIOS = scenarios(
    "native",
    {
        "List contacts": {
            "50 of 100": on(contacts(100), _CONTACTS)("GET", query="limit=50"),
            "50 of 10,000": on(contacts(10_000), _CONTACTS)("GET", query="limit=50"),
        },
        "Create a contact": {
            "without variables": _contacts("POST", document=_FIELDS),
            "with 4 variables": _contacts("POST", document={**_FIELDS, "variables": _FOUR}),
            "once": _contacts("POST", document=_FIELDS, headers=_ONCE),
        },
        "Find a contact: by phone": _contacts("POST", "/lookup", _KNOWN),
        "Upsert a contact": {
            title: _contacts("POST", "/upsert", document)
            for title, document in (
                ("new", _NEW),
                ("known, 4 variables of 32", {**_KNOWN, "variables": _FOUR}),
                (
                    "known, a field and 4 variables of 32",
                    {**_KNOWN, "contact": _COMPANY, "variables": _FOUR},
                ),
            )
        },
        "Upsert a batch of new contacts": {
            f"{count}, {variables} variables each": _contacts(
                "POST", "/batch", _batch(count, variables)
            )
            for count in (1, 10)
            for variables in (1, 32)
        },
        "Change a contact": {
            "a field": _contact("PATCH", document=_COMPANY),
            "a field, once": _contact("PATCH", document=_COMPANY, headers=_ONCE),
            "its e-mail address": _contact("PATCH", document={"email": "a@b.co"}),
        },
        "Merge two contacts: 32 variables each": on(_contacts_to_merge, _CONTACT)(
            "POST", "/merge", {"from": f"contact_{CONTACT_ID + 1}"}
        ),
        "Delete a contact: of 32 variables": _contact("DELETE"),
        "List tags: 50 of 100": on(_tags)("GET", "/v1/tags", query="limit=50"),
        "Add a tag to a contact": {
            "one of the account": _tagged("PUT", "/tags/tag-number-0001"),
            "new": _tagged("PUT", "/tags/new"),
        },
        "Remove a tag from a contact: one": _tagged("DELETE", "/tags/vip"),
        "Create a conversation: one": on(lambda stage: stage.add_contact())(
            "POST", "/v1/conversations", {"contact_id": f"contact_{CONTACT_ID}"}
        ),
        "Get a conversation: of 32 variables": _conversation("GET"),
        "List conversations of a contact: 1": _contact("GET", "/conversations"),
        "List variables of a conversation: 32": _conversation("GET", "/variables"),
        "Set variables of a conversation: 4 of 32": _conversation("PATCH", "/variables", _FOUR),
        "Delete a conversation: of 32 variables": _conversation("DELETE"),
        "Get a contact: its fields": _contact("GET"),
        "List variables of a contact": {
            "32": _contact("GET", "/variables"),
            "32, and unset ones": _contact("GET", "/variables", query="include=unset"),
        },
        "Get a variable of a contact: of 32": _contact("GET", f"/variables/{_FIRST}"),
        "Set a variable of a contact": {
            title: _contact("PUT", f"/variables/{_FIRST}", _VALUE, headers=headers)
            for title, headers in (("of 32", ()), ("of 32, by its entity tag", _ANY_VERSION))
        },
        "Remove a value of a contact: of 32": _contact("DELETE", f"/variables/{_FIRST}"),
        "Set variables of a contact": {
            title: _contact("PATCH", "/variables", _FOUR, headers=headers)
            for title, headers in (
                ("4 of 32", ()),
                ("4 of 32, once", _ONCE),
                ("4 of 32, by the entity tag of the set", _ANY_VERSION),
            )
        },
        "Apply an operation to a contact": {
            title: _contact("POST", "/variables/operations", _OPERATION, headers=headers)
            for title, headers in (("1 of 32", ()), ("1 of 32, once", _ONCE))
        },
        "Set a variable of the business: of 32": _business("PUT", f"/{_FIRST}", _VALUE),
        "Remove a value of the business: of 32": _business("DELETE", f"/{_FIRST}"),
        "Set variables of the business: 4 of 32": _business("PATCH", document=_FOUR),
        "Apply an operation to the business: 1 of 32": _business("POST", "/operations", _OPERATION),
        "List suggestions: 1": on(_suggestion)("GET", "/v1/suggestions"),
        "Accept a suggestion: one": on(_suggestion)("POST", "/v1/suggestions/{}/accept"),
        "Reject a suggestion: one": on(_suggestion)("POST", "/v1/suggestions/{}/reject"),
        "List variables of the business: 32": _business("GET"),
        "Get a variable of the business: of 32": _business("GET", f"/{_FIRST}"),
        "List the activity of a contact: 50 of 100 changes": on(_activity, _CONTACT)(
            "GET", "/activity", query="limit=50"
        ),
        "Create a webhook": {
            "the first": on(_webhooks(0), _WEBHOOKS)("POST", document=_NEW_WEBHOOK),
            "the last of 50": on(_webhooks(MAX_WEBHOOKS - 1), _WEBHOOKS)(
                "POST", document=_NEW_WEBHOOK
            ),
        },
        "List webhooks: 50": on(_webhooks(MAX_WEBHOOKS), _WEBHOOKS)("GET", query="limit=50"),
        "Get a webhook: one": _webhook("GET"),
        "Change a webhook: one": _webhook("PATCH", document={"status": "disabled"}),
        "Delete a webhook: one": _webhook("DELETE"),
        "Give a webhook a new secret: one": _webhook("POST", "/rotate-secret"),
        "Try a webhook: one": _webhook("POST", "/test"),
        "Send a delivery again: one": _webhook("POST", f"/deliveries/{FAILED_DELIVERY}/redeliver"),
        "Send all failed deliveries again: 1 of 100": _webhook(
            "POST", "/redeliver", {"since": "2024-01-01T00:00:00Z"}
        ),
        "Create an import: one": _imports("POST", document=_NEW_IMPORT),
        "List imports: 10": _imports("GET"),
        "Get an import: one": _imports("GET", f"/{IMPORT_ID}"),
        "Get row errors of an import: one": _imports("GET", f"/{IMPORT_ID}/errors"),
        "Get a template for imports: 100 definitions": on(definitions(100))(
            "GET", "/v1/imports/template"
        ),
        "Cancel an import: one": _imports("POST", f"/{WAITING_IMPORT_ID}/cancel"),
        "List deliveries to a webhook: 50 of 100": _webhook("GET", "/deliveries"),
        "Create an API key": {
            "beside 21": _keys("POST", document=_NEW_KEY),
            "beside 21, once": _keys("POST", document=_NEW_KEY, headers=_ONCE),
        },
        "List API keys: 21": _keys("GET"),
        "Get an API key: of 21": _keys("GET", "/{}"),
        "Rotate an API key: of 21": _keys("POST", "/{}/rotate", {"overlap_hours": 24}),
        "Revoke an API key: of 21": _keys("DELETE", "/{}"),
        "Get the account: 21 keys, 10 webhooks": on(_account)("GET", "/v1/account"),
    },
)
"""All scenarios in the order of the report."""
