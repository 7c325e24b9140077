"""Read single members of a JSON object, without a request model.

For bodies of one or two members in endpoints whose cold start matters most: `request_model` would
load pydantic-core.
"""

from typing import TypeVar

from shared.domain.errors import InvalidField, MissingField
from shared.domain.json_values import JsonObject

Kind = TypeVar("Kind", dict, bool)  # type: ignore[type-arg]

_DESCRIPTIONS = {dict: "an object", bool: "true or false"}


def read_required(document: JsonObject, name: str, kind: type[Kind]) -> Kind:
    """Return the member of this name.

    Raises:
        MissingField: The object has no such member.
        InvalidField: The member has another type.

    """
    if name not in document:
        raise MissingField(name)
    value = document[name]
    if not isinstance(value, kind):
        raise InvalidField(name, f"it must be {_DESCRIPTIONS[kind]}")
    return value


def read_optional(document: JsonObject, name: str, kind: type[Kind], default: Kind) -> Kind:
    """Return the member of this name, or the default if there is none.

    Raises:
        InvalidField: The member has another type.

    """
    return read_required(document, name, kind) if name in document else default
