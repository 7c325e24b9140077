"""A handler that does nothing: the cold start of the runtime itself."""

from typing import Any


def lambda_handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return 200 without a body."""
    return {"statusCode": 200}
