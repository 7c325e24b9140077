"""GET /v1/imports/{import_id}: get an import with its progress."""

from shared.dialects.native.dialect import NATIVE, READ_IMPORTS
from shared.dialects.native.import_responses import import_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.imports.jobs import find_import
from shared.wiring.endpoints import endpoint
from shared.wiring.imports import imports


@endpoint(NATIVE, READ_IMPORTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the import of the path."""
    return import_shown(find_import(imports(), caller, request.path("import_id")))
