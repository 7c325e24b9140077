"""POST /api/public/channels/{channelType}/{platformIdentifier}/tags: add tags."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.responses import tags_created
from shared.dialects.vambe.tag_requests import TagCreation, contact_on_channel
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact_by_any
from shared.services.contacts.tags import tag_contact
from shared.wiring.endpoints import contacts, definitions, endpoint, tags


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Add tags to the contact of the path, and create those that do not exist."""
    reference, body = contact_on_channel(request), TagCreation.of(request)
    contact = find_contact_by_any(contacts(), caller, reference)
    done = tag_contact(tags(), contacts(), definitions(), caller, contact, body.tags)
    return tags_created(done.made, done.given, done.withheld)
