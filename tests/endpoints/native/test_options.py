"""Options with ids: renamed, archived and ordered, while stored values stay."""

from typing import Any

import pytest

from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from tests.api import Api
from tests.endpoints.test_one_set_of_data import (
    SECRET,
    read_by_chatcaptain,
    read_by_klen,
    read_by_setter,
    read_by_vambe,
    write_by_klen,
    write_by_setter,
    write_by_vambe,
)
from tests.fixtures import Fixtures

PATH = "/v1/definitions"
VALUES = "/v1/contacts/contact_123/variables"
LABELS = ["Bronze", "Gold", "Platinum"]


@pytest.fixture
def native(fixtures: Fixtures) -> Api:
    """Create an account whose contact has `tier` Gold and `tiers` Bronze and Gold."""
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.key(SECRET, permissions=("*",))
    fixtures.contact(123, wa_id="15550100")
    api = Api(SECRET)
    for name, variable_type in (("tier", "select"), ("tiers", "multi_select")):
        fixtures.definition(
            name, variable_type, select_options=tuple(LABELS), precedence=DEFAULT_PRECEDENCE
        )
    api.call("PATCH", VALUES, {"tier": "Gold", "tiers": ["Bronze", "Gold"]})
    return api


def definition(api: Api, name: str) -> dict[str, Any]:
    listed = api.call("GET", PATH).document["data"]
    return next(each for each in listed if each["name"] == name)


def ids(api: Api, name: str) -> dict[str, str]:
    return {each["label"]: each["id"] for each in definition(api, name)["option_details"]}


def change(api: Api, name: str, *options: Any, **others: Any) -> Any:
    path = f"{PATH}/{definition(api, name)['id']}"
    return api.call("PATCH", path, {"option_details": list(options), **others})


def rename(api: Api, name: str, label: str, to: str) -> Any:
    listed = definition(api, name)["option_details"]
    options = [
        {**each, "label": to if each["label"] == label else each["label"]} for each in listed
    ]
    return change(api, name, *options)


def read(api: Api) -> dict[str, Any]:
    variables = api.call("GET", VALUES).document["variables"]
    return {name: each["value"] for name, each in variables.items()}


def test_a_plain_definition_has_ids(native: Api):
    assert definition(native, "tier")["options"] == LABELS
    assert [each["label"] for each in definition(native, "tier")["option_details"]] == LABELS
    assert len({*ids(native, "tier").values()}) == len(LABELS)


def test_a_renamed_option_is_what_every_api_reads(native: Api):
    before = ids(native, "tier")
    for name in ("tier", "tiers"):
        assert rename(native, name, "Gold", "Premium").status == 200
    now = {"tier": "Premium", "tiers": ["Bronze", "Premium"]}
    text = {"tier": "Premium", "tiers": "Bronze, Premium"}
    assert read(native) == now
    assert native.call("GET", f"{VALUES}/tier").document["value"] == "Premium"
    assert (read_by_klen(), read_by_setter()) == (text, text)
    assert (read_by_chatcaptain(), read_by_vambe()) == (text, text)
    assert ids(native, "tier")["Premium"] == before["Gold"]
    listed = native.call("GET", "/api/v1/context-variables").document["variables"]
    tier = next(each for each in listed if each["name"] == "tier")
    assert tier["select_options"] == ["Bronze", "Premium", "Platinum"]


@pytest.mark.parametrize("write", [write_by_klen, write_by_vambe, write_by_setter])
def test_a_former_label_sets_the_option(write: Any, native: Api):
    rename(native, "tier", "Gold", "Premium")
    native.call("PATCH", VALUES, {"tier": "Bronze"})
    assert write("tier", "Gold").status in (200, 201)
    assert read(native)["tier"] == "Premium"


def test_an_agent_gets_the_label_of_today(native: Api):
    variables = [{"from": "tier"}, {"from": "tiers"}]
    agent = native.call("POST", "/v1/agents", {"name": "A", "variables": variables}).document["id"]
    for name in ("tier", "tiers"):
        rename(native, name, "Gold", "Premium")
    wanted = {"agent": agent, "contact": {"id": "contact_123"}}
    found = native.call("POST", "/v1/resolve", wanted).document["variables"]
    assert found == {"tier": "Premium", "tiers": "Bronze, Premium"}


