"""The local API answers browsers of other origins by the project's template, when asked to."""

from collections.abc import Iterator

import pytest

from local.failure import LocalApiError
from local.options import parse_options
from local.template import SERVICE_TEMPLATE
from tests.local.running_api import LocalApi, run_to_end, running

pytestmark = pytest.mark.enable_socket

APP = "https://app.example.com"
LOCAL = "http://localhost:5173"
TAGS = "/api/public/tags"


@pytest.fixture(scope="module")
def browsable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApi]:
    """Give a local API of the service itself that two origins may call."""
    folder = tmp_path_factory.mktemp("cors")
    options = ("--cors-origins", f"{APP},{LOCAL}")
    with running(folder, *options, template=SERVICE_TEMPLATE) as api:
        yield api


def preflight(api: LocalApi, origin: str) -> tuple[int, dict[str, str]]:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    reply = api.request("OPTIONS", "/api/v1/contacts", headers=asked)
    return reply.status, dict(reply.headers)


@pytest.mark.parametrize("origin", [APP, LOCAL])
def test_a_preflight_is_answered_as_the_template_says(browsable: LocalApi, origin: str) -> None:
    status, headers = preflight(browsable, origin)
    assert status == 204
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-allow-methods"] == "GET,POST,PUT,PATCH,DELETE"
    allowed = headers["access-control-allow-headers"].split(",")
    assert {"authorization", "content-type", "x-api-key", "x-chatcaptain-key"} <= set(allowed)
    assert headers["access-control-max-age"] == "3600"


def test_a_preflight_of_another_origin_allows_nothing(browsable: LocalApi) -> None:
    status, headers = preflight(browsable, "https://evil.example")
    assert status == 204
    assert not [name for name in headers if name.startswith("access-control-")]


def test_an_error_can_be_read_by_the_browser_too(browsable: LocalApi) -> None:
    reply = browsable.request("GET", TAGS, headers={"Origin": APP})
    assert reply.status == 401
    assert reply.header("access-control-allow-origin") == APP
    assert reply.header("access-control-expose-headers") == "ratelimit,ratelimit-policy,retry-after"
    assert reply.header("cache-control") == "no-store"
    assert reply.header("x-content-type-options") == "nosniff"
    unknown = browsable.request("GET", TAGS, headers={"Origin": "https://evil.example"})
    assert unknown.header("access-control-allow-origin") is None


@pytest.mark.parametrize(
    "origins",
    ["app.example.com", "https://app.example.com/", f"{APP}, {LOCAL}", "", f"{APP},", "null"],
)
def test_what_is_no_origin_is_named(origins: str) -> None:
    with pytest.raises(LocalApiError, match="is no origin such as"):
        parse_options(["--cors-origins", origins])


def test_a_template_that_cannot_answer_other_origins_is_named() -> None:
    ended = run_to_end("--cors-origins", APP)
    assert ended.returncode == 2
    assert "needs the parameter CorsOrigins" in ended.stderr


def test_no_origin_may_call_unless_it_is_given() -> None:
    assert parse_options([]).parameters == {}
    assert parse_options(["--cors-origins", "*"]).parameters == {"CorsOrigins": "*"}
