"""The scenarios of the service's own API."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, prepares, with_definitions
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

_API = "/v1/webhooks"
_WEBHOOK = {"url": "https://example.com/hooks", "topics": ["*"]}

(_FIRST,) = names(1)
_VALUE = {"value": NEW_VALUE}
_PATCH = changes(names(4))
_OPERATION = {"operations": [{"op": "append", "variable": _FIRST, "value": "more"}]}
_KEY = {"permissions": ["contacts:read"], "name": "nightly import"}
_ANY_VERSION = (("if-match", "*"),)
_ONCE = (("idempotency-key", "2b1f6c1e-9c0e-4a55-8f0a-7d1d0c3f9a10"),)

_Scenario = partial(Scenario, "native")


@prepares
def _create_webhook(stage: Stage, held: int) -> Call:
    stage.add_webhooks(held)
    return Call("POST", _API, _WEBHOOK)


def _list_webhooks(stage: Stage) -> Call:
    stage.add_webhooks(MAX_WEBHOOKS)
    return Call("GET", _API, query="limit=50")


def _merge(stage: Stage) -> Call:
    """Prepare a merge of two contacts with equal values of 32 variables."""
    variables = stage.define(VALUES_PER_PAGE)
    for contact_id in (CONTACT_ID, CONTACT_ID + 1):
        stage.add_contact(variables, contact_id)
    path = f"/v1/contacts/contact_{CONTACT_ID}/merge"
    return Call("POST", path, {"from": f"contact_{CONTACT_ID + 1}"})


@prepares
def _of_webhook(
    stage: Stage, method: str, path: str = "", document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on one of ten webhooks with 100 deliveries."""
    stage.add_webhooks(10)
    stage.add_deliveries()
    return Call(method, f"{_API}/{WEBHOOK_ID}{path}", document)