def test_a_suggestion_has_the_label_of_today(native: Api, fixtures: Fixtures):
    fixtures.key("an-agent-key", permissions=("*",), source=Source.AI)
    fixtures.key("a-human-key", permissions=("*",), source=Source.HUMAN)
    native.call("PUT", f"{VALUES}/tiers", {"value": ["Bronze"]}, key="a-human-key")
    suggested = native.call("PUT", f"{VALUES}/tiers", {"value": ["Gold"]}, key="an-agent-key")
    assert suggested.status == 202
    rename(native, "tiers", "Gold", "Premium")
    (shown,) = native.call("GET", "/v1/suggestions").document["data"]
    assert shown["value"] == ["Premium"]


def test_operations_see_the_label_of_today(native: Api):
    rename(native, "tiers", "Gold", "Premium")
    listed = definition(native, "tiers")["option_details"]
    change(native, "tiers", {**listed[0], "archived": True}, *listed[1:])
    operations = [{"op": "append", "variable": "tiers", "value": "Platinum"}]
    answer = native.call("POST", f"{VALUES}/operations", {"operations": operations})
    assert answer.status == 200, answer.document
    assert read(native)["tiers"] == ["Bronze", "Premium", "Platinum"]


def test_a_search_finds_the_label_of_today(native: Api):
    rename(native, "tier", "Gold", "Premium")
    query = {"created_after": "2020-01-01", "custom_field_key": "tier"}
    found = {
        label: len(
            native.call(
                "GET",
                "/api/public/contacts",
                query={**query, "custom_field_value": label},
                headers={"x-api-key": SECRET},
            ).document
        )
        for label in ("Gold", "Premium")
    }
    assert found == {"Gold": 0, "Premium": 1}


def test_an_archived_option_is_read_and_not_set(native: Api):
    bronze, gold, platinum = definition(native, "tier")["option_details"]
    assert change(native, "tier", platinum, {**gold, "archived": True}, bronze).status == 200
    assert definition(native, "tier")["options"] == ["Platinum", "Bronze"]
    assert read(native)["tier"] == "Gold"
    assert native.call("PATCH", VALUES, {"tier": "Gold"}).status == 400
    assert write_by_klen("tier", "Gold").status == 400
    change(native, "tier", platinum, gold, bronze)
    assert native.call("PATCH", VALUES, {"tier": "Gold"}).status == 200


def test_labels_alone_keep_ids_and_archived_options(native: Api):
    rename(native, "tier", "Gold", "Premium")
    bronze, premium, platinum = definition(native, "tier")["option_details"]
    change(native, "tier", bronze, premium, {**platinum, "archived": True})
    before = ids(native, "tier")
    path = f"{PATH}/{definition(native, 'tier')['id']}"
    assert native.call("PATCH", path, {"options": ["Premium", "New"]}).status == 200
    after = definition(native, "tier")
    assert after["options"] == ["Premium", "New"]
    labels = [each["label"] for each in after["option_details"]]
    assert labels == ["Premium", "New", "Platinum"]
    assert ids(native, "tier")["Premium"] == before["Premium"]
    assert read(native)["tier"] == "Premium"


@pytest.mark.parametrize(
    ("name", "default", "after"),
    [("tier", "Bronze", "Basic"), ("tiers", ["Bronze", "Gold"], ["Basic", "Gold"])],
)
def test_a_default_follows_its_option(name: str, default: Any, after: Any, native: Api):
    path = f"{PATH}/{definition(native, name)['id']}"
    assert native.call("PATCH", path, {"default": default}).status == 200
    assert rename(native, name, "Bronze", "Basic").status == 200
    assert definition(native, name)["default"] == after


def test_a_deleted_definition_leaves_the_labels_that_were_stored(native: Api):
    rename(native, "tier", "Gold", "Premium")
    native.call("DELETE", f"{PATH}/{definition(native, 'tier')['id']}")
    assert read(native)["tier"] == "Gold"
    body = {"name": "tier", "type": "select", "options": ["Gold"]}
    assert native.call("POST", PATH, body).status == 201
    assert read(native)["tier"] == "Gold"


def test_options_with_details_are_created(native: Api):
    body = {"name": "size", "type": "select", "option_details": ["S", {"label": "XS"}]}
    made = native.call("POST", PATH, body)
    assert (made.status, made.document["options"]) == (201, ["S", "XS"])


