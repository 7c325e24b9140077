"""The default of a variable as a value of its type."""

from shared.domain.definitions import STRUCTURED_TYPES, DefinitionDraft
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue
from shared.validation.value_forms import json_form
from shared.validation.values import coerce_to_type


def default_of(definition: DefinitionDraft) -> JsonValue:
    """Return the default of a variable as JSON has it, or None.

    Definitions of other APIs may have a default of another type. It stays a text.
    """
    text = definition.default_value
    if text is None:
        return None
    if definition.variable_type in STRUCTURED_TYPES and text[:1] in ("{", "[", '"'):
        return json_form(definition.variable_type, text)
    try:
        return json_form(definition.variable_type, coerce_to_type(definition, text))
    except InvalidValue:
        return text
