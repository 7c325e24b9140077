"""POST /v1/imports: create an import, and return the upload address of its file."""

from shared.dialects.native.dialect import NATIVE, WRITE_IMPORTS
from shared.dialects.native.import_requests import ImportCreation
from shared.dialects.native.import_responses import import_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.imports.jobs import create_import
from shared.wiring.endpoints import endpoint
from shared.wiring.imports import import_files, imports


@endpoint(NATIVE, WRITE_IMPORTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the import of the body."""
    draft = ImportCreation.draft_of(request)
    return import_created(*create_import(imports(), import_files(), caller, *draft))
