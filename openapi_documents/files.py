"""The files that the documents are kept in, which are the ones that are served."""

import json
from collections.abc import Mapping
from pathlib import Path

from openapi_documents.description import JsonObject

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "functions" / "docs" / "get_document" / "documents"
_CHOICE = ROOT / "functions" / "docs" / "get_page" / "page" / "documents.js"


def written_files(documents: Mapping[str, JsonObject]) -> dict[Path, str]:
    """The text of every file that is made of the documents, the page's choice of them included."""
    texts = {FOLDER / f"{name}.json": _text(document) for name, document in documents.items()}
    return {**texts, _CHOICE: f"const DOCUMENTS = {_text(_choice(documents))}"}


def _choice(documents: Mapping[str, JsonObject]) -> list[JsonObject]:
    return [
        {"name": document["info"]["title"], "url": f"/openapi/{name}.json"}
        for name, document in documents.items()
    ]


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
