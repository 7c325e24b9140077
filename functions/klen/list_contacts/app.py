"""GET /api/v1/contacts: list contacts, filtered and by page."""

from shared.dialects.klen.dialect import KLEN, READ
from shared.dialects.klen.parameters import filter_of, limit_of, page_of
from shared.dialects.klen.responses import contact_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.numbered_lists import list_numbered_page
from shared.wiring.contact_lists import contact_index
from shared.wiring.endpoints import contacts, endpoint


@endpoint(KLEN, READ)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of the contacts that match the query."""
    wanted = filter_of(request)
    page, limit = page_of(request), limit_of(request)
    found = list_numbered_page(contacts(), contact_index(), caller, wanted, page, limit)
    return contact_list(found)
