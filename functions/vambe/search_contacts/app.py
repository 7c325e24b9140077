"""GET /api/public/contacts/search: search contacts by phone or e-mail address."""

from shared.dialects.vambe.contact_queries import MAX_FOUND, search_of
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.responses import contact_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import list_latest_contacts
from shared.wiring.endpoints import contacts, endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Find contacts by a part of their phone number or e-mail address."""
    found = list_latest_contacts(contacts(), caller, search_of(request))
    return contact_list(found[:MAX_FOUND], caller)
