"""Render cold starts and warm requests."""
# ruff: noqa: E501 - a sentence of the page is a line

from collections.abc import Sequence

from benchmarks.cold_start import (
    BARE,
    BARE_UNCOMPILED,
    BASELINES,
    OURS,
    ROUNDS,
    ColdStart,
    Variant,
)
from benchmarks.report.tables import (
    figure,
    megabytes,
    request_title,
    spread,
    table,
    table_of,
    title,
)
from benchmarks.warm import BY_HAND, ON_BOTOCORE, PEER, WarmRequest
from benchmarks.warm import OURS as OUR_FUNCTION

_COLD_START = """\
## Cold start

A fresh process is started by AWS's emulator of the Lambda runtime interface with AWS's runtime client, imports a function as it is built, and answers its example event on the demo data.
Beside the functions run an empty handler, which is what the runtime costs by itself, and a bare one: boto3, `boto3.client("dynamodb")`, one `get_item`.
All run on Python 3.13 against the same engine, started in turn, in {rounds} rounds of one start each, two of the handlers beside them.
Compiled means with byte code that is never checked; `sam build` alone ships none, and Lambda's disk is read-only, so that every start compiles again.
A ratio is that of medians, from process to answer; the quartiles are by the same median of the bare handler.
The last three columns are medians in milliseconds, on the machine that measured.
"""

_LAYER = """\
The layer has {zipped} zipped and {unzipped} unzipped, for both processors together; Lambda's limit is 250 MB unzipped.
"""

_IMPORTS = """\
### The dearest imports

Shares of the time of all imports of `set_contact_context`, each module without what it imports itself.
`app` includes making the client.
"""

_OTHER_IMPORTS = """\
### What the others import beside it

How many modules they are, their share of the time of all imports, and the dearest of them.
"""

_WARM = """\
## Warm requests

CPU is that of the function's process alone, all its threads together, in medians of {rounds} processes; the ratio is to the same calls of DynamoDB made by hand.
"On botocore" is the same function with `DYNAMODB_CLIENT=botocore`, without the [lean path](adr/0033-a-lean-path-to-dynamodb.md).
"By hand" is a handler with boto3 that reads the body, makes the very calls in turn, with parameters that are given to it, and writes the answer: it looks at no key, checks nothing, converts nothing.
DynamoDB's answers are recorded once and replayed by another process, so that no engine's work is in it.
Memory is the most that one request holds beyond what was there before it; blocks kept are those of Python's allocator that are left of each request, which would grow if something leaked.
"""

_PEER = """\
### Beside FastAPI and PostgreSQL

What a user would build instead: FastAPI with asyncpg over PostgreSQL of this system, variables in one JSONB column, the same keys, types and refusals in `benchmarks/fastapi_postgres`.
It runs at its best: uvloop, a pool of open connections, prepared statements, one statement for each thing that is asked, over loopback.
It is called as an ASGI server calls it, so that no HTTP server's work is in it, as API Gateway's is in none of ours.
"""

_PEER_MEANING = """\
Where the ratio is above 1, the peer is ahead: asyncpg speaks a binary protocol over an open connection, and makes one call where we make two or three, each of which is an HTTP request that is signed.
What the table leaves out: the CPU of PostgreSQL itself, which is the user's to pay and to keep, and a service and a database that run, and cost, when nobody asks; DynamoDB's is in its units.
"""

_NO_PEER = """\
### Beside FastAPI and PostgreSQL

This system has no PostgreSQL, so that the peer in `benchmarks/fastapi_postgres` was not measured.
"""

_DEAREST_IMPORTS, _DEAREST_OTHER_IMPORTS = 15, 3


def cold_start_part(cold_start: ColdStart) -> list[str]:
    """Render a figure, a row for each function, and the imports."""
    starts, imports, layer = cold_start.starts, cold_start.imports, cold_start.layer
    variants: list[Variant] = [*cold_start.functions, *BASELINES]
    dearest = imports[OURS][:_DEAREST_IMPORTS]
    others = [(each, cold_start.imports_beside(each, OURS)) for each in cold_start.functions]
    return [
        _COLD_START.format(rounds=ROUNDS),
        figure("cold-start", "Cold start of every function by that of a bare handler"),
        table_of(
            variants,
            {
                "": title,
                "ratio to bare, compiled": lambda it: f"{cold_start.ratio(it, to=BARE):.2f}",
                "quartiles": lambda it: spread(cold_start.ratio_quartiles(it, to=BARE)),
                "ratio to bare as shipped": lambda it: (
                    f"{cold_start.ratio(it, to=BARE_UNCOMPILED):.2f}"
                ),
                "modules": lambda it: len(imports[it]),
                "all": lambda it: f"{starts[it].median(lambda each: each.total_ms):.0f}",
                "init": lambda it: f"{starts[it].median(lambda each: each.init_ms):.0f}",
                "first request": lambda it: (
                    f"{starts[it].median(lambda each: each.first_request_ms):.0f}"
                ),
            },
        ),
        _LAYER.format(zipped=megabytes(layer.zipped), unzipped=megabytes(layer.unzipped)),
        _IMPORTS,
        table(("module", "share"), [(f"`{it.module}`", f"{it.share:.1%}") for it in dearest]),
        _OTHER_IMPORTS,
        table_of(
            [(title(each), found) for each, found in others if each != OURS],
            {
                "": lambda it: it[0],
                "modules": lambda it: len(it[1]),
                "share": lambda it: f"{sum(each.share for each in it[1]):.1%}",
                "dearest": lambda it: ", ".join(
                    f"`{each.module}` {each.share:.1%}" for each in it[1][:_DEAREST_OTHER_IMPORTS]
                ),
            },
        ),
    ]


def warm_part(warm: Sequence[WarmRequest], rounds: int) -> list[str]:
    """Render a figure, a row for each request, and the peer."""
    return [
        _WARM.format(rounds=rounds),
        figure("warm", "CPU of warm requests by that of the same calls by hand"),
        table_of(
            warm,
            {
                "": lambda it: request_title(it.name),
                "calls": lambda it: it.calls,
                "CPU by that by hand": lambda it: f"{it.ratio(to=BY_HAND):.2f}",
                "quartiles": lambda it: spread(it.ratio_quartiles(to=BY_HAND)),
                "by that on botocore": lambda it: f"{it.ratio(to=ON_BOTOCORE):.2f}",
                "KB, ours": lambda it: f"{it.usages[OUR_FUNCTION].peak_kilobytes:.0f}",
                "KB, by hand": lambda it: f"{it.usages[BY_HAND].peak_kilobytes:.0f}",
                "blocks kept, ours": lambda it: f"{it.usages[OUR_FUNCTION].kept_blocks:.1f}",
                "by hand": lambda it: f"{it.usages[BY_HAND].kept_blocks:.1f}",
            },
        ),
        *_peer_part([each for each in warm if PEER in each.usages]),
    ]


def _peer_part(warm: Sequence[WarmRequest]) -> list[str]:
    if not warm:
        return [_NO_PEER]
    beside = table_of(
        warm,
        {
            "": lambda it: request_title(it.name),
            "our CPU by the peer's": lambda it: f"{it.ratio(to=PEER):.1f}",
            "quartiles": lambda it: spread(it.ratio_quartiles(to=PEER), decimals=1),
            "KB, ours": lambda it: f"{it.usages[OUR_FUNCTION].peak_kilobytes:.0f}",
            "KB, the peer's": lambda it: f"{it.usages[PEER].peak_kilobytes:.0f}",
        },
    )
    return [_PEER, beside, _PEER_MEANING]
