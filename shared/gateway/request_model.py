"""Declare request bodies as classes and validate them with pydantic-core.

Only the core is imported: importing pydantic and building its models would add a quarter to the
time of a cold start. Validation and error messages are those of pydantic.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from itertools import islice
from typing import Any, ClassVar, Self, TypeAlias

from pydantic_core import PydanticCustomError, PydanticKnownError, SchemaValidator

from shared.domain.errors import MAX_FAULTS

Schema: TypeAlias = dict[str, Any]
"""A schema of pydantic-core."""

TEXT: Schema = {"type": "str", "strict": True}
INTEGER: Schema = {"type": "int", "strict": True}
BOOLEAN: Schema = {"type": "bool", "strict": True}
ANY: Schema = {"type": "any"}


def text(**limits: Any) -> Schema:
    """Accept a string, limited by `min_length`, `max_length` and `strip_whitespace`."""
    return {**TEXT, **limits}


def one_of(*words: str) -> Schema:
    """Accept one of these strings."""
    return {"type": "literal", "expected": list(words)}


def enum_of(kind: type[StrEnum]) -> Schema:
    """Accept the value of an enum member, and convert it to the field."""
    ref = f"{kind.__module__}.{kind.__qualname__}:{id(kind)}"
    return {"type": "enum", "cls": kind, "members": list(kind), "sub_type": "str", "ref": ref}


def as_integer(given: object) -> object:
    """Return 1 for 1.0, which is the same integer in JSON, and any other value unchanged."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


def before_validator(convert: Callable[[Any], object], schema: Schema) -> Schema:
    """Convert a value with a function before the schema validates it."""
    function = {"type": "no-info", "function": convert}
    return {"type": "function-before", "function": function, "schema": schema}


def after_validator(fault_of: Callable[[Any], str | None], schema: Schema) -> Schema:
    """Check a value with a function after the schema has validated it.

    Args:
        fault_of: Returns the error message for an invalid value, None for a valid one.
        schema: The schema that validates the value first.

    """

    def check(value: Any) -> Any:
        _fail_for(fault_of(value))
        return value

    function = {"type": "no-info", "function": check}
    return {"type": "function-after", "function": function, "schema": schema}


def contextual_validator(fault_of: Callable[[Any, Any], str | None], schema: Schema) -> Schema:
    """Check a value as `after_validator` does, with the validation context as second argument.

    The context is the one that `Request.parse_with_all_faults` passes.
    """

    def check(value: Any, info: Any) -> Any:
        _fail_for(fault_of(value, info.context))
        return value

    function = {"type": "with-info", "function": check}
    return {"type": "function-after", "function": function, "schema": schema}


def _fail_for(reason: str | None) -> None:
    if reason:
        raise PydanticCustomError("invalid_value", "{reason}", {"reason": reason})


MAX_ITEMS = 5000
"""The default limit of a list. It bounds the work, as each item can be a fault of its own."""


def list_of(schema: Schema, **limits: int) -> Schema:
    """Accept a list of such values, limited by `min_length` and `max_length`.

    The maximum is checked before the items: pydantic-core would validate those up to it first.
    With `fail_fast` only the first fault of the items is reported, so that a long list of invalid
    items costs no more than one of valid items.
    """
    made = {"type": "list", "items_schema": schema, "max_length": MAX_ITEMS, **limits}
    max_length = limits.get("max_length", MAX_ITEMS)

    def check_size(value: Any) -> Any:
        if isinstance(value, list) and len(value) > max_length:
            given = {"field_type": "List", "max_length": max_length}
            raise PydanticKnownError("too_long", {**given, "actual_length": len(value)})
        return value

    return before_validator(check_size, made)


def object_of(keys: Schema, values: Schema, **limits: int) -> Schema:
    """Accept an object of such keys and values, limited by `min_length` and `max_length`.

    The maximum is checked before the members: pydantic-core would validate all of them first.
    """
    schema = {"type": "dict", "keys_schema": keys, "values_schema": values, **limits}
    if "max_length" not in limits:
        return schema

    def check_size(value: Any) -> Any:
        if isinstance(value, dict) and len(value) > limits["max_length"]:
            _fail_for(f"it has more than {limits['max_length']} members")
        return value

    return before_validator(check_size, schema)


OBJECT = object_of(TEXT, ANY)


def list_or_object(items: Schema, kind: "type[RequestModel]") -> Schema:
    """Accept such a list, or an object that a model declares.

    A union of pydantic-core would report the faults of both, with paths of its own.
    """

    def validate(value: Any, validate_list: Callable[[Any], Any]) -> Any:
        return kind.model_validate(value) if isinstance(value, dict) else validate_list(value)

    def describe(_: Any, describe_schema: Callable[[Any], Any]) -> Any:
        return describe_schema({"type": "union", "choices": [items, nested(kind)]})

    return {
        "type": "function-wrap",
        "function": {"type": "no-info", "function": validate},
        "schema": items,
        # Pydantic reads this when it generates the JSON Schema.
        "metadata": {"pydantic_js_functions": [describe]},
    }


