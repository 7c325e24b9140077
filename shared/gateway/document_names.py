"""Which file a path means."""

from shared.gateway.request import Request

_WHOLE = "all"
_PAGE = "index.html"


def document_of(request: Request) -> str:
    """The document of the path, with or without its ending; without a name, the one of all APIs."""
    name = request.path("document") or _WHOLE
    return f"{name.removesuffix('.json')}.json"


def page_part_of(request: Request) -> str:
    """Return the part of the page that the path names, `.html` if it has no ending.

    Without a name, this is the page itself.
    """
    name = request.path("part") or _PAGE
    return name if "." in name else f"{name}.html"
