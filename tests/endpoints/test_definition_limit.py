"""The limit of definitions of an account, in every API."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.definitions import ContextType
from shared.domain.errors import TooManyDefinitions
from shared.wiring import endpoints as wiring
from tests.api import Answer, Api
from tests.fixtures import Fixtures

LIMIT = 4
"""One more than acme has."""

MASTER = "everything"
CHATBOT = "CCSB-a1b2c3d4-e5f6g7h8i9j0"
UUID = "df980fc8-b6db-4820-bf22-000000000123"
CREATE = "/api/v1/context-variables/create"


@pytest.fixture
def full(api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Fixtures:
    """Create the account of acme with room for one definition."""
    monkeypatch.setenv("MAX_DEFINITIONS", str(LIMIT))
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.key(MASTER, permissions=("*",))
    fixtures.key(CHATBOT, permissions=("*",), resource="chatbots/bot_1")
    return fixtures


def definition(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "display_name": name,
        "variable_type": "text",
        "context_type": "contact",
    }


def klen_create(api: Api, *names: str) -> Answer:
    return api.call("POST", CREATE, definition(names[0]))


def klen_set(api: Api, *names: str) -> Answer:
    document = {"variables": dict.fromkeys(names, "x"), "auto_create_variables": True}
    return api.call("POST", "/api/v1/contacts/123/context", document)


def klen_business(api: Api, *names: str) -> Answer:
    document = {"variables": dict.fromkeys(names, "x"), "auto_create_variables": True}
    return api.call("POST", "/api/v1/business/context", document)


def klen_contact(api: Api, *names: str) -> Answer:
    document = {"first_name": "Ada", "custom_context": dict.fromkeys(names, "x")}
    return api.call("POST", "/api/v1/contacts/create", document)


def klen_update(api: Api, *names: str) -> Answer:
    document = {"custom_context": dict.fromkeys(names, "x")}
    return api.call("PATCH", "/api/v1/contacts/123/update", document)


def vambe_metadata(api: Api, *names: str) -> Answer:
    path = f"/api/public/contact/{UUID}/update-metadata"
    return api.call("POST", path, dict.fromkeys(names, "x"), key=MASTER)


def vambe_upsert(api: Api, *names: str) -> Answer:
    document = {
        "channel": "whatsapp",
        "contact_phone_number": "+56912345678",
        "meta_data": dict.fromkeys(names, "x"),
    }
    return api.call("POST", "/api/public/customer/upsert/info", document, key=MASTER)


def setter_update(api: Api, *names: str) -> Answer:
    document = {"id": 123, "metadata": dict.fromkeys(names, "x")}
    return api.call("PUT", "/api/v1/contacts", document, key=MASTER)


def setter_message(api: Api, *names: str) -> Answer:
    path = "/api/v1/bot-integrations/456/messages/send"
    document = {"phoneNumber": "+12125550100", "metadata": dict.fromkeys(names, "x")}
    return api.call("POST", path, document, key=MASTER)


def chatcaptain_create(api: Api, *names: str) -> Answer:
    document = {"category": "custom", "label": "A", "type": "string", "name": names[0]}
    headers = {"x-chatcaptain-key": CHATBOT}
    return api.call("POST", "/v1/chatbots/bot_1/variables", document, headers=headers)


def chatcaptain_update(api: Api, *names: str) -> Answer:
    document = {"contact": {"variables": dict.fromkeys(names, "x")}}
    headers = {"x-chatcaptain-key": CHATBOT}
    path = "/v1/chatbots/bot_1/contacts/external123"
    return api.call("PATCH", path, document, headers=headers)


WAYS = [
    klen_create,
    klen_set,
    klen_business,
    klen_contact,
    klen_update,
    vambe_metadata,
    vambe_upsert,
    setter_update,
    setter_message,
    chatcaptain_create,
    chatcaptain_update,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_full_account_gets_no_definition_more_and_nothing_is_written(
    way: Callable[..., Answer], full: Fixtures, api: Api
):
    assert klen_create(api, "the_last").status == 201
    before = full.items()
    answer = way(api, "one_more")
    assert answer.status == 400
    assert f"at most {LIMIT} " in answer.document["message"]
    assert full.items() == before


def test_one_request_makes_all_of_its_definitions_or_none(full: Fixtures, api: Api):
    before = full.items()
    assert klen_set(api, "one", "two").status == 400
    assert full.items() == before
    assert klen_set(api, "one").status == 200


def test_a_request_beyond_every_limit_is_refused_in_an_account_without_any(
    full: Fixtures, api: Api
):
    full.key("of another", account="other")
    full.contact(7, account="other")
    names = [f"name_{number}" for number in range(LIMIT + 1)]
    document = {"variables": dict.fromkeys(names, "x"), "auto_create_variables": True}
    answer = api.call("POST", "/api/v1/contacts/7/context", document, key="of another")
    assert answer.status == 400


def test_a_definition_that_is_deleted_makes_room(full: Fixtures, api: Api):
    made = klen_create(api, "the_last").document["id"]
    assert klen_create(api, "one_more").status == 400
    assert api.call("DELETE", f"/api/v1/context-variables/{made}/delete").status == 200
    assert klen_create(api, "one_more").status == 201
    assert klen_create(api, "yet_one_more").status == 400


def test_values_of_known_variables_are_set_in_a_full_account(full: Fixtures, api: Api):
    klen_create(api, "the_last")
    assert klen_set(api, "the_last").status == 200


def test_an_account_from_before_there_was_a_limit_is_counted(full: Fixtures, api: Api):
    full.definitions.allocate_slots("acme", ContextType.CONTACT, 0)
    assert klen_create(api, "the_last").status == 201
    assert klen_create(api, "one_more").status == 400


def test_concurrent_creations_stay_within_the_limit(full: Fixtures, api: Api):
    """One condition limits the ids, for any concurrent requests."""
    table = wiring.definitions()

    def allocate_ids(_: int) -> bool:
        try:
            table.allocate_ids("acme", ContextType.CONTACT, 1)
        except TooManyDefinitions:
            return False
        return True

    klen_create(api, "the_last")
    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(allocate_ids, range(8)))


def test_a_definition_that_was_not_written_after_all_takes_no_room(full: Fixtures, api: Api):
    wiring.definitions().allocate_ids("acme", ContextType.CONTACT, 1)
    assert klen_create(api, "the_last").status == 201
    assert klen_create(api, "one_more").status == 400


def test_a_recount_that_others_outrun_is_made_again(
    full: Fixtures, api: Api, monkeypatch: pytest.MonkeyPatch
):
    table = wiring.definitions()
    table.allocate_ids("acme", ContextType.CONTACT, 1)
    count, others = table._count, iter([1])

    def count_while_another_takes_an_id(account_id: str) -> int:
        found = count(account_id)
        for each in others:
            full.definitions.allocate_ids("acme", ContextType.CONTACT, each)
        return found

    monkeypatch.setattr(table, "_count", count_while_another_takes_an_id)
    assert klen_create(api, "the_last").status == 201


def test_a_recount_gives_ids_to_one_of_two_that_counted_the_same(full: Fixtures, monkeypatch: Any):
    """The second one counts again, also where the counter is what it was before the first one."""
    table = wiring.definitions()
    table.allocate_ids("acme", ContextType.CONTACT, 1)
    counts = iter((LIMIT - 1, LIMIT - 1, LIMIT))
    second: list[Any] = []

    def count(_: str) -> int:
        counted = next(counts)
        if not second:
            second.append(None)
            second.append(table.allocate_ids("acme", ContextType.CONTACT, 1))
        return counted

    monkeypatch.setattr(table, "_count", count)
    with pytest.raises(TooManyDefinitions):
        table.allocate_ids("acme", ContextType.CONTACT, 1)
    assert len(second) == 2
