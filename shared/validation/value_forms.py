"""The forms in which APIs show stored values of structured types.

Source of the forms: "Types in other APIs" in `docs/variables.md`.
"""

from shared.domain.definitions import STRUCTURED_TYPES, VariableType
from shared.domain.json_values import JsonValue, Value
from shared.validation.json_text import json_value
from shared.validation.value_text import to_text

_KINDS = {VariableType.MULTI_SELECT: list, VariableType.LIST: list, VariableType.CURRENCY: dict}


def json_form(variable_type: VariableType, stored: Value) -> JsonValue:
    """Return a stored value as JSON has it, which is how the native API shows it.

    A text that was stored when the variable had another type stays a text, and so does JSON that
    no response can show.
    """
    if variable_type not in STRUCTURED_TYPES or not isinstance(stored, str):
        return stored
    try:
        found = json_value(stored)
    except ValueError:
        return stored
    kind = _KINDS.get(variable_type)
    return found if kind is None or isinstance(found, kind) else stored


def plain_form(variable_type: VariableType, stored: Value) -> Value:
    """Return a stored value as an API shows it that has text, numbers and booleans only.

    Lists are joined by commas, amounts of money are written as `250.50 USD`, and objects are JSON.
    """
    if variable_type not in STRUCTURED_TYPES or not isinstance(stored, str):
        return stored
    found = json_form(variable_type, stored)
    if variable_type is VariableType.CURRENCY and isinstance(found, dict):
        from shared.validation.currencies import money_text  # noqa: PLC0415

        return money_text(found)
    if variable_type is VariableType.JSON:
        return found if isinstance(found, str) else stored
    return to_text(found)
