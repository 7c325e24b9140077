"""`python -m local.dead_letters`: list, redrive and drop dead letters.

It works on a local run and on a deployed stack. `docs/triggers.md` has examples.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from local.command_line import CommandParser
from local.database import make_local_client
from local.environment import set_environment
from local.event_sources import StreamSource
from local.failure import LocalApiError
from local.functions import (
    FunctionError,
    FunctionTimeoutError,
    LoadedFunction,
    function_environment,
    load_functions,
)
from local.redrive import (
    Call,
    DeadLetterQueue,
    RedriveError,
    call_again,
    dead_letter_queues,
    drop,
    peek,
    send_back,
)
from local.resources import RESOURCE_REGION
from local.template import DEFAULT_TABLE_NAME, SERVICE_TEMPLATE, Template, read_template
from shared.validation.instants import to_the_second

_LOCAL_STACK = "local"
_SHOWN_CHARACTERS = 300


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Returns:
        The exit status: 0, 1 if a dead letter failed again, or 2 with one sentence on stderr.
    """
    try:
        given = _parser().parse_args(arguments)
        return int(given.run(given))
    except LocalApiError as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(f"The queues can't be used: {error}", file=sys.stderr)
    return 2


def _list(given: argparse.Namespace) -> int:
    queues = _client(given, "sqs")
    for queue in _chosen(queues, given):
        messages = peek(queues, queue)
        print(f"{queue.name}: {len(messages)}")
        for message in messages:
            attributes = message.get("Attributes", {})
            sent = datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC)
            shown = _shortened(message["Body"])
            print(f"  {message['MessageId']} sent {to_the_second(sent)}: {shown}")
    return 0


def _redrive(given: argparse.Namespace) -> int:
    queues = _client(given, "sqs")
    status = 0
    for queue in _chosen(queues, given):
        if queue.source_url is not None:
            count = send_back(queues, queue, given.message)
            faults: list[str] = []
        else:
            template = _template(given)
            count, faults = call_again(
                queues,
                _client(given, "dynamodbstreams"),
                queue,
                patterns=[pattern for each in _streams(template) for pattern in each.patterns],
                call=_call_locally(given, template) if given.endpoint_url else _call_on_aws(given),
                only=given.message,
            )
        print(f"{queue.name}: {count} sent again")
        for fault in faults:
            print(f"  {fault}", file=sys.stderr)
            status = 1
    return status


def _drop(given: argparse.Namespace) -> int:
    queues = _client(given, "sqs")
    for queue in _chosen(queues, given):
        print(f"{queue.name}: {drop(queues, queue, given.message)} dropped")
    return 0


def _chosen(queues: Any, given: argparse.Namespace) -> list[DeadLetterQueue]:
    queues_of_template = _template(given).resources.queues
    names = [name.removeprefix(f"{_LOCAL_STACK}-") for name in queues_of_template]
    known = dead_letter_queues(queues, given.stack or _default_stack(given), names)
    chosen = [each for each in known if not given.queue or given.queue in each.name]
    if not chosen:
        raise LocalApiError(
            "There is no queue of dead letters that is called so: name the stack with --stack, "
            "and leave the queue out to see all."
        )
    return chosen


def _default_stack(given: argparse.Namespace) -> str:
    if given.endpoint_url:
        return _LOCAL_STACK
    raise LocalApiError("Name the deployed stack with --stack, or a local run with --endpoint-url.")


def _client(given: argparse.Namespace, service: str) -> Any:
    if given.endpoint_url:
        place = _queues_url(given) if service == "sqs" else given.endpoint_url
        return make_local_client(service, RESOURCE_REGION, place)
    return botocore.session.get_session().create_client(service, region_name=given.region)


def _call_on_aws(given: argparse.Namespace) -> Call:
    client = _client(given, "lambda")

    def call(function: str, event: dict[str, Any]) -> Any:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event))
        content = answer["Payload"].read()
        if "FunctionError" in answer:
            raise RedriveError(f"the function {function.rpartition(':')[2]} failed again.")
        return json.loads(content)

    return call


def _call_locally(given: argparse.Namespace, template: Template) -> Call:
    variables = function_environment(template.functions)
    set_environment(
        os.environ,
        variables,
        endpoint_url=given.endpoint_url,
        region=RESOURCE_REGION,
        services_url=_queues_url(given),
    )

    def call(function: str, event: dict[str, Any]) -> Any:
        name = function.rpartition(":")[2]
        if name not in template.functions:
            raise RedriveError(f"the template has no function {name} any more.")
        loaded: LoadedFunction = load_functions({name: template.functions[name]})[name]
        try:
            return loaded.run(event)
        except (FunctionError, FunctionTimeoutError) as error:
            reason = error.__cause__ or "it took too long"
            raise RedriveError(f"the function {name} failed again: {reason}.") from error

    return call


def _template(given: argparse.Namespace) -> Template:
    url = _queues_url(given)
    options = {"endpoint_url": url} if url else {}
    return read_template(given.template, table_name=given.table, **options)


def _queues_url(given: argparse.Namespace) -> Any:
    return given.queues_url or given.endpoint_url


def _streams(template: Template) -> Iterator[StreamSource]:
    return (source for source in template.sources if isinstance(source, StreamSource))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="python -m local.dead_letters",
        description="Look at what could not be processed, try it again or drop it.",
    )
    verbs = parser.add_subparsers(required=True, metavar="list|redrive|drop")
    for name, run, explanation in (
        ("list", _list, "show the dead letters, which stay where they are"),
        ("redrive", _redrive, "send the dead letters back to where they failed"),
        ("drop", _drop, "delete dead letters that nobody needs any more"),
    ):
        verb = verbs.add_parser(name, help=explanation, description=explanation.capitalize() + ".")
        verb.set_defaults(run=run)
        if run is _drop:
            verb.add_argument("queue", help="a part of the queue's name")
        else:
            verb.add_argument("queue", nargs="?", help="a part of the queue's name (all of them)")
        if run is not _list:
            verb.add_argument(
                "--message",
                action="append",
                default=[],
                metavar="ID",
                help="id of a message that is meant, as list shows it; repeatable (all of them)",
            )
        verb.add_argument("--stack", help=f"name of the stack ({_LOCAL_STACK} for a local run)")
        verb.add_argument("--region", help="AWS region (as AWS's own tools choose it)")
        verb.add_argument("--endpoint-url", help="address of a local run's engine")
        verb.add_argument(
            "--queues-url", help="address of its queues, when another engine has the table"
        )
        verb.add_argument(
            "--table", default=DEFAULT_TABLE_NAME, help="name of a local table (%(default)s)"
        )
        verb.add_argument(
            "--template", type=Path, default=SERVICE_TEMPLATE, help="SAM template (the project's)"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
