"""Generate all documents from the current code."""

import importlib
from pathlib import Path

from local.routing import Route
from local.template import Template
from openapi_documents.description import Api, JsonObject
from openapi_documents.document import HandlerOf, document_of
from openapi_documents.whole import whole_of

WHOLE = "all"
"""The name of the document that combines all APIs."""

_DIALECTS = Path(__file__).parents[1] / "shared" / "dialects"


def make_documents(template: Template, handler_of: HandlerOf) -> dict[str, JsonObject]:
    """Generate the document of each API and the combined one, by name."""
    own = {
        name: document_of(api, routes_of(template, name), handler_of)
        for name, api in apis().items()
    }
    return {WHOLE: whole_of(own), **own}


def apis() -> dict[str, Api]:
    """Return the description of each API, by the name of its dialect."""
    names = sorted(folder.parent.name for folder in _DIALECTS.glob("*/dialect.py"))
    modules = {name: importlib.import_module(f"openapi_documents.{name}.api") for name in names}
    return {name: module.API for name, module in modules.items()}


def routes_of(template: Template, dialect: str) -> dict[Route, str]:
    """Return the routes of a dialect, without those with a trailing slash, with their endpoints."""
    folders = {name: each.code_folder for name, each in template.functions.items()}
    return {
        route: folders[route.function].name
        for route in template.routes
        if folders[route.function].parent.name == dialect and not route.path.endswith("/")
    }
