"""The members of a JSON object, for bodies of one or two: a model would cost half of a start."""

from typing import TypeVar

from shared.domain.errors import InvalidField, MissingField
from shared.domain.variables import JsonObject

Kind = TypeVar("Kind", dict, bool)  # type: ignore[type-arg]

_WORDS = {dict: "an object", bool: "true or false"}


def required(document: JsonObject, name: str, kind: type[Kind]) -> Kind:
    """The member of that name; raises MissingField, or InvalidField when it is of another kind."""
    if name not in document:
        raise MissingField(name)
    value = document[name]
    if not isinstance(value, kind):
        raise InvalidField(name, f"it must be {_WORDS[kind]}")
    return value


def optional(document: JsonObject, name: str, kind: type[Kind], default: Kind) -> Kind:
    """The member of that name, or the default; raises InvalidField when it is of another kind."""
    return required(document, name, kind) if name in document else default
