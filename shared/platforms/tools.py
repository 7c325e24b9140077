"""Results of tool calls, as platforms hand them to their agents."""

import json

from shared.domain.calls import ToolResult
from shared.domain.json_values import JsonObject
from shared.platforms.values import clean_json, single_line

MAX_RESULT_CHARS = 4000
"""The longest result as text."""

MAX_TOOL_CALLS = 32
"""The most tool calls that are read from one message."""


def tool_document(result: ToolResult) -> JsonObject:
    """Return a result as an object whose members platforms can address by path."""
    if result.error is not None:
        return {"ok": False, "error": single_line(result.error)}
    return {"ok": True, "result": clean_json(result.result)}


def tool_text(result: ToolResult) -> str:
    """Return a result, or why the call failed, as one line of text."""
    if result.error is not None:
        return single_line(result.error)
    cleaned = clean_json(result.result)
    if isinstance(cleaned, str):
        return cleaned
    return single_line(json.dumps(cleaned, ensure_ascii=False), MAX_RESULT_CHARS)