def required(schema: Schema, name: str = "") -> Any:
    """Declare a required field. `name` is its name in JSON, if it differs."""
    return _Field(schema, name)


def nullable(schema: Schema) -> Schema:
    """Accept such a value or null."""
    return {"type": "nullable", "schema": schema}


def optional(schema: Schema, name: str = "") -> Any:
    """Declare a field that may be missing or null. It is None then."""
    return _Field({"type": "default", "schema": nullable(schema), "default": None}, name)


def defaulted(schema: Schema, default: Any, name: str = "") -> Any:
    """Declare a field that may be missing, but not null."""
    return _Field({"type": "default", "schema": schema, "default": default}, name)


class _Field:
    def __init__(self, schema: Schema, name: str) -> None:
        self.schema = schema
        self.name = name


class RequestModel:
    """Base class of request bodies. A subclass declares its fields and inherits those of its bases.

    Class arguments:
        camel: The JSON names of the fields are in camel case.
        closed: Unknown fields are an error. Without it, they are ignored.
    """

    __slots__ = (
        "__dict__",
        "__pydantic_extra__",
        "__pydantic_fields_set__",
        "__pydantic_private__",
    )

    model_config: ClassVar[dict[str, Any]] = {}
    __pydantic_core_schema__: ClassVar[Schema]
    __pydantic_fields_set__: set[str]
    _fields: ClassVar[dict[str, _Field]] = {}
    _validator: ClassVar[SchemaValidator | None] = None
    _is_closed: ClassVar[bool] = False

    def __init_subclass__(cls, *, camel: bool = False, closed: bool = False) -> None:
        own = {name: each for name, each in vars(cls).items() if isinstance(each, _Field)}
        for name, field in own.items():
            field.name = field.name or (_camel(name) if camel else name)
            delattr(cls, name)
        cls._fields = {**cls._fields, **own}
        cls._validator = None
        cls._is_closed = closed
        if closed:
            # Pydantic reads this when it generates the JSON Schema.
            cls.model_config = {"extra": "forbid"}
        cls.__pydantic_core_schema__ = _schema_of(cls, cls._fields)

    @classmethod
    def model_validate(cls, document: Any, /, context: Any = None) -> Self:
        """Validate a JSON document.

        Args:
            document: The parsed JSON.
            context: The second argument of contextual validators.

        Raises:
            ValidationError: The document is not valid. From pydantic-core.

        """
        if cls._validator is None:
            cls._validator = SchemaValidator(cls.__pydantic_core_schema__)
        if cls._is_closed:
            document = cls.limit_unknown_fields(document)
        body: Self = cls._validator.validate_python(document, context=context)
        return body

    @classmethod
    def limit_unknown_fields(cls, document: Any) -> Any:
        """Drop unknown fields beyond the number of faults that a response lists, at every level.

        This bounds the work, as pydantic-core reports every unknown field.
        """
        if not isinstance(document, dict):
            return document
        schemas = {field.name: field.schema for field in cls._fields.values()}
        unknown = islice((name for name in document if name not in schemas), MAX_FAULTS + 1)
        return {
            **{
                name: _limit_unknown_fields(schema, document[name])
                for name, schema in schemas.items()
                if name in document
            },
            **{name: document[name] for name in unknown},
        }

    @property
    def sent(self) -> set[str]:
        """The names of the fields that the client sent, null included."""
        return self.__pydantic_fields_set__


def nested(kind: type[RequestModel]) -> Schema:
    """Accept an object that another model declares."""
    return kind.__pydantic_core_schema__


def _limit_unknown_fields(schema: Schema, value: Any) -> Any:
    match schema:
        case {
            "type": "default" | "nullable" | "function-before" | "function-wrap",
            "schema": inner,
        }:
            return _limit_unknown_fields(inner, value)
        case {"type": "model", "cls": kind}:
            return kind.limit_unknown_fields(value)
        case {"type": "list", "items_schema": items, "max_length": most} if (
            isinstance(value, list) and len(value) <= most
        ):
            return [_limit_unknown_fields(items, item) for item in value]
    return value


def _schema_of(kind: type[RequestModel], fields: dict[str, _Field]) -> Schema:
    model_fields = {
        name: {
            "type": "model-field",
            "schema": field.schema,
            **({"validation_alias": field.name} if field.name != name else {}),
        }
        for name, field in fields.items()
    }
    return {
        "type": "model",
        "cls": kind,
        "schema": {
            "type": "model-fields",
            "fields": model_fields,
            "model_name": kind.__name__,
            "extra_behavior": kind.model_config.get("extra", "ignore"),
        },
        "ref": f"{kind.__module__}.{kind.__qualname__}:{id(kind)}",
    }


def _camel(name: str) -> str:
    return re.sub("_([a-z0-9])", lambda found: found[1].upper(), name)
