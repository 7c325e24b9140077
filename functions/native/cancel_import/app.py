"""POST /v1/imports/{import_id}/cancel: cancel an import."""

from shared.dialects.native.dialect import NATIVE, WRITE_IMPORTS
from shared.dialects.native.import_responses import import_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.imports.jobs import cancel_import
from shared.wiring.endpoints import endpoint
from shared.wiring.imports import import_queue, imports


@endpoint(NATIVE, WRITE_IMPORTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Cancel the import of the path."""
    import_id = request.path("import_id")
    return import_shown(cancel_import(imports(), import_queue(), caller, import_id))
