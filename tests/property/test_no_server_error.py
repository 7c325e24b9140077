"""Any request gets a documented response, and an error response means that nothing changed."""

import json
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openapi_documents.making import apis
from shared.domain.contacts import Conversation
from shared.domain.tags import Tag
from shared.domain.value_changes import OperationKind
from tests.api import Answer, Api, dialect_of, is_told_in_band, template
from tests.fixtures import KEY, Fixtures

CHATBOT_KEY = "CCSB-a1b2c3d4-e5f6g7h8i9j0"
MASTER_KEY = "everything"
"""A key that every API accepts, also those without permissions."""

ROUTES = [
    route
    for route in template().routes
    if not route.path.endswith("/") and dialect_of(route.function) in apis()
]

DOCUMENTED = {
    "Klen": {
        400: {
            "duplicate_variable",
            "invalid_json",
            "invalid_value",
            "missing_parameter",
            "undefined_variable",
            "validation_error",
        },
        401: {"authentication_required", "invalid_key"},
        403: {"delete_not_allowed", "permission_denied"},
        404: {"not_found"},
    },
    "Setter": {
        400: {"Bad Request"},
        401: {"Unauthorized"},
        403: {"Forbidden"},
        404: {"Not Found"},
        429: {"Too Many Requests"},
    },
    "Vambe": {
        400: {"Bad Request"},
        401: {"Unauthorized"},
        403: {"Forbidden"},
        404: {"Not Found"},
        409: {"Conflict"},
        413: {"Payload Too Large"},
    },
    "Chatcaptain": {
        400: {"Bad Request"},
        403: {"Forbidden"},
    },
    "Native": {
        400: {"invalid_request", "malformed_body"},
        401: {"authentication_required", "invalid_api_key"},
        403: {"permission_denied"},
        404: {"not_found"},
        409: {"conflict", "limit_reached"},
    },
}

A_UUID = "df980fc8-b6db-4820-bf22-000000000123"

