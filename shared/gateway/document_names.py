"""Map paths of the documentation to file names."""

from shared.gateway.request import Request

_WHOLE = "all"
_PAGE = "index.html"


def document_of(request: Request) -> str:
    """Return the file name of the OpenAPI document that the path names.

    The extension is optional in the path. Without a name, it is the document of all APIs.
    """
    name = request.path("document") or _WHOLE
    return f"{name.removesuffix('.json')}.json"


def page_part_of(request: Request) -> str:
    """Return the file name of the part of the docs page that the path names.

    A name without extension gets `.html`. Without a name, it is the page itself.
    """
    name = request.path("part") or _PAGE
    return name if "." in name else f"{name}.html"
