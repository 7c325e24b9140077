"""What the queue of imports says: a file has come, or an import is to go on.

Source: Amazon S3 User Guide, "Event message structure".
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from shared.domain.errors import InvalidField
from shared.domain.imports import RunMessage, SourceFile
from shared.triggers.queue import Message
from shared.validation.json_text import json_object


def run_messages_of(message: Message) -> list[RunMessage]:
    """The runs that a message is about: none for the one that S3 sends when it is set up.

    Raises MalformedBody or InvalidField.
    """
    document: Any = json_object(message.body.encode(errors="surrogatepass"))
    try:
        if document.get("Event") == "s3:TestEvent":
            return []
        if "Records" in document:
            return [_first_run(record["s3"]["object"]) for record in document["Records"]]
        return [_run(document)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidField("body", "it is no message about a file or an import") from None


def _run(document: Mapping[str, Any]) -> RunMessage:
    size_and_etag = document.get("file")
    source = SourceFile(*size_and_etag) if size_and_etag else None
    return RunMessage(
        account_id=str(document["account_id"]),
        import_id=str(document["import_id"]),
        run=document["run"],
        file=source,
        check=str(document.get("check", "")),
    )


def _first_run(file: Mapping[str, Any]) -> RunMessage:
    # The key was quoted by us, and again by S3.
    _, account_id, import_id = unquote_plus(file["key"]).split("/")
    source = SourceFile(int(file["size"]), str(file["eTag"]))
    return RunMessage(unquote(account_id), unquote(import_id), 0, source)
