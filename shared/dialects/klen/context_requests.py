"""The body of Klen AI's requests that set variables.

Sources: Klen AI, "Set Contact Context Variables" and "Set Business Context Variables".
"""

from shared.dialects.klen.dialect import MAX_BODY_BYTES
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
from shared.domain.values import AUTO_CREATE, STRICT, SetRules
from shared.gateway.members import read_optional, read_required
from shared.gateway.request import Request


@dataclass(frozen=True, slots=True)
class ContextUpdate:
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    variables: JsonObject
    auto_create_variables: bool

    @property
    def rules(self) -> SetRules:
        """How undefined variables are handled."""
        return AUTO_CREATE if self.auto_create_variables else STRICT

    @classmethod
    def of(cls, request: Request) -> "ContextUpdate":
        """Parse and validate the body of a request."""
        document = request.json_object(MAX_BODY_BYTES)
        variables = read_required(document, "variables", dict)
        return cls(variables, read_optional(document, "auto_create_variables", bool, default=False))
