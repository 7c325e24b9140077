"""Convert Vambe's metadata to custom fields.

Source: Vambe, "Update metadata to an AI contact", Automatic Snake Case Conversion and Data Type
Handling.
"""

from collections.abc import Mapping

from shared.domain.errors import InvalidField, TooManyVariables
from shared.domain.json_values import JsonValue
from shared.domain.values import LENIENT_TEXT
from shared.validation.names import MAX_NAME_CHARS, NAME_RULE, is_variable_name, snake_case
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

RULES = LENIENT_TEXT
"""How fields are stored: every value is accepted, and formatted if it has a definition."""


def custom_fields(*metadata: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the fields to set, by the key that was sent.

    Null values are left out. Of several keys with the same name in snake case, the last one wins.

    Raises:
        TooManyVariables: There are too many keys. Checked before any key is read.
        InvalidField: A key cannot be converted to a name.

    """
    if sum(map(len, metadata)) > MAX_VARIABLES_PER_REQUEST:
        raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
    named = [(field_name(key), key, value) for each in metadata for key, value in each.items()]
    sent = {name: (key, value) for name, key, value in named if value is not None}
    return dict(sent.values())


def field_name(key: str) -> str:
    """Convert a key to the name of a field. Raises InvalidField if that is not possible."""
    name = snake_case(key)
    if not is_variable_name(name):
        # A key can be as large as the body.
        shown = key[:MAX_NAME_CHARS]
        raise InvalidField("metadata", f"the key '{shown}' makes no name: {NAME_RULE}")
    return name
