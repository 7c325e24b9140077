"""GET /api/public/contact/{aiContactId}/messages: list messages of a contact."""

from shared.dialects.vambe.contact_queries import check_message_limit
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.references import contact_of
from shared.dialects.vambe.responses import message_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return an empty list, as messages are not stored. An unknown contact is an error."""
    check_message_limit(request)
    find_contact(contacts(), caller, contact_of(request))
    return message_list()
