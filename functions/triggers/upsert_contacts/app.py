"""Messages of the inbound queue: create or change the contact that each is about."""

from shared.services.contacts.upserts import ingest
from shared.triggers.contact_messages import ContactUpsertMessage
from shared.triggers.queue import Facts, Message
from shared.wiring.endpoints import accounts, contacts, definitions
from shared.wiring.queues import queue_trigger


@queue_trigger("upsert_contacts")
def lambda_handler(message: Message) -> Facts:
    """Take the contact of one message in."""
    upsert = ContactUpsertMessage.of(message)
    caller = upsert.caller(message)
    is_new = ingest(contacts(), definitions(), accounts(), caller, upsert.incoming)
    return {"account_id": caller.account_id, "is_repeated": not is_new}
