"""Concurrent requests by the handlers, on an engine that is atomic, lose nothing."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from shared.domain.errors import WriteConflict
from tests.api import Answer, Api
from tests.fixtures import KEY, Fixtures

CONTEXT = "/api/v1/contacts/123/context"


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.key()
    engine_world.contact()
    return engine_world


def all_at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """Start all calls at the same time, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def set_variables(variables: dict, **extra) -> Callable[[], Answer]:
    return lambda: Api(KEY).call("POST", CONTEXT, {"variables": variables, **extra})


def custom_context() -> dict:
    return Api(KEY).call("GET", "/api/v1/contacts/123").document["custom_context"]


def statuses(answers: list[Answer]) -> Counter:
    return Counter(answer.status for answer in answers)


def test_writers_of_different_variables_never_lose_each_others_writes(fixtures: Fixtures):
    names = [f"variable_{i}" for i in range(48)]
    for name in names:
        fixtures.definition(name, "number")
    answers = all_at_once([set_variables({name: i}) for i, name in enumerate(names[:12])])
    answers += all_at_once([set_variables(dict.fromkeys(names[i::12], i)) for i in range(12)])
    assert statuses(answers) == {200: 24}
    assert custom_context() == {name: i % 12 for i, name in enumerate(names)}


def test_a_set_over_several_pages_is_seen_whole_or_not_at_all(fixtures: Fixtures):
    names = [f"variable_{i}" for i in range(40)]
    for name in names:
        fixtures.definition(name, "number")
    answers = all_at_once([set_variables(dict.fromkeys(names, i)) for i in range(8)])
    assert statuses(answers) == {200: 8}
    values = custom_context()
    assert len(values) == 40
    assert len(set(values.values())) == 1


def test_one_name_is_created_once_however_many_ask(fixtures: Fixtures):
    answers = all_at_once(
        [set_variables({"same": i, f"own_{i}": i}, auto_create_variables=True) for i in range(8)]
    )
    assert statuses(answers) == {200: 8}
    listed = Api(KEY).call("GET", "/api/v1/context-variables").document["variables"]
    assert Counter(each["name"] for each in listed) == Counter(
        ["same", *(f"own_{i}" for i in range(8))]
    )
    assert len({each["id"] for each in listed}) == 9
    assert {f"own_{i}": i for i in range(8)}.items() <= custom_context().items()


def test_of_writers_who_give_one_name_two_types_the_later_is_refused(fixtures: Fixtures):
    calls = [set_variables({"same": value}, auto_create_variables=True) for value in (1, "one")]
    answers = all_at_once(calls * 3)
    rejected = [answer.document["error"] for answer in answers if answer.status == 400]
    assert statuses(answers)[200] == 3
    assert rejected == ["invalid_value"] * 3


def test_a_definition_is_created_once_and_every_other_is_a_duplicate(fixtures: Fixtures):
    document = {
        "name": "tier",
        "display_name": "Tier",
        "variable_type": "text",
        "context_type": "contact",
    }
    path = "/api/v1/context-variables/create"
    answers = all_at_once([lambda: Api(KEY).call("POST", path, document)] * 8)
    assert statuses(answers) == {201: 1, 400: 7}
    assert {answer.document.get("error") for answer in answers} == {None, "duplicate_variable"}


def test_no_contact_id_is_given_twice(fixtures: Fixtures):
    path = "/api/v1/contacts/create"
    answers = all_at_once([lambda: Api(KEY).call("POST", path, {"first_name": "Jo"})] * 12)
    assert statuses(answers) == {201: 12}
    assert {answer.document["id"] for answer in answers} == set(range(124, 136))


def test_writers_of_different_fields_of_a_contact_never_lose_each_others_writes(fixtures: Fixtures):
    path = "/api/v1/contacts/123/update"
    fields = ("company", "website", "city", "stage", "status", "email")
    calls = [
        lambda field=field: Api(KEY).call("PATCH", path, {field: f"{field}@example.com"})
        for field in fields
    ]
    assert statuses(all_at_once(calls)) == {200: 6}
    found = Api(KEY).call("GET", "/api/v1/contacts/123").document
    for field in fields:
        kept = found["address"]["city"] if field == "city" else found[field]
        assert kept == f"{field}@example.com"


def test_a_definition_deleted_while_it_is_set_ends_in_one_of_two_orders(fixtures: Fixtures):
    for round_number in range(5):
        made = fixtures.definition(f"tier_{round_number}")
        delete = f"/api/v1/context-variables/{made.definition_id}/delete"
        answers = all_at_once(
            [
                set_variables({made.name: "Gold"}),
                lambda path=delete: Api(KEY).call("DELETE", path),
            ]
        )
        assert answers[1].status == 200
        assert answers[0].status in (200, 400)
        assert (made.name in custom_context()) == (answers[0].status == 200)


def test_a_limit_lets_exactly_its_number_pass(fixtures: Fixtures):
    caller = fixtures.caller(fixtures.key("klen_limited", requests_per_minute=5))

    def passes(_: int) -> bool:
        return fixtures.credentials.count_request(caller, 7, 5) is not None

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(passes, range(20))) == {True: 5, False: 15}


def test_a_key_can_be_brought_over_once(fixtures: Fixtures):
    def bring(_: int) -> str:
        try:
            fixtures.key("klen_brought_over")
        except WriteConflict:
            return "known"
        return "added"

    with ThreadPoolExecutor(4) as pool:
        assert Counter(pool.map(bring, range(4))) == {"added": 1, "known": 3}
