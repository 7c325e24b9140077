"""GET /v1/contacts/{contact_id}/activity: list the activity of a contact."""

from shared.dialects.native.activity import activity_list, activity_query
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.parameters import contact_id_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.activity.changes import list_activity
from shared.services.contacts.contacts import find_current_contact
from shared.wiring.endpoints import activity, contacts, endpoint


@endpoint(NATIVE, READ_CONTACTS, follows_merges=False)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of changes of the contact of the path, newest first.

    A merged contact keeps its own.
    """
    activity_filter, before, limit = activity_query(request)
    contact_id = contact_id_of(request)
    find_current_contact(contacts(), caller, contact_id)
    found, following = list_activity(activity(), caller, contact_id, activity_filter, before, limit)
    return activity_list(found, following)
