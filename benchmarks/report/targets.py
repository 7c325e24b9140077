"""Compare the results with the targets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.cold_start import BARE, BARE_UNCOMPILED, ColdStart, Variant
from benchmarks.growth import (
    CONTACTS,
    DEFINITIONS,
    FIND,
    GET_CONTACT,
    LIST_CONTACTS,
    SET_ONE_PAGE,
    Growth,
)
from benchmarks.report.tables import cost_in_words, request_title, table, title, units
from benchmarks.results import Results
from benchmarks.scenario import Cost
from benchmarks.scenarios.klen import TARGET_GROUP
from benchmarks.warm import BY_HAND, GET, ON_BOTOCORE, PEER, RESOLVES, SET, WarmRequest

MAX_TARGET_REQUESTS, MAX_TARGET_READ_UNITS, MAX_TARGET_WRITE_UNITS = 3, 5, 2
MAX_WRITES_OF_SET, MAX_READS_OF_CONTACT = 1, 2
MAX_RATIO_COMPILED, MAX_RATIO_UNCOMPILED = 1.15, 0.55
MAX_RATIO_BY_HAND, MAX_RATIO_OF_RESOLVES, MAX_RATIO_ON_BOTOCORE = 0.5, 1.3, 0.35
MAX_RATIO_OF_PEER = {SET: 1.0, GET: 1.4}

_Name = TypeVar("_Name")

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
FLAT = {DEFINITIONS: (SET_ONE_PAGE, GET_CONTACT), CONTACTS: (SET_ONE_PAGE, GET_CONTACT, FIND)}
"""Requests whose cost must not grow. Lists read what they return, so they may grow."""


@dataclass(frozen=True)
class Target:
    """A target, the measured value and whether it is met."""

    asked: str
    measured: str
    is_met: bool

    @property
    def verdict(self) -> str:
        """The verdict in one word."""
        return "met" if self.is_met else "missed"


def targets(results: Results) -> list[Target]:
    """Compare every target with the results."""
    small, large = _target_costs(results)
    contact = growth_of(results, DEFINITIONS).costs[GET_CONTACT]
    writes = [each for each in small.operations if each not in _READS]
    reads = max(len(cost.requests) for cost in contact.values())
    lost = sum(each.lost for each in results.contention)
    return [
        Target(
            f"Setting 4 existing variables of a contact with 32 takes, after the key lookup, "
            f"at most {MAX_TARGET_REQUESTS} requests, {MAX_TARGET_READ_UNITS} read units and "
            f"{MAX_TARGET_WRITE_UNITS} write units",
            cost_in_words(small),
            len(small.requests) <= MAX_TARGET_REQUESTS
            and small.read_units <= MAX_TARGET_READ_UNITS
            and small.write_units <= MAX_TARGET_WRITE_UNITS,
        ),
        Target(
            "It takes the same with 1,000 definitions in the account as with 10",
            cost_in_words(large),
            large == small,
        ),
        Target(
            "Setting variables of one page takes one write request",
            f"{len(writes)}",
            len(writes) <= MAX_WRITES_OF_SET,
        ),
        Target(
            f"Reading a contact with its variables takes at most {MAX_READS_OF_CONTACT} requests",
            f"{reads}",
            reads <= MAX_READS_OF_CONTACT,
        ),
        *_flat_targets(results),
        _list_target(growth_of(results, CONTACTS)),
        Target("Concurrent writers lose no update", f"{lost} lost", lost == 0),
        _start_target(
            f"Cold start until the first response, compared with the bare handler, both "
            f"compiled: at most {MAX_RATIO_COMPILED} times, for every endpoint",
            results.cold_start,
            BARE,
            MAX_RATIO_COMPILED,
        ),
        _start_target(
            f"The same, compared with the bare handler as `sam build` ships it: at most "
            f"{MAX_RATIO_UNCOMPILED} times, for every endpoint",
            results.cold_start,
            BARE_UNCOMPILED,
            MAX_RATIO_UNCOMPILED,
        ),
        *_warm_targets(results.warm),
        *_peer_targets(results.warm),
    ]


def targets_table(compared: Iterable[Target]) -> str:
    """Render a table of the targets."""
    rows = [(target.asked, target.measured, target.verdict) for target in compared]
    return table(("target", "measured", "result"), rows)


def _flat_targets(results: Results) -> list[Target]:
    made = []
    for grows, requests in FLAT.items():
        growth = growth_of(results, grows)
        sizes = sorted(growth.costs[SET_ONE_PAGE])
        flat = [name for name in requests if growth.is_flat(name)]
        made.append(
            Target(
                f"These cost the same from {sizes[0]:,} to {sizes[-1]:,} {grows}: "
                f"{', '.join(requests)}",
                f"the same for {len(flat)} of {len(requests)}",
                len(flat) == len(requests),
            )
        )
    return made


def _list_target(growth: Growth) -> Target:
    """Compare the target of lists, which read all contacts of a small account."""
    costs = growth.costs[LIST_CONTACTS]
    sizes = sorted(costs)
    read = [costs[size].read_units for size in sizes]
    return Target(
        f"This costs the same from {sizes[0]:,} to {sizes[-1]:,} {CONTACTS}: {LIST_CONTACTS}",
        f"{units(min(read))} to {units(max(read))} read units: an account with ids up to 2,047 is "
        "read as a whole, a larger one by its index",
        growth.is_flat(LIST_CONTACTS),
    )


def _start_target(asked: str, cold_start: ColdStart, to: Variant, most: float) -> Target:
    def ratio(variant: Variant) -> float:
        return cold_start.ratio(variant, to=to)

    waited_for = [each for each in cold_start.functions if each.is_waited_for]
    return _ratio_target(asked, waited_for, ratio, most, title)


def _warm_targets(warm: Sequence[WarmRequest]) -> Iterator[Target]:
    resolves = [each for each in warm if each.name in RESOLVES]
    others = [each for each in warm if each.name not in RESOLVES]
    both = [each for each in warm if each.name in (SET, GET)]
    by_hand = "the same calls to DynamoDB by hand, with boto3"
    on_botocore = "the same function on botocore's client"
    for who, by, measured, to, most in (
        (
            "of a warm request, without those that resolve",
            by_hand,
            others,
            BY_HAND,
            MAX_RATIO_BY_HAND,
        ),
        ("of a warm request that resolves", by_hand, resolves, BY_HAND, MAX_RATIO_OF_RESOLVES),
        (
            "of the two requests that the peer has",
            on_botocore,
            both,
            ON_BOTOCORE,
            MAX_RATIO_ON_BOTOCORE,
        ),
    ):
        if measured:
            yield _warm_target(f"CPU {who}, compared with {by}", measured, to, most)


def _warm_target(asked: str, warm: Sequence[WarmRequest], to: str, most: float) -> Target:
    by_name = {each.name: each for each in warm}
    return _ratio_target(
        f"{asked}: at most {most} times, for every request",
        list(by_name),
        lambda name: by_name[name].ratio(to=to),
        most,
        request_title,
    )


def _peer_targets(warm: Sequence[WarmRequest]) -> Iterator[Target]:
    for each in warm:
        if PEER in each.usages:
            most, ratio = MAX_RATIO_OF_PEER[each.name], each.ratio(to=PEER)
            yield Target(
                f"CPU of a warm request, compared with FastAPI and PostgreSQL: at most {most} "
                f"times: {request_title(each.name)}",
                f"{ratio:.2f}",
                ratio <= most,
            )


def _ratio_target(
    asked: str,
    names: Sequence[_Name],
    ratio: Callable[[_Name], float],
    most: float,
    called: Callable[[_Name], str],
) -> Target:
    ratios = sorted((ratio(name), called(name)) for name in names)
    within = sum(each <= most for each, _ in ratios)
    middle, (worst, worst_name) = ratios[len(ratios) // 2][0], ratios[-1]
    measured = (
        f"{within} of {len(ratios)} within; median {middle:.2f}, highest {worst:.2f}: {worst_name}"
    )
    return Target(asked, measured, within == len(ratios))


def _target_costs(results: Results) -> tuple[Cost, Cost]:
    costs = results.costs
    small, large, *_ = (cost for each, cost in costs.items() if each.group == TARGET_GROUP)
    return small.after_key, large.after_key


def growth_of(results: Results, grows: str) -> Growth:
    """Return the growth in one dimension."""
    return next(each for each in results.growth if each.grows == grows)
