"""GET /v1/imports/{import_id}/errors: get the address of the file of row errors."""

from shared.dialects.native.dialect import NATIVE, READ_IMPORTS
from shared.dialects.native.import_responses import import_errors
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.imports.jobs import errors_url
from shared.wiring.endpoints import endpoint
from shared.wiring.imports import import_files, imports


@endpoint(NATIVE, READ_IMPORTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the download address of the row errors of the import of the path."""
    import_id = request.path("import_id")
    return import_errors(errors_url(imports(), import_files(), caller, import_id))
