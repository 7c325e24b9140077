"""Create or update the contacts of `contact.upsert` messages from the inbound queue."""

from shared.services.contacts.upserts import ingest
from shared.triggers.contact_messages import ContactUpsertMessage
from shared.triggers.queue import Facts, Message
from shared.wiring.endpoints import accounts, contacts, definitions
from shared.wiring.queues import queue_trigger


@queue_trigger("upsert_contacts")
def lambda_handler(message: Message) -> Facts:
    """Create or update the contact of one message."""
    upsert = ContactUpsertMessage.of(message)
    caller = upsert.caller(message)
    is_new = ingest(contacts(), definitions(), accounts(), caller, upsert.incoming)
    return {"account_id": caller.account_id, "is_repeated": not is_new}
