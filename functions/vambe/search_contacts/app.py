"""GET /api/public/contacts/search: search contacts by phone or e-mail address."""

from shared.dialects.vambe.contact_queries import MAX_FOUND, search_of
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.responses import contact_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.part_searches import search_latest_contacts
from shared.wiring.contact_lists import contact_index
from shared.wiring.endpoints import contacts, endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Find contacts by a part of their phone number or e-mail address."""
    wanted = search_of(request)
    found = search_latest_contacts(contacts(), contact_index(), caller, wanted, MAX_FOUND)
    return contact_list(found, caller)
