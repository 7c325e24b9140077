"""The bodies of Klen AI's requests that are parsed without a model.

What parses them is `shared/dialects/klen/context_requests.py`; the tests make requests from these.
"""

from typing import Any

from pydantic import BaseModel


class ContextUpdate(BaseModel):
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    variables: dict[str, Any]
    auto_create_variables: bool = False
