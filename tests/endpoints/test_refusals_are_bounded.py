"""The message of an error is short, for any number of faults."""

import json

import pytest

from tests.api import Answer, Api
from tests.fixtures import Fixtures

KEY = "everything"
HOOK = {"url": "https://example.com/hooks", "topics": ["*"]}
LONG = "n" * 900_000


@pytest.fixture
def master(api: Api, fixtures: Fixtures) -> Api:
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.key(KEY, permissions=("*",))
    return Api(KEY)


def test_of_60_000_unknown_members_the_first_100_are_told(master: Api):
    document = {**HOOK, **{f"m{number}": 1 for number in range(60_000)}}
    answer = master.call("POST", "/v1/webhooks", document)
    assert answer.status == 400
    told = answer.document["errors"]
    assert [each["pointer"] for each in told] == [f"/m{number}" for number in range(100)]
    assert len(answer.document["detail"]) <= 2_000


def test_of_many_unknown_members_inside_a_member_the_first_100_are_told(master: Api):
    unknown = {f"m{number}": 1 for number in range(60_000)}
    document = {"format": "csv", "identifier": {"kind": "email", **unknown}}
    answer = master.call("POST", "/v1/imports", document)
    assert (answer.status, len(answer.document["errors"])) == (400, 100)


def test_of_many_unknown_members_of_an_evidence_the_first_100_are_told(master: Api):
    evidence = {f"m{number}": 1 for number in range(60_000)}
    path = "/v1/contacts/contact_123/variables/membership_level"
    answer = master.call("PUT", path, {"value": "Gold", "evidence": evidence})
    assert (answer.status, len(answer.document["errors"])) == (400, 100)


def test_of_many_unknown_members_of_operations_the_first_100_are_told(master: Api):
    unknown = {f"m{number}": 1 for number in range(2_000)}
    operation = {"op": "increment", "variable": "visits", **unknown}
    path = "/v1/contacts/contact_123/variables/operations"
    answer = master.call("POST", path, {"operations": [operation] * 20})
    assert (answer.status, len(answer.document["errors"])) == (400, 100)


def test_of_many_variables_that_are_not_defined_the_first_100_are_told(master: Api):
    path = "/v1/contacts/contact_123/variables"
    answer = master.call("PATCH", path, {f"v{number}": 1 for number in range(4_000)})
    assert (answer.status, len(answer.document["errors"])) == (400, 100)


def test_faults_of_short_names_end_in_that_there_are_more(master: Api):
    document = {**HOOK, "topics": [1] * 101}
    answer = master.call("POST", "/v1/webhooks", document)
    assert len(answer.document["errors"]) == 100
    assert len(answer.document["detail"]) <= 2_000


def test_a_mapping_of_too_many_columns_is_one_fault(master: Api):
    mapping = {f"column {number}": 1 for number in range(501)}
    document = {"format": "csv", "identifier": {"kind": "email"}, "mapping": mapping}
    answer = master.call("POST", "/v1/imports", document)
    assert answer.document["errors"] == [
        {
            "pointer": "/mapping",
            "detail": "it has more than 500 members",
            "code": "invalid_value",
        }
    ]


def send_klen(api: Api) -> Answer:
    return api.call("POST", "/api/v1/contacts/123/context", {"variables": {LONG: 1}})


def send_vambe(api: Api) -> Answer:
    path = "/api/public/contact/df980fc8-b6db-4820-bf22-000000000123/update-metadata"
    return api.call("POST", path, {LONG: 1})


def send_setter(api: Api) -> Answer:
    return api.call("PUT", "/api/v1/contacts", {"id": 123, "metadata": {LONG: 1}})


def send_chatcaptain(api: Api) -> Answer:
    path = "/v1/chatbots/bot_1/contacts/external123"
    document = {"contact": {"variables": {LONG: 1}}}
    return api.call("PATCH", path, document, headers={"x-chatcaptain-key": KEY})


def send_native(api: Api) -> Answer:
    return api.call("POST", "/v1/webhooks", {**HOOK, LONG: 1})


@pytest.mark.parametrize(
    "send", [send_klen, send_vambe, send_setter, send_chatcaptain, send_native]
)
def test_a_long_name_is_quoted_in_part(send, master: Api):
    answer = send(master)
    assert 400 <= answer.status < 500
    assert len(json.dumps(answer.document)) < 2_500
