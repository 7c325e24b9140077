"""Render the whole page."""
# ruff: noqa: E501 - a sentence of the page is a line

from pathlib import Path

from benchmarks.report.counts import counts_part, fields_part
from benchmarks.report.growth import contention_part, growth_part
from benchmarks.report.targets import targets, targets_part
from benchmarks.report.times import cold_start_part, warm_part
from benchmarks.results import Results
from benchmarks.warm import ROUNDS

_STEPS = Path(__file__).parent.parent / "steps.md"

_INTRODUCTION = """\
# Benchmarks

This page is written by `make bench`; what is changed by hand is lost.
Counts and ratios are its content: they carry over to other machines, times do not.
"""

_MEANING = """\
## What this means, and what it does not

- The counts are exact for these data: longer values fill pages sooner, and a page beyond 1 KB costs a unit more for each KB.
- What a set reads does not depend on how many definitions the account has, since they are read by name. Vambe's is the exception: a field that no definition has the name of, and a free text, are held against all of them.
- A list of definitions and a list or search of contacts read all that the account has, so their cost grows with it; a list by a custom field reads a page of each contact too.
- A contact that is found by an identifier, as those of ChatCaptain and Vambe are, takes a Query for its number, and is read before anything is looked up that it is written with.
- Each request of ChatCaptain reads the account, which says whose the chatbot is.
- The units of other designs for storing values are in [ADR 1](adr/0001-pages-of-values.md#figures).
- A large value costs its compressed size, for ordinary text about a third: one write unit for each KB, one for its lease, and the page. What no page refers to any more costs its size once again when it is deleted, later and outside of the request.
- DynamoDB's rules call the size of a number approximate, so a real table may round up where an item is within a few bytes of a limit.
- The ratios say how much our code and libraries add to a start; the start of a Lambda environment itself comes on top of both, and a Lambda function has a share of a processor, by its memory.
- The ratios move by a few hundredths from run to run, and more on a machine that is busy.
- The medians in milliseconds belong to the machine that measured them, and say nothing about Lambda.
- The first request talks to an engine on the same machine, so that no network is in it: ours make two to ten calls, the bare handler one; the functions of the documentation make none.

## The command

`make bench` builds the layer and the functions, measures, and writes this page and its figures; it takes a quarter of an hour on two processors.
It needs Python 3.13, and nothing else should run meanwhile.
`make bench ENGINE=dynamodb-local` records the counts on Amazon's own emulator, by [whose license](https://aws.amazon.com/dynamodblocallicense/) you go then.
PostgreSQL, for the peer, is looked for on the PATH and where Debian has it; without it, the page says so.
"""


def render(results: Results) -> str:
    """Return the page in Markdown."""
    parts = [
        _INTRODUCTION,
        targets_part(targets(results)),
        *counts_part(results.costs),
        *growth_part(results.growth, results.engine),
        *contention_part(results.contention),
        *fields_part(),
        *cold_start_part(results.cold_start),
        *warm_part(results.warm, ROUNDS),
        _STEPS.read_text(encoding="utf-8"),
        _MEANING,
    ]
    return "\n".join(parts)