BAD: dict[str, tuple[Any, list[str]]] = {
    "no list": ("Gold", ["/option_details"]),
    "none": ([], ["/option_details"]),
    "too many": ([f"o{number}" for number in range(201)], ["/option_details"]),
    "twice": (["Gold", "Gold"], ["/option_details"]),
    "all archived": ([{"label": "Gold", "archived": True}], ["/option_details"]),
    "several faults": (
        [
            1,
            {"id": "opt_unknown", "label": "u"},
            {"label": ""},
            {"label": "a", "archived": 1},
            {"label": "b", "x": 1},
        ],
        [
            "/option_details/0",
            "/option_details/1/id",
            "/option_details/2/label",
            "/option_details/3/archived",
            "/option_details/4",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_options_are_refused_with_all_faults(name: str, native: Api, fixtures: Fixtures):
    given, pointers = BAD[name]
    before = fixtures.items()
    path = f"{PATH}/{definition(native, 'tier')['id']}"
    body = {"name": "new", "type": "select", "option_details": given}
    for answer in (
        native.call("PATCH", path, {"option_details": given}),
        native.call("POST", PATH, body),
    ):
        found = [each["pointer"] for each in answer.document["errors"]]
        assert (answer.status, found) == (400, pointers)
    assert fixtures.items() == before


def test_labels_that_stored_values_would_confuse_are_refused(native: Api, fixtures: Fixtures):
    rename(native, "tier", "Gold", "Premium")
    before = fixtures.items()
    listed = definition(native, "tier")["option_details"]
    answer = change(native, "tier", *listed, "Gold")
    assert "'Gold' was the label of 'Premium'" in answer.document["errors"][0]["detail"]
    bronze, premium, platinum = listed
    swapped = [{**bronze, "label": "Platinum"}, premium, {**platinum, "label": "Bronze"}]
    assert change(native, "tier", *swapped).status == 400
    both = change(native, "tier", *listed, options=["A"])
    assert [each["pointer"] for each in both.document["errors"]] == ["/option_details"]
    path = f"{PATH}/{definition(native, 'tier')['id']}"
    assert native.call("PATCH", path, {"options": ["Premium", "Gold"]}).status == 400
    assert fixtures.items() == before
    assert rename(native, "tier", "Premium", "Gold").status == 200
    assert read(native)["tier"] == "Gold"


def test_an_option_has_one_label(native: Api, fixtures: Fixtures):
    gold = ids(native, "tier")["Gold"]
    before = fixtures.items()
    answer = change(native, "tier", {"id": gold, "label": "A"}, {"id": gold, "label": "B"})
    (fault,) = answer.document["errors"]
    assert (fault["pointer"], fault["detail"]) == ("/option_details", "an option is given twice")
    assert fixtures.items() == before


def test_archived_options_and_former_labels_are_limited(native: Api, fixtures: Fixtures):
    labels = [f"o{number}" for number in range(200)]
    path = f"{PATH}/{definition(native, 'tier')['id']}"
    listed = native.call("PATCH", path, {"option_details": labels}).document["option_details"]
    archived = [{**each, "archived": True} for each in listed[1:]]
    assert native.call("PATCH", path, {"option_details": [listed[0], *archived]}).status == 200
    before = fixtures.items()
    refused = native.call("PATCH", path, {"options": ["o0", "one more"]})
    assert (refused.status, "200 options" in refused.document["detail"]) == (400, True)
    assert fixtures.items() == before
    renamed = [{"id": each["id"], "label": f"new {each['label']}"} for each in listed]
    assert native.call("PATCH", path, {"option_details": renamed}).status == 200
    before = fixtures.items()
    again = [{**each, "label": f"newer {each['label']}"} for each in renamed]
    refused = native.call("PATCH", path, {"option_details": again[:1] + renamed[1:]})
    assert "200 former labels" in refused.document["errors"][0]["detail"]
    assert fixtures.items() == before


def test_former_labels_cannot_fill_the_slot_index(native: Api):
    long = [f"{number}{'😀' * 190}" for number in range(30)]
    made = native.call("POST", PATH, {"name": "long", "type": "select", "options": long})
    given = [
        {"id": each["id"], "label": f"new {each['label']}"}
        for each in made.document["option_details"]
    ]
    path = f"{PATH}/{made.document['id']}"
    refused = native.call("PATCH", path, {"option_details": given})
    assert (refused.status, refused.document["code"]) == (400, "invalid_request")
    few = native.call("PATCH", path, {"option_details": [*given[:10], *long[10:]]})
    assert few.status == 200
