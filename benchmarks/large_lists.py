"""Count the read units of lists of contacts, as an account grows.

    python -m benchmarks.large_lists --sizes 10 1000 20000 100000 --write

The index of each account is stored as `index_contacts` would store it, and of the contacts only
those that a page shows. Every page is compared with the contacts. `tests/services` is the gate.
"""

import argparse
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.client import TEMPLATE, Call, Client
from benchmarks.crowd import RARE, STAGES, STATUSES, Crowd
from benchmarks.recorder import Recorder, recording
from benchmarks.stage import local_table
from local.template import read_template
from shared.domain.accounts import ApiKey, Caller, Grant
from shared.domain.contact_lists import ContactFilter
from shared.services.accounts.access import hash_api_key
from shared.table.credentials import CredentialTable
from shared.wiring import endpoints as wiring

PAGE_SIZE = 25
TEAMS = frozenset({1, 2})
USER = "ann"

QUERIES = {
    "all": "",
    "a common stage": "stage=lead",
    "a stage of one in a thousand": f"stage={RARE}",
    "a tag, a stage and a status": "tag=vip&stage=customer&status=active",
    "a tag of one in a thousand": f"tag={RARE}",
}

_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "large-lists.md"


def units_by_query(
    size: int, client: Client, recorder: Recorder, table_name: str
) -> dict[str, tuple[float, float]]:
    """Return the most units of a page: of callers without user and teams, and of others."""
    crowd = Crowd(f"account-{size}", size)
    observer = recorder.observer
    crowd.store(observer, table_name)
    if not crowd.is_listed_by_its_index:
        crowd.store_contacts(observer, table_name, range(1, size + 1))
    units = {}
    for name, query in QUERIES.items():
        shared, some = (
            _most_units(crowd, caller, query, client, recorder, table_name)
            for caller in (
                Caller(crowd.account_id, "", datetime.now(UTC)),
                Caller(crowd.account_id, "", datetime.now(UTC), user=USER, teams=TEAMS),
            )
        )
        units[name] = (shared, some)
    return units


def _most_units(
    crowd: Crowd, caller: Caller, query: str, client: Client, recorder: Recorder, table_name: str
) -> float:
    """Return the most units of the first, the middle and the last page of a list.

    Raises:
        AssertionError: A page is not what the contacts say.
    """
    api_key = _make_key(caller)
    # A contact has all that a filter reads of a summary.
    wanted: Any = ContactFilter(**dict(each.split("=") for each in query.split("&") if each))
    truth = [
        each.contact_id for each in crowd.summaries() if caller.sees(each) and wanted.matches(each)
    ]
    last = max(-(-len(truth) // PAGE_SIZE), 1)
    most = 0.0
    for page in sorted({1, last // 2 + 1, last}):
        expected = truth[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        if crowd.is_listed_by_its_index:
            crowd.store_page(recorder.observer, table_name, expected)
        recorder.requests.clear()
        call = Call("GET", "/api/v1/contacts", query=f"{query}&page={page}".lstrip("&"))
        document = json.loads(client.send(call, api_key).body)
        most = max(most, sum(each.read_units for each in recorder.requests))
        shown = [each["id"] for each in document["contacts"]]
        if (document["count"], shown) != (len(truth), expected):
            raise AssertionError(f"page {page} of {query!r} of {crowd.size} contacts")
    return most


def _make_key(caller: Caller) -> str:
    api_key = f"key-of-{caller.account_id}-{caller.user}"
    key_hash = hash_api_key(api_key)
    credentials = CredentialTable(wiring.table())
    if credentials.find(key_hash) is None:
        credentials.add(
            ApiKey(
                key_id=key_hash[:12],
                account_id=caller.account_id,
                key_hash=key_hash,
                hint=api_key[-4:],
                created_at=datetime.now(UTC),
                grants=(Grant("can_read_contacts"),),
                user=caller.user,
                teams=caller.teams,
            )
        )
    return api_key


def page_of(found: Mapping[int, Mapping[str, tuple[float, float]]]) -> str:
    """Return the page of the docs."""
    sizes = " | ".join(f"{size:,}" for size in found)
    lines = [f"| contacts with | {sizes} |", "|---" * (len(found) + 1) + "|"]
    for name in QUERIES:
        cells = " | ".join(f"{each[name][0]:g}, {each[name][1]:g}" for each in found.values())
        lines.append(f"| {name} | {cells} |")
    table = "\n".join(lines)
    return (
        "# Lists of large accounts\n\n"
        f"Read units of a numbered page of {PAGE_SIZE} contacts with its exact total, by the "
        "number of contacts, with the request that reads the API key: the most of the first, the "
        "middle and the last page.\n"
        "The first number is of a caller who sees the contacts of the account alone, the second of "
        f"one who sees those of a user and of {len(TEAMS)} teams, too.\n"
        "Half of the contacts belong to the account, the others to 99 users and 7 teams; they have "
        f"{len(set(STAGES)) + 1} stages and {len(set(STATUSES))} statuses, in all combinations.\n"
        "Accounts with ids up to 2,047 are read as a whole; "
        "[the others by their index](../adr/0046-a-contact-index.md).\n"
        "Written by `python -m benchmarks.large_lists --write`.\n\n"
        f"{table}\n"
    )


def run(sizes: Iterable[int]) -> dict[int, dict[str, tuple[float, float]]]:
    """Return the units by size and query."""
    with local_table() as (client, table_name), recording(client, table_name) as recorder:
        functions = Client(read_template(TEMPLATE))
        return {size: units_by_query(size, functions, recorder, table_name) for size in sizes}


def main() -> None:
    """Run the benchmark, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 1000, 20_000, 100_000])
    parser.add_argument("--write", action="store_true", help="write the page of the docs")
    given = parser.parse_args()
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    page = page_of(run(given.sizes))
    print(page)
    if given.write:
        _PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
