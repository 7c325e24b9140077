"""Queries of requests about definitions."""

import re

from shared.dialects.native.paging import Listed, page_parameters
from shared.domain.definition_pages import DefinitionPosition, DefinitionQuery
from shared.domain.definitions import ContextType
from shared.domain.errors import Fault, InvalidRequest
from shared.gateway.request import Request

_POSITION = re.compile(rf"({'|'.join(ContextType)})#(.+)", re.DOTALL)


def definitions_query(request: Request) -> DefinitionQuery:
    """Parse the query of a list of definitions; raises InvalidRequest with all faults."""
    faults: list[Fault] = []
    given = request.query("context_type")
    if given is not None and given not in list(ContextType):
        reason = f"it must be {', '.join(ContextType)}"
        faults.append(Fault("invalid_value", reason, parameter="context_type"))
    archived = _truth(request, "archived", faults)
    auto_created = _truth(request, "auto_created", faults)
    is_known = given is not None and not faults
    pattern = re.compile(rf"({given})#(.+)", re.DOTALL) if is_known else _POSITION
    position, limit = page_parameters(request, Listed.DEFINITIONS, faults, pattern)
    context_type = ContextType(given) if given is not None else None
    return DefinitionQuery(
        context_type, _to_position(position), limit, bool(archived), auto_created
    )


def wants_usage(request: Request) -> bool:
    """Return whether a request for a definition wants its usage; raises InvalidRequest."""
    given = request.query("include")
    if given not in (None, "usage"):
        fault = Fault("invalid_value", "it must be usage", parameter="include")
        raise InvalidRequest.from_faults([fault])
    return given is not None


def _truth(request: Request, name: str, faults: list[Fault]) -> bool | None:
    given = request.query(name)
    if given not in (None, "true", "false"):
        faults.append(Fault("invalid_value", "it must be true, false", parameter=name))
    return None if given is None else given == "true"


def _to_position(position: str | None) -> DefinitionPosition | None:
    if position is None:
        return None
    context_type, _, name = position.partition("#")
    return DefinitionPosition(ContextType(context_type), name)
