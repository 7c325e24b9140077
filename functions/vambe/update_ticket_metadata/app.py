"""POST /api/public/ticket/metadata: set custom fields of a ticket."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.fields import RULES
from shared.dialects.vambe.metadata_requests import TicketMetadata
from shared.dialects.vambe.responses import ticket_metadata_updated
from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation_of, set_conversation_variables
from shared.services.variables.field_processing import process_fields
from shared.wiring.endpoints import accounts, contacts, definitions, endpoint, extractor, variables


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set custom fields of the ticket that the body refers to."""
    body = TicketMetadata.of(request)
    reference, fields = body.ticket, body.fields
    ticket = find_conversation_of(contacts(), caller, reference)
    processed = process_fields(
        definitions(), accounts(), extractor(), caller, ContextType.CONVERSATION, fields
    )
    set_conversation_variables(
        variables(), definitions(), contacts(), caller, ticket, processed.to_set, RULES
    )
    return ticket_metadata_updated()
