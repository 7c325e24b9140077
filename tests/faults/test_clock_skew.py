"""Functions whose clocks differ: only features that depend on a clock change by the skew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from shared.wiring import endpoints as wiring
from tests.api import Answer, Api
from tests.faults.proxy import Exchange, Proxy, let_pass
from tests.fixtures import KEY, Fixtures

CONTACT = "/api/v1/contacts/123"
MESSAGE = "/api/v1/bot-integrations/456/messages/send"
UPSERT = "/api/public/customer/upsert/info"
MESSAGE_MINUTES = 30
SKEWS = [timedelta(minutes=-59), timedelta(minutes=59)]
BEHIND, AHEAD = timedelta(minutes=-10), timedelta(minutes=10)


class Clock:
    """The clock of the running function. It stops at an instant if one is set."""

    skew = timedelta(0)
    stands_at: datetime | None = None

    def now(self, zone: tzinfo) -> datetime:
        """Return the time of the clock."""
        return (self.stands_at or datetime.now(zone)) + self.skew


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(wiring, "datetime", clock)
    return clock


@pytest.fixture
def any_api(fixtures: Fixtures) -> Api:
    """Return a client whose key every API accepts."""
    fixtures.key(KEY, permissions=("*",))
    return Api(KEY)


def minutes_left(answer: Answer) -> float:
    assert answer.status == 429
    return int(answer.headers["retry-after"]) / 60


@pytest.mark.parametrize("skew", SKEWS)
def test_the_later_write_wins_whatever_the_clocks_say(
    skew: timedelta, api: Api, wire: Proxy, clock: Clock
):
    for value, each in (("Gold", timedelta(0)), ("Silver", skew), ("Bronze", timedelta(0))):
        clock.skew = each
        document = {"variables": {"membership_level": value}}
        assert api.call("POST", f"{CONTACT}/context", document).status == 200
        assert api.call("PATCH", f"{CONTACT}/update", {"company": value}).status == 200
        read = api.call("GET", CONTACT).document
        assert (read["custom_context"]["membership_level"], read["company"]) == (value, value)


def test_a_cooldown_is_longer_or_shorter_by_the_skew(any_api: Api, wire: Proxy, clock: Clock):
    document = {"phoneNumber": "12125550100"}
    assert any_api.call("POST", MESSAGE, document).status == 201
    for skew in (BEHIND, AHEAD):
        clock.skew = skew
        left = minutes_left(any_api.call("POST", MESSAGE, document))
        assert left == pytest.approx(MESSAGE_MINUTES - skew.total_seconds() / 60, abs=1)
    clock.skew = timedelta(minutes=MESSAGE_MINUTES + 1)
    assert any_api.call("POST", MESSAGE, document).status == 201


def test_a_limit_holds_in_each_minute_of_each_clock(fixtures: Fixtures, wire: Proxy, clock: Clock):
    fixtures.key("klen_limited", requests_per_minute=2)
    limited = Api("klen_limited")
    # The minute must not end while its requests are counted.
    clock.stands_at = datetime(2026, 1, 1, 10, tzinfo=UTC)
    for skew in (timedelta(0), AHEAD, BEHIND):
        clock.skew = skew
        statuses = [limited.call("GET", "/api/v1/context-variables").status for _ in range(3)]
        assert statuses == [200, 200, 429]
    clock.skew = timedelta(0)
    assert limited.call("GET", "/api/v1/context-variables").status == 429


def test_a_key_ends_by_the_clock_of_the_function(fixtures: Fixtures, wire: Proxy, clock: Clock):
    fixtures.key("klen_ending", valid_until=datetime.now(UTC) + timedelta(minutes=5))
    for skew, status in ((timedelta(0), 200), (AHEAD, 401), (BEHIND, 200)):
        clock.skew = skew
        assert Api("klen_ending").call("GET", "/api/v1/context-variables").status == status


@pytest.mark.parametrize("skew", SKEWS)
def test_of_two_who_meet_one_makes_the_contact_and_the_other_changes_it(
    skew: timedelta, any_api: Api, fixtures: Fixtures, wire: Proxy, clock: Clock
):
    """A claim lasts an hour, so the clocks of two functions may differ by less than that."""
    document = {"channel": "whatsapp", "contact_phone_number": "+15550100"}
    met: list[Answer] = []

    def meanwhile(exchange: Exchange) -> None:
        if exchange.operation == "TransactWriteItems" and not met:
            clock.skew = timedelta(0)
            wire.meddle()
            met.append(any_api.call("POST", UPSERT, {**document, "contact_name": "Jo"}))
        let_pass(exchange)

    clock.skew = skew
    wire.meddle(meanwhile, lasting=True)
    late = any_api.call("POST", UPSERT, {**document, "contact_email": "jo@example.com"})
    assert [late.status, *(answer.status for answer in met)] == [201, 201]
    (summary,) = fixtures.contacts.list("acme")
    assert (summary.full_name, summary.email) == ("Jo", "jo@example.com")
