"""Expand an agent that declares a purpose into variables."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.agents import CompiledAgent, DeclaredVariable, Origin
from shared.domain.definitions import ContextType
from shared.validation.agents import MAX_DECLARED_VARIABLES, is_declarable

_PREFIX_OF_BUSINESS = "business_"
"""What names of the business start with, whether or not a contact's variable has the same.

A conditional prefix would reveal a definition that the reader cannot see.
"""


def declared_for(caller: Caller, compiled: CompiledAgent) -> CompiledAgent:
    """Return an agent with its variables, those of a purpose among them.

    Includes visible variables, oldest first, up to the limit.
    """
    if compiled.agent.purpose is None or compiled.agent.variables:
        return compiled
    declared = tuple(_declared(caller, compiled))[:MAX_DECLARED_VARIABLES]
    return replace(compiled, agent=replace(compiled.agent, variables=declared))


def _declared(caller: Caller, compiled: CompiledAgent) -> Iterator[DeclaredVariable]:
    taken: set[str] = set()
    for origin, definition in compiled.definitions.items():
        name = _name_of(origin)
        if caller.sees(definition.audience) and name not in taken and is_declarable(name):
            taken.add(name)
            yield DeclaredVariable(name, origin)


def _name_of(origin: Origin) -> str:
    is_business = origin.context_type is ContextType.BUSINESS
    return f"{_PREFIX_OF_BUSINESS}{origin.variable}" if is_business else origin.variable
