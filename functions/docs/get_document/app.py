"""GET /openapi.json and /openapi/{document}: the OpenAPI document of all APIs or of one."""

from shared.gateway.document_names import document_of
from shared.gateway.file_response import FileResponse
from shared.gateway.open_endpoint import open_endpoint
from shared.gateway.request import Request
from shared.gateway.static_files import StaticFiles
from shared.runtime.log import PowertoolsLog

DOCUMENTS = StaticFiles.beside(__file__, "documents")


@open_endpoint("docs", PowertoolsLog())
def lambda_handler(request: Request) -> FileResponse:
    """Return the document of the path."""
    return DOCUMENTS.file(document_of(request)).response(request)
