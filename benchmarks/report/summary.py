"""Answer the questions that a reader decides by."""

import statistics
from collections.abc import Sequence

from benchmarks.cold_start import BARE
from benchmarks.growth import CONTACTS, LIST_CONTACTS
from benchmarks.report.tables import cost_in_words, table, units
from benchmarks.report.targets import FLAT, Target, growth_of
from benchmarks.results import Results
from benchmarks.scenario import Cost
from benchmarks.scenarios.klen import TARGET_GROUP
from benchmarks.warm import BY_HAND, PEER


def summary(results: Results, targets: Sequence[Target]) -> str:
    """Render a table of questions and answers."""
    missed = [target for target in targets if not target.is_met]
    answers = {
        "What does a write cost?": f"Setting 4 variables: {_cost(results, TARGET_GROUP)}",
        "What does a read cost?": "A contact with 32 variables: "
        + _cost(results, "Get a contact", "of 32 variables"),
        "Does that grow with the account?": _growth(results),
        "Are updates lost when writers collide?": _lost(results),
        "How long does a cold start take?": _start(results),
        "How much CPU does a warm request take?": _warm(results),
        "Which targets are missed?": f"{len(missed)} of {len(targets)}",
    }
    return table(("question", "answer"), answers.items())


def _cost(results: Results, group: str, title: str | None = None) -> str:
    cost: Cost = next(
        cost
        for each, cost in results.costs.items()
        if (each.dialect, each.group) == ("klen", group) and title in (None, each.title)
    )
    return f"{cost_in_words(cost)}, the lookup of the API key included"


def _growth(results: Results) -> str:
    growth = growth_of(results, CONTACTS)
    listed = growth.costs[LIST_CONTACTS]
    held = max(size for costs in growth.costs.values() for size in costs)
    is_flat = all(growth.is_flat(name) for name in FLAT[CONTACTS])
    read = [cost.read_units for cost in listed.values()]
    return (
        f"{'No' if is_flat else 'Yes'}, for one contact in an account with up to {held:,}. A list "
        f"with page numbers and a total costs {units(min(read))} to {units(max(read))} read units, "
        f"for {min(listed):,} to {max(listed):,} contacts"
    )


def _lost(results: Results) -> str:
    done = sum(each.done for each in results.contention)
    writers = max(each.writers for each in results.contention)
    lost = sum(each.lost for each in results.contention)
    return f"{lost} lost after {done:,} updates by up to {writers} writers at once"


def _start(results: Results) -> str:
    starts = results.cold_start
    waited_for = [each for each in starts.functions if each.is_waited_for]
    ratio = statistics.median(starts.ratio(each, to=BARE) for each in waited_for)
    ms = statistics.median(
        starts.starts[each].median(lambda sample: sample.total_ms) for each in waited_for
    )
    return (
        f"{ratio:.2f} times as long as a handler with boto3 alone (median of "
        f"{len(waited_for)} functions): {ms:.0f} ms on this machine, until the first response"
    )


def _warm(results: Results) -> str:
    by_hand = statistics.median(each.ratio(to=BY_HAND) for each in results.warm)
    answer = f"{by_hand:.2f} times that of the same calls by boto3 (median)"
    peers = sorted(each.ratio(to=PEER) for each in results.warm if PEER in each.usages)
    if peers:
        answer += f"; {peers[0]:.1f} to {peers[-1]:.1f} times that of FastAPI and PostgreSQL"
    return answer