# Names, values and structures that APIs use, mixed with any other JSON.
NAMES = st.sampled_from(
    [
        *("variables", "auto_create_variables", "membership_level", "last_payment_date", "name"),
        *("display_name", "description", "variable_type", "context_type", "select_options"),
        *("first_name", "last_name", "email", "tags", "phone_numbers", "phone_number", "id"),
        *("primary", "custom_context", "industry_context", "team_id", "city"),
        *("phoneNumber", "metadata", "timeZone"),
        *("value", "contactId", "contact", "language", "address", "whatsappId"),
        *("category", "label", "type", "defaultValue", "structureJson", "subCategory"),
        *("externalUserId", "tagsIds", "ticket_id", "ai_contact_id", "contact_number"),
        *("channel", "contact_phone_number", "external_user_id", "meta_data", "companyName"),
        *("contact_name", "contact_email", "custom_field_values", "key"),
        *("url", "topics", "topic", "secret", "status", "active"),
        *("operations", "op", "variable", "by", "confidence", "evidence"),
        *("", "a#b", "__proto__"),
    ]
)
WORDS = st.sampled_from(
    [
        *("Gold", "2023-12-01", "true", "42", "1e999", "select", "contact", "business", "date"),
        *("America/New_York", "external123", "custom", "object", "EN", "{}", "+15551234567"),
        *("whatsapp", "webchat", "user-1", "conv_1", A_UUID),
        *("https://example.com/hooks", "https://127.0.0.1/", "contact.updated", "disabled", "*"),
        *("", " ", "\x00", "#", "%23", "é\u0301", "𝕏" * 50, "x" * 9000, "٤٢", "NaN", "-0"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | WORDS
    | st.text(st.characters(codec=None), max_size=20)
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=10), inner, max_size=6)
    ),
    max_leaves=15,
)
OBJECTS = st.dictionaries(NAMES, DOCUMENTS, max_size=8) | st.fixed_dictionaries(
    {"variables": st.dictionaries(NAMES | st.text(max_size=110), DOCUMENTS, max_size=6)},
    optional={"auto_create_variables": st.booleans()},
)
FIELDS = st.dictionaries(NAMES | st.text(max_size=110), DOCUMENTS, max_size=6)
OBJECTS = OBJECTS | st.one_of(
    st.fixed_dictionaries({"externalUserId": st.just("user-1"), "metadata": FIELDS}),
    st.fixed_dictionaries({"ticket_id": st.just("conv_1"), "metadata": FIELDS}),
    st.fixed_dictionaries(
        {"value": DOCUMENTS}, optional={"confidence": LEAVES, "evidence": DOCUMENTS}
    ),
    st.fixed_dictionaries(
        {
            "operations": st.lists(
                st.fixed_dictionaries(
                    {"op": st.sampled_from([*OperationKind, "double"]), "variable": NAMES},
                    optional={"by": DOCUMENTS, "value": DOCUMENTS},
                ),
                max_size=3,
            )
        }
    ),
    st.fixed_dictionaries({"tagsIds": st.lists(st.integers(-1, 3), max_size=4)}),
    st.fixed_dictionaries({"tags": st.lists(NAMES | WORDS, min_size=1, max_size=4)}),
    st.fixed_dictionaries(
        {"channel": st.sampled_from(["whatsapp", "web-whatsapp", "webchat"])},
        optional={
            "contact_phone_number": WORDS,
            "external_user_id": WORDS,
            "contact_name": WORDS,
            "contact_email": WORDS,
            "meta_data": FIELDS,
            "custom_field_values": st.lists(
                st.fixed_dictionaries({"key": NAMES, "value": DOCUMENTS}), max_size=3
            ),
        },
    ),
)
BODIES = st.one_of(
    OBJECTS.map(lambda document: json.dumps(document).encode()),
    DOCUMENTS.map(lambda document: json.dumps(document).encode()),
    st.binary(max_size=200),
    st.sampled_from(
        [
            b'{"variables": {"a": 1e999}, "auto_create_variables": true}',
            b'{"first_name": "a", "industry_context": {"a": 1e999}}',
            b'{"first_name": "a", "custom_context": {"a": -1e999}}',
        ]
    ),
    st.sampled_from(
        [b"", b"{", b"null", b"[" * 5000, b'{"a":' * 5000, b"\xef\xbb\xbf{}", b"9" * 9000]
    ),
)
IDS = st.one_of(
    st.sampled_from(
        [
            *("external123", "conv_1", "wh_1", "123", "1", "2", "3", "4", "0", "-1"),
            *("1e5", "0x7b", "9" * 300, "null"),
        ]
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
)
QUERIES = st.text(
    st.characters(min_codepoint=33, max_codepoint=126), max_size=60
) | st.sampled_from(
    [
        "context_type=contact",
        "page=2&limit=1",
        "limit=%00",
        "search=%ff%fe",
        "page=1&page=2",
        "&&==",
        "days=7",
        "days=7&limit=1&offset=1",
        "days=7&custom_field_key=membership_level&custom_field_value=Gold",
        "created_after=0001-01-01T00:00:00%2B23:59",
        "phone=5",
        "email=%40",
        "daysBack=1",
        "filters=0,1",
        "pageToken=2025-09-29T07:08:00Z&limit=1",
        "query=j&page=1&pageSize=1&hiddenHits=external123,%23",
    ]
)
HOST = {"host": st.just("api.example.com")}
CONTENT_TYPE = {
    "content-type": st.sampled_from(
        ["application/json", "text/plain", "application/octet-stream", "", "multipart/form-data"]
    )
}
LATIN = st.characters(max_codepoint=255)
WITH_A_GOOD_KEY = st.fixed_dictionaries(
    {
        **HOST,
        "authorization": st.sampled_from([f"Bearer {KEY}", f"Bearer {MASTER_KEY}"]),
        "x-api-key": st.just(MASTER_KEY),
        "x-chatcaptain-key": st.just(CHATBOT_KEY),
    },
    optional=CONTENT_TYPE,
)
WITH_ANY_KEY_OR_NONE = st.fixed_dictionaries(
    HOST,
    optional={
        **CONTENT_TYPE,
        "authorization": st.text(LATIN, max_size=40).map("Bearer {}".format),
        "x-api-key": st.text(LATIN, max_size=300),
        "x-chatcaptain-key": st.text(LATIN, max_size=300),
    },
)
HEADERS = WITH_A_GOOD_KEY | WITH_ANY_KEY_OR_NONE


def is_documented(function: str, answer: Answer) -> bool:
    """Return whether the vendor documents the response."""
    if answer.status < 400:
        return answer.status in (200, 201)
    document = answer.document
    if function.startswith("Native"):
        return is_documented_problem(answer)
    (codes,) = [codes for name, codes in DOCUMENTED.items() if function.startswith(name)]
    form = {"error", "message"}
    if function.startswith(("Vambe", "Chatcaptain")):
        form = {"error", "message", "statusCode"}
    return (
        document.keys() == form
        and document.get("statusCode", answer.status) == answer.status
        and document["error"] in codes[answer.status]
        and bool(document["message"])
        and "{" not in document["message"].split("'")[0]
    )


def is_documented_problem(answer: Answer) -> bool:
    """Return whether a problem of the native API is documented and locates every fault."""
    problem = answer.document
    told = all(("pointer" in each) != ("parameter" in each) for each in problem["errors"])
    faulty = problem["code"] == "invalid_request"
    return (
        told
        and faulty == bool(problem["errors"])
        and problem["status"] == answer.status
        and problem["code"] in DOCUMENTED["Native"][answer.status]
        and answer.headers["content-type"] == "application/problem+json"
    )


def is_refused(answer: Answer) -> bool:
    """Return whether a response reports an error, by its status or its body."""
    return answer.status >= 400 or is_told_in_band(answer)


def filled(path: str, contact_id: str) -> str:
    """Return the path of a route with a contact id and its other parameters."""
    uuid = A_UUID[: -len(contact_id)] + contact_id if contact_id.isalnum() else contact_id
    values = {"aiContactId": uuid, "channelType": "whatsapp", "chatbotId": "bot_1"}
    values["name"] = "membership_level"
    if path.startswith("/v1/contacts/") and contact_id.isdecimal():
        values["contact_id"] = f"contact_{contact_id}"
    return re.sub(r"\{(\w+)\}", lambda name: quote(values.get(name[1], contact_id), safe=""), path)


def populate(fixtures: Fixtures) -> list[str]:
    """Create the data that the values above refer to, and return the ids for paths."""
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.key(MASTER_KEY, permissions=("*",))
    fixtures.key(CHATBOT_KEY, permissions=("*",), resource="chatbots/bot_1")
    topic = fixtures.definition("topic", context_type="conversation")
    level = fixtures.definitions.find_by_names("acme", "contact", ["membership_level"])
    fixtures.contact(124, wa_id="42", webchat_user_id="user-1")
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 124))
    fixtures.tags.add("acme", Tag(1, "Gold"))
    fixtures.webhook("wh_1")
    fixtures.webhook("wh_2", form="vambe")
    variables = [topic.external_id, level["membership_level"].external_id]
    return ["123", "1", "2", "3", "4", "external123", "conv_1", "wh_1", "wh_2", *variables]


