"""GET /api/public/tags, as Vambe documents it."""

import pytest

from shared.domain.tags import Tag
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/tags"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_tags_have_the_documented_members(path: str, vambe: Api, fixtures: Fixtures):
    fixtures.tags.add("acme", Tag(5, "vip-ticket", "TICKET"))
    fixtures.tags.add("acme", Tag(1, "vip-customer"))
    fixtures.tags.add("globex", Tag(2, "of another account"))
    answer = vambe.call("GET", path)
    assert answer.status == 200
    (client_id,) = {tag.pop("client_id") for tag in answer.document}
    info = vambe.call("GET", "/api/public/contact/df980fc8-b6db-4820-bf22-000000000123/info")
    assert client_id == info.document["client_id"]
    unknown = {
        "variant": "gray",
        "created_at": None,
        "integration_token_id": None,
        "integration_provider": None,
        "integration_external_id": None,
    }
    assert answer.document == [
        {"id": 1, "value": "vip-customer", "entity_type": "CONTACT", **unknown},
        {"id": 5, "value": "vip-ticket", "entity_type": "TICKET", **unknown},
    ]


def test_no_tags_are_an_empty_list(vambe: Api):
    assert vambe.call("GET", PATH).document == []


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, key=None).status == 401
