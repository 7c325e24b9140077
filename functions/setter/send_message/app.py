"""POST /api/v1/bot-integrations/{botIntegrationId}/messages/send: create or change a recipient."""

from shared.dialects.setter.dialect import SETTER
from shared.dialects.setter.requests import RULES, Message
from shared.dialects.setter.responses import MESSAGE_ACCEPTED
from shared.domain.accounts import Caller
from shared.domain.contacts import ContactDraft
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.writes import ContactUpsert, upsert_contact
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(SETTER)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create or change the contact with the phone number. No message is sent."""
    message = Message.of(request)
    identifier, *others = message.identifiers
    upsert = ContactUpsert(
        identifier,
        message.apply(ContactDraft()),
        message.apply,
        tuple(others),
        message.cooldown(caller.requested_at),
    )
    upsert_contact(contacts(), definitions(), caller, upsert, message.values, RULES)
    return MESSAGE_ACCEPTED
