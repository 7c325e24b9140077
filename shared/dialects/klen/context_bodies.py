"""What Klen AI's requests that set variables say in their bodies.

Source: Klen AI, "Set Contact Context Variables" and "Set Business Context Variables".
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr

from shared.dialects.klen.dialect import MAX_BODY_BYTES
from shared.domain.model import SetRules
from shared.gateway.request import Request


class ContextUpdate(BaseModel):
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    model_config = ConfigDict(defer_build=True)

    variables: dict[StrictStr, Any]
    auto_create_variables: StrictBool = False

    @property
    def rules(self) -> SetRules:
        """How values are taken that do not hold."""
        return SetRules(create_undefined=self.auto_create_variables)

    @classmethod
    def of(cls, request: Request) -> "ContextUpdate":
        """The update that a request asks for."""
        return request.parse(cls, MAX_BODY_BYTES)
