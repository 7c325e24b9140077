"""The default of a variable as a value of its type."""

from collections.abc import Mapping

from shared.domain.definitions import STRUCTURED_TYPES, DefinitionDraft
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue
from shared.domain.options import former_labels
from shared.validation.value_forms import json_form
from shared.validation.values import coerce_to_type


def with_labels_of_today(default: JsonValue, labels: Mapping[str, str]) -> JsonValue:
    """Return a default with the labels of today of renamed options, by former label."""
    if isinstance(default, list) and labels:
        return [labels.get(each, each) if isinstance(each, str) else each for each in default]
    return labels.get(default, default) if isinstance(default, str) else default


def default_of(definition: DefinitionDraft) -> JsonValue:
    """Return the default of a variable as JSON has it, or None.

    Definitions of other APIs may have a default of another type. It stays a text.
    """
    text = definition.default_value
    if text is None:
        return None
    if definition.variable_type in STRUCTURED_TYPES and text[:1] in ("{", "[", '"'):
        found = json_form(definition.variable_type, text)
        return with_labels_of_today(found, former_labels(definition.all_options))
    try:
        return json_form(definition.variable_type, coerce_to_type(definition, text))
    except InvalidValue:
        return text
