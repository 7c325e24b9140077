"""Render the page from its text and the results."""

from pathlib import Path
from string import Template

from benchmarks.report.counts import counts, fields
from benchmarks.report.growth import contention, growth
from benchmarks.report.summary import summary
from benchmarks.report.targets import targets, targets_table
from benchmarks.report.times import cold_starts, warm_requests
from benchmarks.results import Results

_TEXT = Path(__file__).parent.parent / "benchmarks.md"


def render(results: Results) -> str:
    """Return the page in Markdown."""
    compared = targets(results)
    parts = {
        "summary": summary(results, compared),
        "targets": targets_table(compared),
        **counts(results.costs),
        **growth(results.growth, results.engine),
        **contention(results.contention),
        **fields(),
        **cold_starts(results.cold_start),
        **warm_requests(results.warm),
    }
    # Tables end with a newline, as the text after each placeholder does.
    text = {name: part.rstrip("\n") for name, part in parts.items()}
    return Template(_TEXT.read_text(encoding="utf-8")).substitute(text)
