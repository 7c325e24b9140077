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
    ImportCost,
    Variant,
)
from benchmarks.report.tables import figure, megabytes, request_title, table, title
from benchmarks.warm import BY_HAND, ON_BOTOCORE, PEER, Usage, WarmRequest
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
    header = (
        "",
        "ratio to bare, compiled",
        "quartiles",
        "ratio to bare as shipped",
        "modules",
        "all",
        "init",
        "first request",
    )
    variants: list[Variant] = [*cold_start.functions, *BASELINES]
    rows = [(title(each), *_start_cells(cold_start, each)) for each in variants]
    dearest = cold_start.imports[OURS][:_DEAREST_IMPORTS]
    others = [
        (title(each), *_import_cells(cold_start.imports_beside(each, OURS)))
        for each in cold_start.functions
        if each != OURS
    ]
    layer = cold_start.layer
    return [
        _COLD_START.format(rounds=ROUNDS),
        figure("cold-start", "Cold start of every function by that of a bare handler"),
        table(header, rows),
        _LAYER.format(zipped=megabytes(layer.zipped), unzipped=megabytes(layer.unzipped)),
        _IMPORTS,
        table(("module", "share"), [(f"`{it.module}`", f"{it.share:.1%}") for it in dearest]),
        _OTHER_IMPORTS,
        table(("", "modules", "share", "dearest"), others),
    ]


def warm_part(warm: Sequence[WarmRequest], rounds: int) -> list[str]:
    """Render a figure, a row for each request, and the peer."""
    header = (
        "",
        "calls",
        "CPU by that by hand",
        "quartiles",
        "by that on botocore",
        "KB, ours",
        "KB, by hand",
        "blocks kept, ours",
        "by hand",
    )
    rows = [(request_title(each.name), *_warm_cells(each)) for each in warm]
    return [
        _WARM.format(rounds=rounds),
        figure("warm", "CPU of warm requests by that of the same calls by hand"),
        table(header, rows),
        *_peer_part([each for each in warm if PEER in each.usages]),
    ]


def _peer_part(warm: Sequence[WarmRequest]) -> list[str]:
    if not warm:
        return [_NO_PEER]
    header = ("", "our CPU by the peer's", "quartiles", "KB, ours", "KB, the peer's")
    rows = []
    for each in warm:
        first, third = each.ratio_quartiles(to=PEER)
        ours, peer = each.usages[OUR_FUNCTION], each.usages[PEER]
        rows.append(
            (
                request_title(each.name),
                f"{each.ratio(to=PEER):.1f}",
                f"{first:.1f} to {third:.1f}",
                _kilobytes(ours),
                _kilobytes(peer),
            )
        )
    return [_PEER, table(header, rows), _PEER_MEANING]


def _start_cells(cold_start: ColdStart, variant: Variant) -> tuple[str, ...]:
    starts = cold_start.starts[variant]
    first, third = cold_start.ratio_quartiles(variant, to=BARE)
    return (
        f"{cold_start.ratio(variant, to=BARE):.2f}",
        f"{first:.2f} to {third:.2f}",
        f"{cold_start.ratio(variant, to=BARE_UNCOMPILED):.2f}",
        f"{len(cold_start.imports[variant])}",
        f"{starts.median(lambda each: each.total_ms):.0f}",
        f"{starts.median(lambda each: each.init_ms):.0f}",
        f"{starts.median(lambda each: each.first_request_ms):.0f}",
    )


def _import_cells(imports: Sequence[ImportCost]) -> tuple[str, ...]:
    dearest = [f"`{it.module}` {it.share:.1%}" for it in imports[:_DEAREST_OTHER_IMPORTS]]
    share = sum(it.share for it in imports)
    return str(len(imports)), f"{share:.1%}", ", ".join(dearest)


def _warm_cells(request: WarmRequest) -> tuple[str, ...]:
    ours, by_hand = request.usages[OUR_FUNCTION], request.usages[BY_HAND]
    first, third = request.ratio_quartiles(to=BY_HAND)
    return (
        str(request.calls),
        f"{request.ratio(to=BY_HAND):.2f}",
        f"{first:.2f} to {third:.2f}",
        f"{request.ratio(to=ON_BOTOCORE):.2f}",
        _kilobytes(ours),
        _kilobytes(by_hand),
        f"{ours.kept_blocks:.1f}",
        f"{by_hand.kept_blocks:.1f}",
    )


def _kilobytes(usage: Usage) -> str:
    return f"{usage.peak_kilobytes:.0f}"
