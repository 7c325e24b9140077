"""The types of JSON, and of the values of variables."""

from typing import TypeAlias

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

Value: TypeAlias = str | int | float | bool
"""The value of a variable, as JSON represents it."""
