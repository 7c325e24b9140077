"""If storage fails, the response is Klen's server_error, and the log has no values."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api import Api, template
from tests.failures import FAILURES, failing, rejected, unprocessed
from tests.fixtures import KEY, Fixtures

SERVER_ERROR = 500
ROUTES = [
    route
    for route in template().routes
    if route.function.startswith("Klen") and not route.path.endswith("/")
]


def path_of(route) -> str:
    return route.path.replace("{contact_id}", "123").replace("{variable_id}", "2")


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_server_error_when_the_key_cannot_be_read(route, failure: str, api: Api):
    with failing({"BatchGetItem": FAILURES[failure]}):
        answer = api.call(route.method, path_of(route), {})
    assert (answer.status, answer.document["error"]) == (SERVER_ERROR, "server_error")
    assert "Gold" not in answer.document["message"]


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("operation", ["BatchGetItem", "UpdateItem", "TransactWriteItems"])
def test_a_failed_set_changes_nothing(operation: str, failure: str, api: Api, fixtures: Fixtures):
    before = fixtures.items()
    document = {"variables": {"membership_level": "Gold", "new": 1}, "auto_create_variables": True}
    with failing({operation: FAILURES[failure]}):
        answer = api.call("POST", "/api/v1/contacts/123/context", document)
    assert (answer.status, answer.document["error"]) == (SERVER_ERROR, "server_error")
    changed = [item for item in fixtures.items() if item not in before]
    # An allocated id stays allocated, so that it is never used twice.
    assert {item["entity"]["S"] for item in changed} <= {"counters"}


def test_a_batch_that_stays_unprocessed_is_given_up(api: Api):
    with failing({"BatchGetItem": unprocessed}) as asked:
        answer = api.call("POST", "/api/v1/contacts/123/context", {"variables": {}})
    assert answer.document["error"] == "server_error"
    assert asked.count("BatchGetItem") == 5


def test_a_writer_who_always_comes_second_gives_up(api: Api):
    conflict = rejected("TransactionConflictException")
    document = {"variables": {"membership_level": "Gold"}}
    with failing({"UpdateItem": conflict, "TransactWriteItems": conflict}) as asked:
        answer = api.call("POST", "/api/v1/contacts/123/context", document)
    assert answer.document["error"] == "server_error"
    assert asked.count("UpdateItem") == 12


def test_an_answer_larger_than_lambda_hands_on_is_a_server_error(api: Api, fixtures: Fixtures):
    for page in range(11):
        values = {f"text_{page}_{i}": "\x00" * 8000 for i in range(12)}
        document = {"variables": values, "auto_create_variables": True}
        assert api.call("POST", "/api/v1/contacts/123/context", document).status == 200
    answer = api.call("GET", "/api/v1/contacts/123")
    assert (answer.status, answer.document["error"]) == (SERVER_ERROR, "server_error")


class Printed:
    """What the functions log while a test runs."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def printed(api: Api) -> Iterator[Printed]:
    """The logger keeps the stream that it found at its start."""
    (handler,) = logging.getLogger("contact-context").handlers
    collected = Printed()
    before = handler.setStream(collected.stream)
    yield collected
    handler.setStream(before)


def test_a_failure_is_logged_with_its_place_and_without_its_words(api: Api, printed: Printed):
    with failing({"BatchGetItem": rejected("AccessDeniedException")}):
        api.call("GET", "/api/v1/contacts/123")
    failed, responded = printed.lines
    assert (failed["level"], failed["message"]) == ("ERROR", "failed")
    assert (failed["error"], failed["error_code"]) == ("ClientError", "AccessDeniedException")
    assert any("access.py" in frame for frame in failed["frames"])
    assert (responded["level"], responded["status"]) == ("WARNING", SERVER_ERROR)
    assert "Gold" not in json.dumps([failed, responded])


def test_a_refusal_is_logged_with_its_kind_and_its_cause(api: Api, printed: Printed):
    document = {"variables": {"membership_level": "Gold"}}
    with failing({"UpdateItem": rejected("ThrottlingException")}):
        api.call("POST", "/api/v1/contacts/123/context", document)
    (line,) = printed.lines
    assert (line["error"], line["cause_code"]) == ("Unavailable", "ThrottlingException")
    assert line["account_id"] == "acme"


def test_who_is_refused_is_in_the_log(api: Api, fixtures: Fixtures, printed: Printed):
    key = fixtures.key("klen_no_words", permissions=(), requests_per_minute=1)
    for _ in range(3):
        Api("klen_no_words").call("GET", "/api/v1/contacts")
    logged = printed.lines
    assert {line["error"] for line in logged} <= {"PermissionDenied", "RateLimitExceeded"}
    assert {(line["account_id"], line["key_id"]) for line in logged} == {("acme", key.key_id)}


def test_no_key_header_body_or_value_is_ever_logged(api: Api, printed: Printed):
    secret = "marked-secret"
    requests = [
        ("POST", "/api/v1/contacts/123/context", {"variables": {"membership_level": secret}}),
        ("POST", "/api/v1/contacts/123/context", {"variables": {secret: 1}}),
        (
            "POST",
            "/api/v1/contacts/create",
            {"first_name": secret, "custom_context": {"a": secret}},
        ),
        ("POST", "/api/v1/context-variables/create", {"name": secret}),
        ("PATCH", "/api/v1/contacts/123/update", {"email": secret, "team_id": 9}),
    ]
    for method, path, document in requests:
        headers = {"x-marked": secret, "user-agent": secret}
        query = {"api_key": secret, "search": secret}
        api.call(method, path, document, headers=headers, query=query)
        api.call(method, path, document, key=f"klen_{secret}")
    logged = printed.stream.getvalue()
    assert len(printed.lines) == 2 * len(requests)
    assert secret not in logged
    assert KEY not in logged
