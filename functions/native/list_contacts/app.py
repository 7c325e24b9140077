"""GET /v1/contacts: list contacts."""

from shared.dialects.native.contact_requests import contacts_query
from shared.dialects.native.contact_responses import contact_list
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.filtered_lists import list_contacts_by_cursor
from shared.wiring.contact_lists import contact_index
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of contacts."""
    query = contacts_query(request)
    return contact_list(list_contacts_by_cursor(contacts(), contact_index(), caller, query))
