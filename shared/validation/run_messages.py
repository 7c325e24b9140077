"""Encode and decode the messages of import runs."""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.imports import RunMessage, SourceFile


def encode_run_message(message: RunMessage) -> str:
    """Return the body of a run message."""
    return json.dumps(
        {
            "account_id": message.account_id,
            "import_id": message.import_id,
            "run": message.run,
            "file": [message.file.size, message.file.etag] if message.file else None,
            "check": message.check,
        }
    )


def decode_run_message(document: Mapping[str, Any]) -> RunMessage:
    """Return the run message of a parsed body.

    Raises:
        KeyError, TypeError, ValueError: The body is not a run message.

    """
    size_and_etag = document.get("file")
    source = SourceFile(*size_and_etag) if size_and_etag else None
    return RunMessage(
        account_id=str(document["account_id"]),
        import_id=str(document["import_id"]),
        run=document["run"],
        file=source,
        check=str(document.get("check", "")),
    )
