"""How Vambe's metadata becomes custom fields.

Source: Vambe, "Update metadata to an AI contact", Automatic Snake Case Conversion and Data Type
Handling.
"""

from collections.abc import Mapping

from shared.domain.errors import InvalidField, TooManyVariables
from shared.domain.variables import LENIENT_TEXT, JsonValue
from shared.validation.names import MAX_NAME_CHARS, NAME_RULE, is_variable_name, snake_case
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

RULES = LENIENT_TEXT
"""How fields are taken: all that is sent is kept, formatted where a definition says how."""


def custom_fields(*metadata: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The fields that are sent; null sets none, and of twins in snake case the last one wins.

    Raises TooManyVariables before any key is looked at, InvalidField for one that makes no name.
    """
    if sum(map(len, metadata)) > MAX_VARIABLES_PER_REQUEST:
        raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
    named = [(field_name(key), key, value) for each in metadata for key, value in each.items()]
    sent = {name: (key, value) for name, key, value in named if value is not None}
    return dict(sent.values())


def field_name(key: str) -> str:
    """The name of the field that a key stands for; raises InvalidField when it can be none."""
    name = snake_case(key)
    if not is_variable_name(name):
        # A key can be as long as the body.
        shown = key[:MAX_NAME_CHARS]
        raise InvalidField("metadata", f"the key '{shown}' makes no name: {NAME_RULE}")
    return name
