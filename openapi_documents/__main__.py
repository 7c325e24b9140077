"""`python -m openapi_documents`: generate the documents, or list what changed in them.

`write` generates them from the code, for `make openapi`. `changes` compares them with an earlier
commit, for `make openapi-changes`.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local.environment import set_environment
from local.functions import function_environment, load_functions
from local.template import DEFAULT_REGION, SERVICE_TEMPLATE, Template, read_template
from openapi_documents.changes import Change, changes_between
from openapi_documents.document import HandlerOf
from openapi_documents.files import FOLDER, ROOT, written_files
from openapi_documents.making import WHOLE, apis, make_documents

_UNUSED_ENDPOINT = "http://127.0.0.1:9"
"""An endpoint for AWS clients. The functions are loaded, but never called."""


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        The exit status: 1 if `changes` found a breaking change.

    """
    parser = argparse.ArgumentParser(prog="python -m openapi_documents", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="generate the documents, and list the changes since HEAD")
    changes = commands.add_parser("changes", help="list the changes since a commit")
    changes.add_argument("--since", default="HEAD", help="the commit, HEAD by default")
    options = parser.parse_args(arguments)
    if options.command == "write":
        _write()
        _print_changes("HEAD")
        return 0
    return _print_changes(options.since)


def _write() -> None:
    template = read_template(SERVICE_TEMPLATE)
    for path, text in written_files(make_documents(template, _handlers_of(template))).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _handlers_of(template: Template) -> HandlerOf:
    names = apis().keys()
    functions = {
        logical_id: each
        for logical_id, each in template.functions.items()
        if each.code_folder.parent.name in names
    }
    variables = function_environment(functions)
    set_environment(os.environ, variables, endpoint_url=_UNUSED_ENDPOINT, region=DEFAULT_REGION)
    loaded: Mapping[str, Any] = load_functions(functions)
    return lambda logical_id: loaded[logical_id].handler


def _print_changes(commit: str) -> int:
    changes = [
        (path.stem, change)
        for path in sorted(FOLDER.glob("*.json"))
        if path.stem != WHOLE
        for change in _changes_of(path, commit)
    ]
    for name, change in changes:
        print(f"{name}: {change}")
    print(f"{len(changes)} changes since {commit}.")
    return int(any(change.breaking for _, change in changes))


def _changes_of(path: Path, commit: str) -> list[Change]:
    place = f"{commit}:{path.relative_to(ROOT)}"
    shown = subprocess.run(  # noqa: S603 - a commit that the caller of this command names
        ["git", "show", place],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if shown.returncode:
        return [Change("document", "is new", breaking=False)]
    return changes_between(json.loads(shown.stdout), json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
