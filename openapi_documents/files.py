"""The generated files."""

import json
from collections.abc import Mapping
from pathlib import Path

from openapi_documents.description import JsonObject
from openapi_documents.error_page import error_page

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "functions" / "docs" / "get_document" / "documents"
_PAGE = ROOT / "functions" / "docs" / "get_page" / "page"
_CHOICE = _PAGE / "documents.js"
_ERRORS = _PAGE / "errors.html"


def written_files(documents: Mapping[str, JsonObject]) -> dict[Path, str]:
    """Return the text of every generated file by path.

    The files are the documents, the list of documents for the docs page, and the page of error
    codes.
    """
    texts = {FOLDER / f"{name}.json": _text(document) for name, document in documents.items()}
    parts = {_CHOICE: f"const DOCUMENTS = {_text(_choice(documents))}", _ERRORS: error_page()}
    return {**texts, **parts}


def _choice(documents: Mapping[str, JsonObject]) -> list[JsonObject]:
    return [
        {"name": document["info"]["title"], "url": f"/openapi/{name}.json"}
        for name, document in documents.items()
    ]


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
