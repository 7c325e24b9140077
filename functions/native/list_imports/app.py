"""GET /v1/imports: list the imports of the account."""

from shared.dialects.native.dialect import NATIVE, READ_IMPORTS
from shared.dialects.native.import_responses import import_list
from shared.dialects.native.paging import Listed, page_parameters
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.imports.jobs import list_imports
from shared.wiring.endpoints import endpoint
from shared.wiring.imports import imports


@endpoint(NATIVE, READ_IMPORTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of imports."""
    position, limit = page_parameters(request, Listed.IMPORTS)
    return import_list(list_imports(imports(), caller, position, limit))
