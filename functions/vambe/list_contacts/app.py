"""GET /api/public/contacts: list contacts by time and custom field."""

from shared.dialects.vambe.contact_queries import ContactQuery
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.responses import contact_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.time_lists import ContactReaders, list_by_time
from shared.wiring.contact_lists import contact_index
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the contacts that match the query."""
    query = ContactQuery.of(request).time_query(caller.requested_at)
    readers = ContactReaders(contacts(), contact_index(), variables(), definitions())
    return contact_list(list_by_time(readers, caller, query), caller)
