"""Leases of an account's requests: never more than its quota, and few writes."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from shared.domain.request_limits import ACCOUNT_WINDOW_SECONDS
from shared.table import keys, request_tokens
from shared.table.dynamo import Table
from shared.table.request_tokens import LEASE_DIVISOR, RequestTokenTable
from tests.fixtures import Fixtures

QUOTA = 100


class Requests:
    """Counts the requests to the table."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        add_within = Table.add_within

        def counted(table: Table, *arguments, **options):
            self.count += 1
            return add_within(table, *arguments, **options)

        monkeypatch.setattr(Table, "add_within", counted)


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    return Requests(monkeypatch)


def function(fixtures: Fixtures) -> RequestTokenTable:
    """Return the tokens in the memory of one function."""
    return RequestTokenTable(Table(fixtures.client, fixtures.table_name))


def leased(fixtures: Fixtures, window: int) -> int:
    key = keys.account_request_count("acme", window)
    (item,) = [each for each in fixtures.items() if each["sk"]["S"] == key.sk]
    return int(item["leased"]["N"])


@pytest.mark.parametrize("functions", [1, 2, 5, 17])
def test_all_functions_together_take_the_quota_and_no_more(functions: int, fixtures: Fixtures):
    """For any distribution of requests: if all functions continue, every token is used."""
    random = Random(functions)
    every = [function(fixtures) for _ in range(functions)]
    passed = sum(random.choice(every).take("acme", 7, QUOTA) is not None for _ in range(QUOTA * 3))
    left = sum(each.take("acme", 7, QUOTA) is not None for each in every for _ in range(QUOTA))
    assert passed + left == QUOTA
    assert leased(fixtures, 7) == QUOTA


def test_functions_at_the_same_time_take_no_more_than_the_quota(fixtures: Fixtures):
    every = [function(fixtures) for _ in range(6)]

    def take(number: int) -> bool:
        return every[number % 6].take("acme", 7, QUOTA) is not None

    with ThreadPoolExecutor(6) as pool:
        assert Counter(pool.map(take, range(240)))[True] == QUOTA


def test_threads_of_one_function_share_its_tokens(fixtures: Fixtures):
    """A local run has one memory and a thread for each connection."""
    one = function(fixtures)
    with ThreadPoolExecutor(8) as pool:
        passed = Counter(pool.map(lambda _: one.take("acme", 7, QUOTA) is not None, range(150)))
    assert passed == {True: QUOTA, False: 50}


def test_a_steady_function_writes_once_a_window(fixtures: Fixtures, requests: Requests):
    one = function(fixtures)
    writes = []
    for window in range(7, 11):
        before = requests.count
        assert all(one.take("acme", window, QUOTA) is not None for _ in range(10))
        writes.append(requests.count - before)
    assert writes == [4, 1, 1, 1]


def test_a_window_that_is_used_up_costs_a_function_nothing_more(
    fixtures: Fixtures, requests: Requests
):
    one, other = function(fixtures), function(fixtures)
    assert sum(one.take("acme", 7, QUOTA) is not None for _ in range(QUOTA + 5)) == QUOTA
    before = requests.count
    assert [other.take("acme", 7, QUOTA) for _ in range(50)] == [None] * 50
    assert [one.take("acme", 7, QUOTA) for _ in range(50)] == [None] * 50
    assert requests.count - before == 1


def test_a_lease_is_an_eighth_of_what_is_left_at_most(fixtures: Fixtures):
    one = function(fixtures)
    for _ in range(QUOTA // 2):
        one.take("acme", 7, QUOTA)
    one.take("acme", 8, QUOTA)
    assert leased(fixtures, 8) == QUOTA // LEASE_DIVISOR


def test_a_window_after_a_pause_expects_nothing(fixtures: Fixtures):
    one = function(fixtures)
    for _ in range(20):
        one.take("acme", 7, QUOTA)
    one.take("acme", 9, QUOTA)
    assert leased(fixtures, 9) == 1


def test_what_is_left_is_told(fixtures: Fixtures):
    one = function(fixtures)
    assert [one.take("acme", 7, 3) for _ in range(5)] == [2, 1, 0, None, None]


def test_accounts_do_not_take_from_each_other(fixtures: Fixtures):
    one = function(fixtures)
    assert [one.take("acme", 7, 1), one.take("acme", 7, 1)] == [0, None]
    assert one.take("globex", 7, 1) == 0


def test_a_quota_that_shrinks_within_a_window_ends_it(fixtures: Fixtures):
    one = function(fixtures)
    for _ in range(5):
        one.take("acme", 7, QUOTA)
    assert function(fixtures).take("acme", 7, 3) is None


def test_a_function_forgets_the_accounts_that_it_served_least_lately(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(request_tokens, "_MAX_ACCOUNTS", 2)
    one = function(fixtures)
    for account in ("acme", "globex", "initech"):
        one.take(account, 7, QUOTA)
    assert list(one._leases) == ["globex", "initech"]
    assert one.take("acme", 7, QUOTA) is not None


def test_a_counter_expires_after_its_window(fixtures: Fixtures):
    function(fixtures).take("acme", 7, QUOTA)
    (item,) = fixtures.items()
    assert int(item["expires_at"]["N"]) == 8 * ACCOUNT_WINDOW_SECONDS + 3600
    assert item["entity"]["S"] == "request_count"


def test_functions_that_outrun_a_lease_leave_it_fewer_tokens(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    """The counter that a function has seen is outdated when it asks again."""
    one, other = function(fixtures), function(fixtures)
    one.take("acme", 7, 20)
    taken = sum(other.take("acme", 7, 20) is not None for _ in range(18))
    assert taken == 18
    assert one.take("acme", 7, 20) == 0
    assert one.take("acme", 7, 20) is None


def test_a_lease_that_is_outrun_again_and_again_is_given_up(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    stored = {"leased": {"N": "1"}}
    monkeypatch.setattr(Table, "add_within", lambda *_, **__: (None, stored))
    assert function(fixtures).take("acme", 7, QUOTA) is None
