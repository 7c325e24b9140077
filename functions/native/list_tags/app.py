"""GET /v1/tags: list the tags of the account."""

from shared.dialects.native.conversations import tag_list, tags_query
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_tags import list_page_of_tags
from shared.wiring.endpoints import endpoint, tags


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of tags."""
    after, limit = tags_query(request)
    return tag_list(list_page_of_tags(tags(), caller, after, limit))
