"""Request bodies of Klen AI's API that are parsed without a request model.

The parser is `shared/dialects/klen/context_requests.py`. The tests generate requests from these.
"""

from typing import Any

from pydantic import BaseModel


class ContextUpdate(BaseModel):
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    variables: dict[str, Any]
    auto_create_variables: bool = False