@prepares
def _of_imports(
    stage: Stage, method: str, path: str = "", document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on an account with ten imports, of which the first is completed."""
    stage.add_imports(10)
    return Call(method, f"/v1/imports{path}", document)


@prepares
def _of_keys(
    stage: Stage,
    method: str,
    path: str = "",
    document: Mapping[str, Any] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Call:
    """Prepare a request on an account with 20 API keys more than that of the request."""
    path = path.format(stage.add_api_keys(20))
    return Call(method, f"/v1/keys{path}", document, headers=headers)


@prepares
def _of_account(stage: Stage) -> Call:
    """Prepare a request on an account with 20 API keys more, 10 webhooks and 10 definitions."""
    stage.add_api_keys(20)
    stage.add_webhooks(10)
    stage.define(10)
    return Call("GET", "/v1/account")


def _activity(stage: Stage) -> Call:
    defined = stage.define(10)
    stage.add_contact()
    stage.add_activity(defined, 100)
    return Call("GET", "/v1/contacts/contact_123/activity", query="limit=50")


@prepares
def _of_contact(
    stage: Stage,
    method: str,
    path: str = "",
    document: Mapping[str, Any] | None = None,
    query: str = "",
    headers: tuple[tuple[str, str], ...] = (),
) -> Call:
    """Prepare a request on a contact with a value of each of 32 variables."""
    stage.add_contact(stage.define(VALUES_PER_PAGE))
    return Call(method, f"/v1/contacts/contact_{CONTACT_ID}{path}", document, query, headers)


@prepares
def _of_contacts(
    stage: Stage,
    method: str,
    path: str = "",
    document: Mapping[str, Any] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Call:
    """Prepare a request on an account with a contact that has values of 32 variables."""
    stage.add_contact(stage.define(VALUES_PER_PAGE))
    return Call(method, f"/v1/contacts{path}", document, "", headers)


@prepares
def _of_conversation(
    stage: Stage, method: str, path: str = "", document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on a conversation with a value of each of 32 variables."""
    stage.add_contact()
    stage.add_conversation(stage.define(VALUES_PER_PAGE, ContextType.CONVERSATION))
    return Call(method, f"/v1/conversations/{CONVERSATION_ID}{path}", document)


def _create_conversation(stage: Stage) -> Call:
    stage.add_contact()
    return Call("POST", "/v1/conversations", {"contact_id": f"contact_{CONTACT_ID}"})


@prepares
def _of_tags(stage: Stage, method: str, path: str, query: str = "") -> Call:
    """Prepare a request on an account with a contact and 100 tags."""
    stage.add_contact()
    stage.add_tags(100)
    return Call(method, f"/v1{path}", query=query)


@prepares
def _listed(stage: Stage, count: int) -> Call:
    """Prepare a request for the first page of so many contacts."""
    stage.add_listed_contacts(count)
    return Call("GET", "/v1/contacts", query="limit=50")


@prepares
def _of_business(
    stage: Stage, method: str, path: str = "", document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on the business with a value of each of 32 variables."""
    stage.set_business(stage.define(VALUES_PER_PAGE, ContextType.BUSINESS))
    return Call(method, f"/v1/business/variables{path}", document)


@prepares
def _of_suggestion(stage: Stage, method: str, path: str) -> Call:
    """Prepare a request about a suggestion for a contact with 32 variables."""
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    made = stage.add_suggestion(defined[0])
    return Call(method, f"/v1/suggestions{path.format(made)}")


def _batch(count: int, variables: int) -> Mapping[str, Any]:
    """Build a batch of so many new contacts with so many variables each."""
    values = changes(names(variables))
    return {
        "items": [
            {"identifiers": {"email": f"b{number}@example.com"}, "variables": values}
            for number in range(count)
        ]
    }


_FIELDS = {"first_name": "Jane", "email": "jane@example.com"}
_NEW = {"identifiers": {"phone": "+15559999999"}, "contact": _FIELDS}
_KNOWN = {"identifiers": {"phone": f"+1555{CONTACT_ID:07d}"}}

SCENARIOS = (
    _Scenario("List contacts", "50 of 100", _listed(100)),
    _Scenario("List contacts", "50 of 10,000", _listed(10_000)),
    _Scenario("Create a contact", "without variables", _of_contacts("POST", "", _FIELDS)),
    _Scenario(
        "Create a contact",
        "with 4 variables",
        _of_contacts("POST", "", {**_FIELDS, "variables": _PATCH}),
    ),
    _Scenario("Create a contact", "once", _of_contacts("POST", "", _FIELDS, _ONCE)),
    _Scenario("Find a contact", "by phone", _of_contacts("POST", "/lookup", _KNOWN)),
    _Scenario("Upsert a contact", "new", _of_contacts("POST", "/upsert", _NEW)),
    _Scenario(
        "Upsert a contact",
        "known, 4 variables of 32",
        _of_contacts("POST", "/upsert", {**_KNOWN, "variables": _PATCH}),
    ),
    _Scenario(
        "Upsert a contact",
        "known, a field and 4 variables of 32",
        _of_contacts(
            "POST", "/upsert", {**_KNOWN, "contact": {"company": "Acme"}, "variables": _PATCH}
        ),
    ),
    *(
        _Scenario(
            "Upsert a batch of new contacts",
            f"{count}, {variables} variables each",
            _of_contacts("POST", "/batch", _batch(count, variables)),
        )
        for count in (1, 10)
        for variables in (1, 32)
    ),
    _Scenario("Change a contact", "a field", _of_contact("PATCH", document={"company": "Acme"})),
    _Scenario(
        "Change a contact",
        "a field, once",
        _of_contact("PATCH", document={"company": "Acme"}, headers=_ONCE),
    ),
    _Scenario(
        "Change a contact", "its e-mail address", _of_contact("PATCH", document={"email": "a@b.co"})
    ),
    _Scenario("Merge two contacts", "32 variables each", _merge),
    _Scenario("Delete a contact", "of 32 variables", _of_contact("DELETE")),
    _Scenario("List tags", "50 of 100", _of_tags("GET", "/tags", "limit=50")),
    _Scenario(
        "Add a tag to a contact",
        "one of the account",
        _of_tags("PUT", f"/contacts/contact_{CONTACT_ID}/tags/tag-number-0001"),
    ),
    _Scenario(
        "Add a tag to a contact", "new", _of_tags("PUT", f"/contacts/contact_{CONTACT_ID}/tags/new")
    ),
    _Scenario(
        "Remove a tag from a contact",
        "one",
        _of_tags("DELETE", f"/contacts/contact_{CONTACT_ID}/tags/vip"),
    ),
    _Scenario(
        "Create a conversation",
        "one",
        _create_conversation,
    ),
    _Scenario("Get a conversation", "of 32 variables", _of_conversation("GET")),
    _Scenario("List conversations of a contact", "1", _of_contact("GET", "/conversations")),
    _Scenario("List variables of a conversation", "32", _of_conversation("GET", "/variables")),
    _Scenario(
        "Set variables of a conversation",
        "4 of 32",
        _of_conversation("PATCH", "/variables", _PATCH),
    ),
    _Scenario("Delete a conversation", "of 32 variables", _of_conversation("DELETE")),
    _Scenario("Get a contact", "its fields", _of_contact("GET")),
    _Scenario("List variables of a contact", "32", _of_contact("GET", "/variables")),
    _Scenario(
        "List variables of a contact",
        "32, and unset ones",
        _of_contact("GET", "/variables", query="include=unset"),
    ),
    _Scenario("Get a variable of a contact", "of 32", _of_contact("GET", f"/variables/{_FIRST}")),
    _Scenario(
        "Set a variable of a contact",
        "of 32",
        _of_contact("PUT", f"/variables/{_FIRST}", _VALUE),
    ),
    _Scenario(
        "Set a variable of a contact",
        "of 32, by its entity tag",
        _of_contact("PUT", f"/variables/{_FIRST}", _VALUE, headers=_ANY_VERSION),
    ),
    _Scenario(
        "Remove a value of a contact", "of 32", _of_contact("DELETE", f"/variables/{_FIRST}")
    ),
    _Scenario("Set variables of a contact", "4 of 32", _of_contact("PATCH", "/variables", _PATCH)),
    _Scenario(
        "Set variables of a contact",
        "4 of 32, once",
        _of_contact("PATCH", "/variables", _PATCH, headers=_ONCE),
    ),
    _Scenario(
        "Set variables of a contact",
        "4 of 32, by the entity tag of the set",
        _of_contact("PATCH", "/variables", _PATCH, headers=_ANY_VERSION),
    ),
    _Scenario(
        "Apply an operation to a contact",
        "1 of 32",
        _of_contact("POST", "/variables/operations", _OPERATION),
    ),
    _Scenario(
        "Apply an operation to a contact",
        "1 of 32, once",
        _of_contact("POST", "/variables/operations", _OPERATION, headers=_ONCE),
    ),
    _Scenario("Set a variable of the business", "of 32", _of_business("PUT", f"/{_FIRST}", _VALUE)),
    _Scenario("Remove a value of the business", "of 32", _of_business("DELETE", f"/{_FIRST}")),
    _Scenario("Set variables of the business", "4 of 32", _of_business("PATCH", "", _PATCH)),
    _Scenario(
        "Apply an operation to the business",
        "1 of 32",
        _of_business("POST", "/operations", _OPERATION),
    ),
    _Scenario("List suggestions", "1", _of_suggestion("GET", "")),
    _Scenario("Accept a suggestion", "one", _of_suggestion("POST", "/{}/accept")),
    _Scenario("Reject a suggestion", "one", _of_suggestion("POST", "/{}/reject")),
    _Scenario("List variables of the business", "32", _of_business("GET")),
    _Scenario("Get a variable of the business", "of 32", _of_business("GET", f"/{_FIRST}")),
    _Scenario("List the activity of a contact", "50 of 100 changes", _activity),
    _Scenario("Create a webhook", "the first", _create_webhook(0)),
    _Scenario("Create a webhook", "the last of 50", _create_webhook(MAX_WEBHOOKS - 1)),
    _Scenario("List webhooks", "50", _list_webhooks),
    _Scenario("Get a webhook", "one", _of_webhook("GET")),
    _Scenario("Change a webhook", "one", _of_webhook("PATCH", document={"status": "disabled"})),
    _Scenario("Delete a webhook", "one", _of_webhook("DELETE")),
    _Scenario("Give a webhook a new secret", "one", _of_webhook("POST", "/rotate-secret")),
    _Scenario("Try a webhook", "one", _of_webhook("POST", "/test")),
    _Scenario(
        "Send a delivery again",
        "one",
        _of_webhook("POST", f"/deliveries/{FAILED_DELIVERY}/redeliver"),
    ),
    _Scenario(
        "Send all failed deliveries again",
        "1 of 100",
        _of_webhook("POST", "/redeliver", {"since": "2024-01-01T00:00:00Z"}),
    ),
    _Scenario(
        "Create an import",
        "one",
        _of_imports("POST", document={"format": "csv", "identifier": {"kind": "email"}}),
    ),
    _Scenario("List imports", "10", _of_imports("GET")),
    _Scenario("Get an import", "one", _of_imports("GET", f"/{IMPORT_ID}")),
    _Scenario("Get row errors of an import", "one", _of_imports("GET", f"/{IMPORT_ID}/errors")),
    _Scenario(
        "Get a template for imports",
        "100 definitions",
        with_definitions(Call("GET", "/v1/imports/template"), 100),
    ),
    _Scenario("Cancel an import", "one", _of_imports("POST", f"/{WAITING_IMPORT_ID}/cancel")),
    _Scenario("List deliveries to a webhook", "50 of 100", _of_webhook("GET", "/deliveries")),
    _Scenario("Create an API key", "beside 21", _of_keys("POST", document=_KEY)),
    _Scenario(
        "Create an API key", "beside 21, once", _of_keys("POST", document=_KEY, headers=_ONCE)
    ),
    _Scenario("List API keys", "21", _of_keys("GET")),
    _Scenario("Get an API key", "of 21", _of_keys("GET", "/{}")),
    _Scenario("Rotate an API key", "of 21", _of_keys("POST", "/{}/rotate", {"overlap_hours": 24})),
    _Scenario("Revoke an API key", "of 21", _of_keys("DELETE", "/{}")),
    _Scenario("Get the account", "21 keys, 10 webhooks", _of_account()),
)
"""All scenarios in the order of the report."""
