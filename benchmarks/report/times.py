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
    megabytes,
    request_title,
    spread,
    table_of,
    title,
)
from benchmarks.warm import BY_HAND, ON_BOTOCORE, PEER, WarmRequest
from benchmarks.warm import OURS as OUR_FUNCTION
from benchmarks.warm import ROUNDS as WARM_ROUNDS

_PEER = """\
The alternative that a user would build: FastAPI with asyncpg over PostgreSQL, variables in one JSONB column, with the same keys, types and errors, in `benchmarks/fastapi_postgres`.
It uses uvloop, a pool of open connections, prepared statements and one statement for each operation, over loopback.
It is called as by an ASGI server, so the work of an HTTP server is not included, as that of API Gateway is not included in ours.

{ratios}
Where the ratio is above 1, FastAPI and PostgreSQL take less CPU: asyncpg has a binary protocol and an open connection, and makes one call where we send two or three signed HTTP requests.
The table leaves out the CPU of PostgreSQL, and the cost of a service and a database that run when there are no requests; DynamoDB's is in its units.
"""

_NO_PEER = "This machine has no PostgreSQL, so `benchmarks/fastapi_postgres` was not measured."

_DEAREST_IMPORTS, _DEAREST_OTHER_IMPORTS = 15, 3


def cold_starts(cold_start: ColdStart) -> dict[str, str]:
    """Render a row for each function, and the imports."""
    starts, imports, layer = cold_start.starts, cold_start.imports, cold_start.layer
    variants: list[Variant] = [*cold_start.functions, *BASELINES]
    dearest = imports[OURS][:_DEAREST_IMPORTS]
    others = [(each, cold_start.imports_beside(each, OURS)) for each in cold_start.functions]
    return {
        "rounds": str(ROUNDS),
        "zipped": megabytes(layer.zipped),
        "unzipped": megabytes(layer.unzipped),
        "cold_start": table_of(
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
        "imports": table_of(
            dearest,
            {"module": lambda it: f"`{it.module}`", "share": lambda it: f"{it.share:.1%}"},
        ),
        "other_imports": table_of(
            [(title(each), found) for each, found in others if each != OURS],
            {
                "": lambda it: it[0],
                "modules": lambda it: len(it[1]),
                "share": lambda it: f"{sum(each.share for each in it[1]):.1%}",
                "most expensive": lambda it: ", ".join(
                    f"`{each.module}` {each.share:.1%}" for each in it[1][:_DEAREST_OTHER_IMPORTS]
                ),
            },
        ),
    }


def warm_requests(warm: Sequence[WarmRequest]) -> dict[str, str]:
    """Render a row for each request, and the comparison with the peer."""
    measured = table_of(
        warm,
        {
            "": lambda it: request_title(it.name),
            "calls": lambda it: it.calls,
            "CPU, ratio to by hand": lambda it: f"{it.ratio(to=BY_HAND):.2f}",
            "quartiles": lambda it: spread(it.ratio_quartiles(to=BY_HAND)),
            "ratio to on botocore": lambda it: f"{it.ratio(to=ON_BOTOCORE):.2f}",
            "KB, ours": lambda it: f"{it.usages[OUR_FUNCTION].peak_kilobytes:.0f}",
            "KB, by hand": lambda it: f"{it.usages[BY_HAND].peak_kilobytes:.0f}",
            "blocks kept, ours": lambda it: f"{it.usages[OUR_FUNCTION].kept_blocks:.1f}",
            "by hand": lambda it: f"{it.usages[BY_HAND].kept_blocks:.1f}",
        },
    )
    peer = _peer([each for each in warm if PEER in each.usages])
    return {"processes": str(WARM_ROUNDS), "warm": measured, "peer": peer}


def _peer(warm: Sequence[WarmRequest]) -> str:
    if not warm:
        return _NO_PEER
    ratios = table_of(
        warm,
        {
            "": lambda it: request_title(it.name),
            "CPU, ratio to FastAPI": lambda it: f"{it.ratio(to=PEER):.1f}",
            "quartiles": lambda it: spread(it.ratio_quartiles(to=PEER), decimals=1),
            "KB, ours": lambda it: f"{it.usages[OUR_FUNCTION].peak_kilobytes:.0f}",
            "KB, FastAPI": lambda it: f"{it.usages[PEER].peak_kilobytes:.0f}",
        },
    )
    return _PEER.format(ratios=ratios)