class Stock:
    """The items of a table, read once for each request."""

    def __init__(self, fixtures: Fixtures) -> None:
        self._world = fixtures
        self._items = fixtures.items()

    def has_changed(self) -> bool:
        """Return whether the items have changed since the last call."""
        before, self._items = self._items, self._world.items()
        return self._items != before


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_every_answer_is_a_documented_one(
    route, everything: Fixtures, api: Api, fixtures: Fixtures
):
    populate(fixtures)
    stock = Stock(fixtures)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(contact_id=IDS, body=BODIES, query=QUERIES, headers=HEADERS)
    def holds(contact_id: str, body: bytes, query: str, headers: dict[str, str]) -> None:
        path = filled(route.path, contact_id)
        answer = api.send(route.method, path, query, headers, body)
        assert is_documented(route.function, answer), answer
        has_changed = stock.has_changed()
        assert not (is_refused(answer) and has_changed)

    holds()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_every_object_gets_a_documented_answer(
    route, everything: Fixtures, api: Api, fixtures: Fixtures
):
    """With a valid key and a JSON object, so that more requests pass the first checks."""
    ids = populate(fixtures)
    stock = Stock(fixtures)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(contact_id=st.sampled_from(ids), document=OBJECTS)
    def holds(contact_id: str, document: dict) -> None:
        path = filled(route.path, contact_id)
        headers = {"x-chatcaptain-key": MASTER_KEY}
        answer = api.call(route.method, path, document, key=MASTER_KEY, headers=headers)
        assert is_documented(route.function, answer), answer
        has_changed = stock.has_changed()
        assert not (is_refused(answer) and has_changed)

    holds()
