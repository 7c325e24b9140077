"""Compare the warm CPU of functions on the lean client of DynamoDB with that on botocore's.

`python -m benchmarks.dynamodb_clients` needs no build: it runs the sources on this Python. The
results of `make bench` are those of the built functions.
"""

import os
from pathlib import Path

from benchmarks.client import TEMPLATE
from benchmarks.stage import Stage, local_table
from benchmarks.warm import OURS, WarmRequest, measure_warm, site_packages
from local.template import read_template

_ROOT = Path(__file__).parent.parent


def main() -> None:
    """Measure, and print a row for each request."""
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    template = read_template(TEMPLATE)

    def folders_of(function: str) -> tuple[Path, ...]:
        return template.functions[function].code_folder, _ROOT, *site_packages()

    with local_table() as (dynamodb, table_name):

        def make_stage(account: str) -> Stage:
            return Stage(dynamodb, table_name, account)

        measured = measure_warm(make_stage, template, _ignore, folders_of, has_peer=False)
    for request in measured:
        print(_row(request))


def _ignore() -> None:
    """Take note of no progress."""


def _row(request: WarmRequest) -> str:
    ratios = (f"{request.ratio(to):.2f} of {to}" for to in request.usages if to != OURS)
    ours = request.usages[OURS].median_ms
    return f"{request.name}: {request.calls} calls, {ours:.3f} ms; {'; '.join(ratios)}"


if __name__ == "__main__":
    main()
