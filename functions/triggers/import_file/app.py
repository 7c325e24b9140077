"""Messages of the import queue: read on in the file that each is about."""

from shared.services.imports.runs import work_on_all
from shared.triggers.import_messages import tickets_of
from shared.triggers.queue import Facts, Message
from shared.wiring.import_runs import workshop
from shared.wiring.queues import queue_trigger


@queue_trigger("import_file")
def lambda_handler(message: Message) -> Facts:
    """Make the run of an import that a message is about."""
    return {"runs": work_on_all(workshop(), tickets_of(message), message.ends_at)}
