"""Load the items of an account that a release without sources of values wrote."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

_ITEMS = Path(__file__).parent / "written_before_sources.json"
"""Items that the last release without sources wrote, one in each line.

Contact 123 has a value of each type, a large one, one of a renamed, of a deleted and of a private
variable, and two pages; the business and the conversation `conv_1` have one value each.
"""


def earlier_items() -> list[dict[str, Any]]:
    """Return the items as the DynamoDB client takes them."""
    items: list[dict[str, Any]] = json.loads(_ITEMS.read_text())
    return [{name: _attribute(value) for name, value in item.items()} for item in items]


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    # JSON has no bytes: binary attributes are in Base64.
    if "B" in attribute:
        return {"B": b64decode(attribute["B"])}
    return attribute
