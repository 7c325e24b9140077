"""`python -m benchmarks.hostile_bodies`: measure hostile bodies, and write their page.

All families in all fields take minutes, so the gate tests only a selection.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.client import TEMPLATE, Call, event_of, route_of
from benchmarks.hostile import MAX_RATIO, Cost, Endpoint, Send, cases, endpoints, measured
from benchmarks.report.tables import table
from benchmarks.stage import (
    CHATBOT,
    CONTACT_ID,
    CONVERSATION_ID,
    EXTERNAL_ID,
    UUID,
    WEBHOOK_ID,
    Stage,
    local_table,
)
from local.functions import LoadedFunction, load_functions
from local.template import Template, read_template
from shared.domain.definitions import ContextType

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "hostile-bodies.md"
BODY_BYTES = 100_000
DEFINITIONS = 100

_FUNCTION_LIMIT = 500
_ALL = "Every family is put at every place of every documented body"
_DRAWN = (
    "A draw, as the gate makes it: every place of every documented body gets some of the families, "
    "not each of them"
)


def main() -> int:
    """Measure every body, write the page and print the bodies over the limit.

    Returns:
        The exit status: 1 if a body exceeds the limit.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile_bodies")
    parser.add_argument("--drawn", action="store_true", help="only what the gate tries")
    drawn = parser.parse_args().drawn
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    costs = _costs(drawn=drawn)
    PAGE.write_text(_page(costs, drawn=drawn), encoding="utf-8")
    worst = [cost for found in costs.values() for cost in found if cost.ratio > MAX_RATIO]
    for cost in worst:
        print(f"{cost.case.family} in {cost.case.place}: {cost.ratio:.1f} times")
    print(f"written: {PAGE.name}")
    return 1 if worst else 0


def _costs(*, drawn: bool) -> dict[tuple[str, str], list[Cost]]:
    template = read_template(TEMPLATE)
    costs: defaultdict[tuple[str, str], list[Cost]] = defaultdict(list)
    with local_table() as (dynamodb, table_name):
        # New names then cost only their lookup.
        os.environ["MAX_DEFINITIONS"] = str(DEFINITIONS + 10)
        functions = load_functions(template.functions)
        for number, endpoint in enumerate(tqdm(endpoints(), desc="endpoints", disable=None)):
            stage = Stage(dynamodb, table_name, f"hostile_{number}")
            send = _sender(endpoint, stage, template, functions)
            send(b"{}")
            for case in cases(endpoint, BODY_BYTES, drawn=drawn):
                costs[case.family, endpoint.dialect].append(measured(case, send))
    return costs


def _sender(
    endpoint: Endpoint,
    stage: Stage,
    template: Template,
    functions: Mapping[str, LoadedFunction],
) -> Send:
    key, ids = _set_up(endpoint, stage)
    call = Call(endpoint.method.upper(), endpoint.path.format_map(ids))
    match = route_of(call, template)

    def send(body: bytes) -> float:
        event = event_of(call, match, key, body)
        start = time.process_time()
        answer: Any = asyncio.run(functions[match.route.function].invoke(event))
        seconds = time.process_time() - start
        if answer["statusCode"] >= _FUNCTION_LIMIT:
            raise ValueError(f"{endpoint.name} answers {answer['statusCode']}: {body[:200]!r}")
        return seconds

    return send


def _set_up(endpoint: Endpoint, stage: Stage) -> tuple[str, dict[str, str]]:
    key = stage.open()
    stage.add_contact()
    stage.add_conversation()
    form = "vambe" if endpoint.dialect == "vambe" else "native"
    stage.add_webhooks(1, form=form)
    of_contacts = stage.define(DEFINITIONS - 1)
    (of_conversations,) = stage.define(1, ContextType.CONVERSATION)
    is_of_conversations = "conversationId" in endpoint.path
    variable = of_conversations if is_of_conversations else of_contacts[0]
    ids = {
        "contact_id": str(CONTACT_ID),
        "variable_id": str(variable.definition_id),
        "variableId": variable.external_id,
        "webhook_id": WEBHOOK_ID[:-4] + "0000",
        "webhookId": WEBHOOK_ID[:-4] + "0000",
        "aiContactId": UUID,
        "channelType": "whatsapp",
        "platformIdentifier": "15550100",
        "chatbotId": CHATBOT,
        "contactId": EXTERNAL_ID,
        "conversationId": CONVERSATION_ID,
        "botIntegrationId": "456",
    }
    if endpoint.path.endswith("/contacts/variables/{contactId}"):
        # There the variable stands where others have the contact.
        ids["contactId"] = variable.external_id
    return key, ids


def _page(costs: Mapping[tuple[str, str], list[Cost]], *, drawn: bool) -> str:
    families = list(dict.fromkeys(family for family, _ in costs))
    dialects = sorted({dialect for _, dialect in costs})
    rows = [
        [family, *(_cell(costs.get((family, dialect), [])) for dialect in dialects)]
        for family in families
    ]
    count = sum(map(len, costs.values()))
    return (
        "# Hostile bodies\n\n"
        "The CPU of a body that is made to cost work, by that of a plain body of the same size.\n"
        f"{_DRAWN if drawn else _ALL}: {count:,} bodies of about "
        f"{BODY_BYTES:,} bytes; a cell is the largest ratio in an API.\n"
        f"None may be above {MAX_RATIO:g}; `tests/hostile` holds what it draws of them to that.\n"
        "A plain body counts as a millisecond at least, and as the parsing of the hostile one.\n"
        "Each time is the best of up to 25 tries.\n"
        f"Written by `python -m benchmarks.hostile_bodies{' --drawn' if drawn else ''}`.\n\n"
        f"{table(['family', *dialects], rows)}"
    )


def _cell(costs: list[Cost]) -> str:
    return f"{max(cost.ratio for cost in costs):.1f}" if costs else "-"


if __name__ == "__main__":
    sys.exit(main())
