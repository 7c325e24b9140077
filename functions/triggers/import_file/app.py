"""Process messages of the import queue: new files, and imports to continue."""

from shared.services.imports.runs import process_runs
from shared.triggers.import_messages import run_messages_of
from shared.triggers.queue import Facts, Message
from shared.wiring.import_runs import import_context
from shared.wiring.queues import queue_trigger


@queue_trigger("import_file")
def lambda_handler(message: Message) -> Facts:
    """Process the import runs of one message."""
    return {"runs": process_runs(import_context(), run_messages_of(message), message.ends_at)}
