"""GET /v1/imports/template: get a CSV file with the possible columns."""

from shared.dialects.native.dialect import NATIVE, READ_IMPORTS
from shared.dialects.native.import_requests import identifier_of
from shared.dialects.native.import_responses import import_template
from shared.domain.accounts import Caller
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.services.imports.jobs import template_columns
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, READ_IMPORTS)
def lambda_handler(request: Request, caller: Caller) -> FileResponse:
    """Return a header with the columns of the account, starting with the identifier."""
    return import_template(template_columns(definitions(), caller, identifier_of(request)))
