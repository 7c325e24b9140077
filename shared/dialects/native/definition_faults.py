"""Check the members of a definition that depend on its type."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any

from shared.domain.definitions import (
    TYPES_WITH_OPTIONS,
    ContextType,
    DefinitionDraft,
    VariableType,
)
from shared.domain.errors import MAX_FAULTS, Fault, InvalidValue
from shared.domain.json_values import JsonObject, JsonValue
from shared.validation import definitions as limits
from shared.validation.value_text import to_text
from shared.validation.values import coerce_value

SCHEMA = "json_schema"

RULES = {
    "min": VariableType.NUMBER,
    "max": VariableType.NUMBER,
    "max_length": VariableType.TEXT,
    "pattern": VariableType.TEXT,
    SCHEMA: VariableType.JSON,
}
"""The rules for values, and the type that has each."""


def faults_of_type(document: JsonObject, faulty: AbstractSet[str | int]) -> Iterator[Fault]:
    """Yield the faults of options, rules and default for the type of a definition.

    Args:
        document: The document of the definition.
        faulty: The members that have other faults.
    """
    of_schema = _faults_of_schema(document)
    yield from of_schema
    is_faulty = of_schema or not faulty.isdisjoint({"type", "options", *RULES})
    if is_faulty or "type" not in document:
        return
    variable_type = VariableType(str(document["type"]))
    options, default = document.get("options"), document.get("default")
    lacks_options = variable_type in TYPES_WITH_OPTIONS and options is None
    if lacks_options:
        yield Fault("required", "it is required", ("options",))
    if variable_type not in TYPES_WITH_OPTIONS and options is not None:
        yield Fault("invalid_value", f"a {variable_type} has no options", ("options",))
    yield from _faults_of_rules(document, variable_type)
    if default is None or lacks_options or "default" in faulty:
        return
    try:
        default_text(document)
    except InvalidValue as invalid:
        yield Fault("invalid_value", invalid.reason, ("default",))


def default_text(document: JsonObject) -> str:
    """Return the text that the default of a document is stored as; raises InvalidValue."""
    given: Any = document
    variable_type = VariableType(given["type"])
    draft = DefinitionDraft(
        name="default",
        display_name="Default",
        variable_type=variable_type,
        context_type=ContextType.CONTACT,
        select_options=tuple(given.get("options") or ()),
        min_value=given.get("min"),
        max_value=given.get("max"),
        max_length=given.get("max_length"),
        pattern=given.get("pattern"),
        json_schema=stored_schema(given.get(SCHEMA)),
    )
    stored = coerce_value(draft, given["default"])
    text = stored if isinstance(stored, str) else to_text(stored)
    if len(text) > limits.MAX_DEFAULT_VALUE_CHARS:
        reason = f"it has at most {limits.MAX_DEFAULT_VALUE_CHARS} characters"
        raise InvalidValue("default", variable_type, reason)
    return text


def stored_schema(schema: JsonValue) -> str | None:
    """Return the text that a JSON Schema is stored as."""
    if schema is None:
        return None
    # Imported here, because few definitions have a schema.
    from shared.validation.schema_syntax import schema_text  # noqa: PLC0415

    return schema_text(schema)


def _faults_of_schema(document: JsonObject) -> list[Fault]:
    """Return what is wrong with the JSON Schema of a document, each with its place."""
    schema = document.get(SCHEMA)
    if schema is None:
        return []
    # Imported here, because few definitions have a schema.
    from shared.validation.schema_syntax import schema_faults  # noqa: PLC0415

    found = islice(schema_faults(schema), MAX_FAULTS)
    return [Fault("invalid_value", reason, (SCHEMA, *path)) for path, reason in found]


def number_fault(number: Any) -> str | None:
    """Return why a bound of a number is none that can be stored, or None."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return "it must be a number"
    if not abs(number) <= limits.MAX_BOUND or 0 < abs(number) < 1 / limits.MAX_BOUND:
        return f"it must be 0, or from {1 / limits.MAX_BOUND} to {limits.MAX_BOUND} in size"
    return None


def _faults_of_rules(document: JsonObject, variable_type: VariableType) -> Iterator[Fault]:
    for name, of_type in RULES.items():
        if document.get(name) is not None and variable_type is not of_type:
            yield Fault("invalid_value", f"only a {of_type} has it", (name,))
    least: Any = document.get("min")
    most: Any = document.get("max")
    if least is not None and most is not None and least > most:
        yield Fault("invalid_value", "it must not be less than min", ("max",))
