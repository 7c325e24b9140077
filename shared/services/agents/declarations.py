"""What an agent declares that has all variables of a purpose in place of a list."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.agents import CompiledAgent, DeclaredVariable, Origin
from shared.domain.definitions import ContextType
from shared.validation.agents import MAX_DECLARED_VARIABLES, is_declarable

_PREFIX_OF_BUSINESS = "business_"


def declared_for(caller: Caller, compiled: CompiledAgent) -> CompiledAgent:
    """Return an agent with its variables, those of a purpose among them.

    Of a purpose it gets the variables that its caller sees, oldest first, up to the most that an
    agent can declare: what belongs to others does not exist for it, and nobody has named it.
    """
    if compiled.agent.purpose is None or compiled.agent.variables:
        return compiled
    declared = tuple(_declared(caller, compiled))[:MAX_DECLARED_VARIABLES]
    return replace(compiled, agent=replace(compiled.agent, variables=declared))


def _declared(caller: Caller, compiled: CompiledAgent) -> Iterator[DeclaredVariable]:
    names = {
        origin.variable
        for origin in compiled.definitions
        if origin.context_type is ContextType.CONTACT
    }
    taken: set[str] = set()
    for origin, definition in compiled.definitions.items():
        name = _name_of(origin, names)
        if caller.sees(definition.audience) and name not in taken and is_declarable(name):
            taken.add(name)
            yield DeclaredVariable(name, origin)


def _name_of(origin: Origin, names_of_contacts: set[str]) -> str:
    """Return the name of a variable: that of the business has a prefix if a contact's has it."""
    is_business = origin.context_type is ContextType.BUSINESS
    is_taken = is_business and origin.variable in names_of_contacts
    return f"{_PREFIX_OF_BUSINESS}{origin.variable}" if is_taken else origin.variable
