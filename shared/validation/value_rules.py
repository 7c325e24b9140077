"""Rules of a definition that a value of its type must meet as well."""

from shared.domain.definitions import DefinitionDraft, VariableType
from shared.domain.json_values import Value


def rule_fault(definition: DefinitionDraft, value: Value) -> str | None:
    """Return which rule a value does not meet, or None. Numbers and texts have rules."""
    if definition.variable_type is VariableType.NUMBER and not isinstance(value, str):
        least, most = definition.min_value, definition.max_value
        if least is not None and value < least:
            return f"it must be at least {least}"
        if most is not None and value > most:
            return f"it must be at most {most}"
    if definition.variable_type is VariableType.TEXT and isinstance(value, str):
        longest = definition.max_length
        if longest is not None and len(value) > longest:
            return f"it must have at most {longest} characters"
        return _pattern_fault(definition.pattern, value)
    return None


def _pattern_fault(pattern: str | None, value: str) -> str | None:
    if pattern is None:
        return None
    # Imported here, because few definitions have a pattern.
    from shared.validation.linear_patterns import (  # noqa: PLC0415
        MAX_MATCHED_CHARS,
        TooManySteps,
        matches,
    )

    if len(value) > MAX_MATCHED_CHARS:
        return f"it must have at most {MAX_MATCHED_CHARS} characters, because it has a pattern"
    try:
        return None if matches(pattern, value) else f"it must match {pattern}"
    except TooManySteps:
        return "its pattern takes too long to check it"
