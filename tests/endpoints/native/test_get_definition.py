"""GET /v1/definitions/{definition_id}: one definition."""

from datetime import UTC, datetime

import pytest

from shared.domain.definitions import ContextType
from shared.domain.disclosure import Purpose
from shared.services.agents import usage
from shared.wiring.definitions import value_counts
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"


def test_a_definition_of_any_api_is_shown(native: Api, fixtures: Fixtures):
    made = fixtures.definition("visits", "number", default_value="many", is_default=True)
    answer = native.call("GET", f"{PATH}/{made.external_id}")
    assert answer.status == 200
    assert answer.headers["etag"].startswith('"1.')
    shown = answer.document
    # Its default is of another type, and the last write wins as before there were sources.
    assert (shown["default"], shown["sources"]) == ("many", [])
    assert (shown["is_default"], shown["auto_created"]) == (True, False)


@pytest.mark.parametrize(
    "facts", [{"owner": "ann"}, {"team": 7}, {"account": "globex"}], ids=["owner", "team", "other"]
)
def test_one_that_the_key_does_not_see_does_not_exist(
    native: Api, fixtures: Fixtures, facts: dict[str, str]
):
    fixtures.account("globex")
    made = fixtures.definition("secret", **facts)
    assert native.call("GET", f"{PATH}/{made.external_id}").status == 404


@pytest.mark.parametrize("reference", ["nothing", "1", "x" * 300])
def test_there_is_no_such_definition(native: Api, fixtures: Fixtures, reference: str):
    fixtures.definition("plan")
    answer = native.call("GET", f"{PATH}/{reference}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    made = fixtures.definition("plan")
    fixtures.key("another-key", permissions=("definitions:write",))
    path = f"{PATH}/{made.external_id}"
    assert native.call("GET", path, key="another-key").status == 403


@pytest.mark.parametrize("read_at_once", [1, 4, 100])
def test_usage_counts_the_agents_that_declare_it(
    read_at_once: int, native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(usage, "_READ_AT_ONCE", read_at_once)
    path = f"{PATH}/{fixtures.definition('plan', purposes=frozenset({Purpose.PROMPT})).external_id}"
    fixtures.definition("plan", context_type="business")
    # Two declare it by name, and one by its purpose.
    for names in (["plan"], ["plan", "business.plan"], ["business.plan"], []):
        variables = [{"from": name, "as": f"v{i}"} for i, name in enumerate(names)]
        assert (
            native.call("POST", "/v1/agents", {"name": "A", "variables": variables}).status == 201
        )
    for purpose in ("prompt", "export"):
        body = {"name": "A", "variables": {"purpose": purpose}}
        assert native.call("POST", "/v1/agents", body).status == 201
    shown = native.call("GET", path)
    counted = native.call("GET", path, query={"include": "usage"})
    uncounted = {"agents": 3, "contacts": None, "conversations": None, "business": None}
    assert counted.document == {**shown.document, "usage": uncounted}
    assert counted.headers["etag"] == shown.headers["etag"]
    assert native.call("GET", path, query={"include": "all"}).status == 400


@pytest.mark.parametrize(
    ("context_type", "member"),
    [
        (ContextType.CONTACT, "contacts"),
        (ContextType.CONVERSATION, "conversations"),
        (ContextType.BUSINESS, "business"),
    ],
)
def test_usage_has_the_subjects_as_they_were_counted_last(
    native: Api, fixtures: Fixtures, context_type: ContextType, member: str
):
    made = fixtures.definition("plan", context_type=context_type)
    at = datetime(2026, 11, 28, 10, tzinfo=UTC)
    others = {each: {made.slot: 7} for each in ContextType}
    value_counts().replace("acme", {**others, context_type: {made.slot: 812}}, at)
    path = f"{PATH}/{made.external_id}"
    usage = native.call("GET", path, query={"include": "usage"}).document["usage"]
    uncounted = {"agents": 0, "contacts": None, "conversations": None, "business": None}
    expected = {"count": 812, "counted_at": "2026-11-28T10:00:00.000Z"}
    assert usage == {**uncounted, member: expected}
