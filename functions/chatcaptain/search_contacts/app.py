"""GET .../contacts/search: search contacts."""

from shared.dialects.chatcaptain.contact_responses import search_results
from shared.dialects.chatcaptain.dialect import SEARCHES
from shared.dialects.chatcaptain.parameters import search_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.part_searches import search_contacts
from shared.wiring.contact_lists import contact_index
from shared.wiring.endpoints import contacts, endpoint


@endpoint(SEARCHES, "chatbots.contacts.list")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Search for the text of the query in names, e-mail addresses and phone numbers."""
    wanted = search_of(request)
    return search_results(search_contacts(contacts(), contact_index(), caller, wanted))
