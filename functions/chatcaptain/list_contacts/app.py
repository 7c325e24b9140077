"""GET .../contacts: list contacts, newest first."""

from shared.dialects.chatcaptain.contact_responses import contact_list
from shared.dialects.chatcaptain.dialect import CONTACT_LISTS
from shared.dialects.chatcaptain.parameters import limit_of, start_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.newest_lists import list_newest_contacts
from shared.wiring.contact_lists import contact_index
from shared.wiring.endpoints import contacts, endpoint


@endpoint(CONTACT_LISTS, "chatbots.contacts.list")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the contacts created before the page token of the query."""
    start, limit = start_of(request), limit_of(request)
    found = list_newest_contacts(contacts(), contact_index(), caller, start, limit)
    return contact_list(found)
