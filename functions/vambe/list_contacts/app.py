"""GET /api/public/contacts: list contacts by time and custom field."""

from shared.dialects.vambe.contact_queries import ContactQuery
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.responses import contact_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import list_latest_contacts
from shared.services.variables.values import contacts_with_text
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the contacts that match the query."""
    query = ContactQuery.of(request)
    latest = list_latest_contacts(contacts(), caller, query.filter(caller.requested_at))
    found = contacts_with_text(variables(), definitions(), caller, latest, query.field)
    return contact_list(query.page(found), caller)
