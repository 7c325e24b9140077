"""Parse messages of the import queue: events of uploaded files, and run messages.

Source: Amazon S3 User Guide, "Event message structure".
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from shared.domain.errors import InvalidField
from shared.domain.imports import RunMessage, SourceFile
from shared.triggers.queue import Message
from shared.validation.json_text import json_object
from shared.validation.run_messages import decode_run_message


def run_messages_of(message: Message) -> list[RunMessage]:
    """Return the run messages of a queue message.

    Returns:
        One run message per uploaded file, or the run message itself. Nothing for the test event
        that S3 sends when the notification is set up.

    Raises:
        MalformedBody: The body is not a JSON object.
        InvalidField: The body is neither an S3 event nor a run message.

    """
    document: Any = json_object(message.body.encode(errors="surrogatepass"))
    try:
        if document.get("Event") == "s3:TestEvent":
            return []
        if "Records" in document:
            return [_first_run(record["s3"]["object"]) for record in document["Records"]]
        return [decode_run_message(document)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidField("body", "it is no message about a file or an import") from None


def _first_run(file: Mapping[str, Any]) -> RunMessage:
    # S3 quotes keys in events, and the parts of an upload key are quoted already.
    _, account_id, import_id = unquote_plus(file["key"]).split("/")
    source = SourceFile(int(file["size"]), str(file["eTag"]))
    return RunMessage(unquote(account_id), unquote(import_id), 0, source)
