"""GET /docs and /docs/{part}: a page that shows the OpenAPI documents."""

from shared.gateway.document_names import page_part_of
from shared.gateway.file_response import FileResponse
from shared.gateway.open_endpoint import open_endpoint
from shared.gateway.request import Request
from shared.gateway.static_files import StaticFiles
from shared.runtime.log import PowertoolsLog

SWAGGER_UI = "static/drf_spectacular_sidecar/swagger-ui-dist"
PAGE = StaticFiles.beside(__file__, "page").with_package(
    "drf_spectacular_sidecar",
    SWAGGER_UI,
    "favicon-32x32.png",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
)


@open_endpoint("docs", PowertoolsLog())
def lambda_handler(request: Request) -> FileResponse:
    """Return the page, or the part of it in the path."""
    return PAGE.file(page_part_of(request)).response(request)
