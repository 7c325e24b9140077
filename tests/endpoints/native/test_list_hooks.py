"""GET /v1/hooks: the hooks of the account, oldest first."""

from tests.api import Api
from tests.fixtures import Fixtures


def test_hooks_are_listed_by_pages(native: Api, fixtures: Fixtures):
    for number in range(1, 4):
        fixtures.hook(f"hook_{number}")
    fixtures.hook("hook_9", account="globex")
    first = native.call("GET", "/v1/hooks", query={"limit": "2"}).document
    query = {"limit": "2", "cursor": first["next_cursor"]}
    rest = native.call("GET", "/v1/hooks", query=query).document
    assert [each["id"] for each in first["data"]] == ["hook_1", "hook_2"]
    assert [each["id"] for each in rest["data"]] == ["hook_3"]
    assert rest["next_cursor"] is None
