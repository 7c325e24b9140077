"""The types of variables that Klen AI knows, and what it sees of the others.

Source: Klen AI, "Create Context Variable Definition".
"""

from enum import StrEnum

from shared.domain import definitions


class VariableType(StrEnum):
    """A type that Klen AI knows."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SELECT = "select"


_SHOWN = {
    **{str(each): each for each in VariableType},
    definitions.VariableType.DATETIME: VariableType.DATE,
}


def shown_type(variable_type: definitions.VariableType) -> VariableType:
    """Return the type that Klen AI sees of a variable: its own, or the nearest."""
    return _SHOWN.get(str(variable_type), VariableType.TEXT)


def changed_type(
    before: definitions.VariableType, given: VariableType | None
) -> definitions.VariableType:
    """Return the type of a definition after an update.

    A client that sends back the type that it sees leaves the type as it is.
    """
    if given is None or given is shown_type(before):
        return before
    return definitions.VariableType(given)
