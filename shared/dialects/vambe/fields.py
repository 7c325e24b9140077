"""How Vambe's metadata becomes custom fields.

Source: Vambe, "Update metadata to an AI contact", Automatic Snake Case Conversion and Data Type
Handling.
"""

from collections.abc import Mapping

from shared.domain.errors import InvalidField
from shared.domain.model import JsonValue, SetRules
from shared.validation.names import MAX_NAME_CHARS, NAME_RULE, is_variable_name, snake_case
from shared.validation.text_form import text_form

RULES = SetRules(create_undefined=True, keep_unfit=True, new_as_text=True, in_parts=True)
"""How fields are taken: all that is sent is kept, formatted where a definition says how."""


def custom_fields(metadata: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The fields to set, by name, as text; null sets none, and of twins the last one wins.

    Raises InvalidField for a key that can make no name.
    """
    sent = ((key, value) for key, value in metadata.items() if value is not None)
    return {field_name(key): text_form(value) for key, value in sent}


def field_name(key: str) -> str:
    """The name of the field that a key stands for; raises InvalidField when it can be none."""
    name = snake_case(key)
    if not is_variable_name(name):
        # A key can be as long as the body.
        shown = key[:MAX_NAME_CHARS]
        raise InvalidField("metadata", f"the key '{shown}' makes no name: {NAME_RULE}")
    return name
