"""PATCH /api/public/contact/tags/{aiContactId}: replace the tags of a contact."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.references import contact_of
from shared.dialects.vambe.responses import tags_replaced
from shared.dialects.vambe.tag_requests import TagReplacement, replaced_by
from shared.domain.accounts import Caller
from shared.domain.values import STRICT
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.contacts.tags import find_tags
from shared.services.contacts.writes import update_contact
from shared.wiring.endpoints import contacts, definitions, endpoint, tags


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Replace the tags of the contact of the path."""
    reference, body = contact_of(request), TagReplacement.of(request)
    contact_id = find_contact(contacts(), caller, reference).contact_id
    change = replaced_by(find_tags(tags(), caller, body.tags_ids))
    changed = update_contact(contacts(), definitions(), caller, contact_id, change, {}, STRICT)
    return tags_replaced(changed)
