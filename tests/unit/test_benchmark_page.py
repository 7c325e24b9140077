"""The page of benchmarks has the measured values, and whether they meet the targets."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from benchmarks.catalogue import SCENARIOS
from benchmarks.cold_start import (
    BARE,
    BARE_UNCOMPILED,
    BASELINES,
    OURS,
    ColdStart,
    ImportCost,
    Starts,
)
from benchmarks.contention import Contention, Meeting
from benchmarks.growth import (
    CONTACTS,
    DEFINITIONS,
    FIND,
    GET_CONTACT,
    LIST_CONTACTS,
    SET_ONE_PAGE,
    Growth,
)
from benchmarks.recorder import RecordedRequest
from benchmarks.report.page import render
from benchmarks.report.targets import targets
from benchmarks.results import Results
from benchmarks.runtime import Sample
from benchmarks.scenario import Cost
from benchmarks.staging import Size
from benchmarks.warm import BY_HAND, GET, ON_BOTOCORE, PEER, RESOLVES, SET, Usage, WarmRequest
from benchmarks.warm import OURS as OUR_FUNCTION

KEY = RecordedRequest("GetItem", 1, 0, is_about_key=True)
READ = RecordedRequest("BatchGetItem", 5, 0, is_about_key=False)
WRITE = RecordedRequest("UpdateItem", 0, 2, is_about_key=False)
COST = Cost((KEY, READ, WRITE))


def starts(total_ms: float) -> Starts:
    return Starts((Sample(total_ms, total_ms / 2),) * 3)


def cold_start(ours_ms: float) -> ColdStart:
    times = {OURS: ours_ms, **dict.fromkeys(BASELINES, 100.0), BARE_UNCOMPILED: 200.0}
    return ColdStart(
        starts={name: starts(total_ms) for name, total_ms in times.items()},
        imports={name: [ImportCost("app", 1.0)] for name in times},
        layer=Size(2_000_000, 1_000_000),
    )


BASELINES_OF_WARM = {BY_HAND: 1.0, ON_BOTOCORE: 1.0, PEER: 1.0}


def warm(ours_ms: float, others: Mapping[str, float], name: str = SET) -> list[WarmRequest]:
    usages = {OUR_FUNCTION: ours_ms, **others}
    made = {who: Usage((cpu_ms,) * 3, 10, 0) for who, cpu_ms in usages.items()}
    return [WarmRequest(name, 3, made)]


def results() -> Results:
    flat = {10: COST.after_key, 1000: COST.after_key}
    return Results(
        engine="ministack",
        costs=dict.fromkeys(SCENARIOS, COST),
        growth=[
            Growth(DEFINITIONS, {SET_ONE_PAGE: flat, GET_CONTACT: flat}),
            Growth(
                CONTACTS,
                {
                    **dict.fromkeys((SET_ONE_PAGE, GET_CONTACT, FIND), flat),
                    LIST_CONTACTS: {10: COST},
                },
            ),
        ],
        contention=[Contention(Meeting.FIELDS_OF_ONE, 2, 80, 0, 240, 7, 0, lost=0)],
        cold_start=cold_start(90.0),
        warm=warm(0.3, BASELINES_OF_WARM),
    )


def missed(measured: Results) -> list[str]:
    return [target.asked for target in targets(measured) if not target.is_met]


def test_every_target_stands_beside_what_was_measured():
    page = render(results())
    assert not missed(results())
    for target in targets(results()):
        assert f"| {target.asked} | {target.measured} | met |" in page


def test_the_page_begins_with_what_a_reader_decides_by():
    page = render(results())
    answers = page[: page.index("## Targets")]
    assert "Setting 4 variables: 3 requests, 6 read units, 2 write units" in answers
    assert "0 lost after 80 updates by up to 2 writers at once" in answers
    assert "0.90 times as long as a handler with boto3 alone" in answers
    assert "$" not in page


def test_a_cost_that_grows_is_missed():
    held = results()
    growing = {10: COST.after_key, 1000: COST}
    worse = [replace(each, costs={**each.costs, GET_CONTACT: growing}) for each in held.growth]
    assert len(missed(replace(held, growth=worse))) >= len(worse)


def test_a_list_that_reads_every_contact_is_missed():
    held = results()
    growing = {10: COST.after_key, 1000: COST}
    worse = [replace(each, costs={**each.costs, LIST_CONTACTS: growing}) for each in held.growth]
    (asked,) = missed(replace(held, growth=worse))
    assert LIST_CONTACTS in asked


def test_a_start_that_is_too_slow_is_missed():
    (compiled, _) = missed(replace(results(), cold_start=cold_start(116.0)))
    assert "1.15" in compiled


@pytest.mark.parametrize(
    ("name", "who", "most"),
    [
        (SET, BY_HAND, 0.5),
        (SET, ON_BOTOCORE, 0.35),
        (SET, PEER, 1.0),
        (GET, BY_HAND, 0.5),
        (GET, ON_BOTOCORE, 0.35),
        (GET, PEER, 1.4),
        ("klen, Create a contact: with 4 variables", BY_HAND, 0.5),
        *((name, BY_HAND, 1.3) for name in sorted(RESOLVES)),
    ],
)
def test_a_warm_request_that_takes_too_much_is_missed(name: str, who: str, most: float):
    """Resolves build an answer for each variable, so they have a target of their own."""
    within, beyond = (
        [*warm(0.3, BASELINES_OF_WARM), *warm(ratio, {BY_HAND: 9, ON_BOTOCORE: 9, who: 1}, name)]
        for ratio in (most, most + 0.01)
    )
    assert missed(replace(results(), warm=within)) == []
    (asked,) = missed(replace(results(), warm=beyond))
    assert f"at most {most}" in asked


def test_requests_without_a_target_on_botocores_client_miss_none():
    for name in ("klen, Create a contact: with 4 variables", *RESOLVES):
        dear = [*warm(0.3, BASELINES_OF_WARM), *warm(1.0, {BY_HAND: 9, ON_BOTOCORE: 1.0}, name)]
        assert missed(replace(results(), warm=dear)) == []


def test_a_lost_update_is_missed():
    held = results()
    lost = [replace(each, lost=1) for each in held.contention]
    assert missed(replace(held, contention=lost)) == ["Concurrent writers lose no update"]


def test_the_peer_that_was_not_there_is_said_to_be_missing():
    others = {BY_HAND: 1.0, ON_BOTOCORE: 1.0}
    assert "has no PostgreSQL" in render(replace(results(), warm=warm(0.3, others)))
    assert "has no PostgreSQL" not in render(results())


def test_ratios_are_of_medians():
    assert cold_start(90.0).ratio(OURS, to=BARE) == 0.9
