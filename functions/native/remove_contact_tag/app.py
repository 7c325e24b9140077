"""DELETE /v1/contacts/{contact_id}/tags/{tag}: remove a tag from a contact."""

from shared.dialects.native.contact_responses import contact_shown
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.parameters import contact_id_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_tags import remove_tag
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Remove the tag of the path from the contact of the path."""
    contact_id, tag = contact_id_of(request), request.path("tag")
    return contact_shown(remove_tag(contacts(), definitions(), caller, contact_id, tag))
