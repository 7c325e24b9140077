"""The body of a request as members that are declared, read by the core of pydantic alone.

Its models would cost a quarter of a start; what holds values against types, and words what is
wrong with them, is its core.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from itertools import islice
from typing import Any, ClassVar, Self, TypeAlias

from pydantic_core import PydanticCustomError, SchemaValidator

from shared.domain.errors import MAX_FAULTS

Schema: TypeAlias = dict[str, Any]
"""What a value has to be, in the words of pydantic's core."""

TEXT: Schema = {"type": "str", "strict": True}
INTEGER: Schema = {"type": "int", "strict": True}
TRUTH: Schema = {"type": "bool", "strict": True}
ANYTHING: Schema = {"type": "any"}


def text(**limits: Any) -> Schema:
    """A text: `min_length`, `max_length`, `strip_whitespace`."""
    return {**TEXT, **limits}


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"type": "literal", "expected": list(words)}


def member_of(kind: type[StrEnum]) -> Schema:
    """A member of an enumeration, by its value."""
    ref = f"{kind.__module__}.{kind.__qualname__}:{id(kind)}"
    return {"type": "enum", "cls": kind, "members": list(kind), "sub_type": "str", "ref": ref}


def before_validator(convert: Callable[[Any], object], schema: Schema) -> Schema:
    """What a function makes of a value before it is held against a schema."""
    function = {"type": "no-info", "function": convert}
    return {"type": "function-before", "function": function, "schema": schema}


def after_validator(fault_of: Callable[[Any], str | None], schema: Schema) -> Schema:
    """What is of a schema and has no fault that a function finds, which gives its words."""

    def check(value: Any) -> Any:
        _refuse(fault_of(value))
        return value

    function = {"type": "no-info", "function": check}
    return {"type": "function-after", "function": function, "schema": schema}


def contextual_validator(fault_of: Callable[[Any, Any], str | None], schema: Schema) -> Schema:
    """The same with a function that is given what `parse_whole` was given to ask, too."""

    def check(value: Any, info: Any) -> Any:
        _refuse(fault_of(value, info.context))
        return value

    function = {"type": "with-info", "function": check}
    return {"type": "function-after", "function": function, "schema": schema}


def _refuse(reason: str | None) -> None:
    if reason:
        raise PydanticCustomError("invalid_value", "{reason}", {"reason": reason})


MAX_ITEMS = 5000
"""Of a list for which nothing less is said: each of them can be a fault of its own."""


def list_of(schema: Schema, **limits: int) -> Schema:
    """A list of such values: `min_length`, `max_length`."""
    return {"type": "list", "items_schema": schema, "max_length": MAX_ITEMS, **limits}


def object_of(keys: Schema, values: Schema, **limits: int) -> Schema:
    """An object of such keys and values: `min_length`, `max_length`.

    The core counts the members of an object when it has looked at all of them, so that they are
    counted here before.
    """
    schema = {"type": "dict", "keys_schema": keys, "values_schema": values, **limits}
    if "max_length" not in limits:
        return schema

    def counted(value: Any) -> Any:
        if isinstance(value, dict) and len(value) > limits["max_length"]:
            _refuse(f"it has more than {limits['max_length']} members")
        return value

    return before_validator(counted, schema)


OBJECT = object_of(TEXT, ANYTHING)


def required(schema: Schema, name: str = "") -> Any:
    """A member that has to be there; `name` where it is sent under another."""
    return _Member(schema, name)


def nullable(schema: Schema) -> Schema:
    """Such a value, or null."""
    return {"type": "nullable", "schema": schema}


def optional(schema: Schema, name: str = "") -> Any:
    """A member that may be left out, or null."""
    return _Member({"type": "default", "schema": nullable(schema), "default": None}, name)


def defaulted(schema: Schema, default: Any, name: str = "") -> Any:
    """A member that may be left out, but not null."""
    return _Member({"type": "default", "schema": schema, "default": default}, name)


class _Member:
    def __init__(self, schema: Schema, name: str) -> None:
        self.schema = schema
        self.name = name


class Body:
    """A body: each class says its members, and has those of the classes that it is made of.

    With `camel` they are sent in camel case; `closed` refuses all other members. `sent` are the
    names of those that came.
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
    _members: ClassVar[dict[str, _Member]] = {}
    _validator: ClassVar[SchemaValidator | None] = None
    _is_closed: ClassVar[bool] = False

    def __init_subclass__(cls, *, camel: bool = False, closed: bool = False) -> None:
        own = {name: each for name, each in vars(cls).items() if isinstance(each, _Member)}
        for name, member in own.items():
            member.name = member.name or (_camel(name) if camel else name)
            delattr(cls, name)
        cls._members = {**cls._members, **own}
        cls._validator = None
        cls._is_closed = closed
        if closed:
            # What pydantic makes a JSON Schema by.
            cls.model_config = {"extra": "forbid"}
        cls.__pydantic_core_schema__ = _schema_of(cls, cls._members)

    @classmethod
    def model_validate(cls, document: Any, /, context: Any = None) -> Self:
        """The body that a document is; raises pydantic's ValidationError.

        `context` is what its functions may ask.
        """
        if cls._validator is None:
            cls._validator = SchemaValidator(cls.__pydantic_core_schema__)
        if cls._is_closed:
            document = cls.without_most_unknown(document)
        body: Self = cls._validator.validate_python(document, context=context)
        return body

    @classmethod
    def without_most_unknown(cls, document: Any) -> Any:
        """A document with no more unknown members than there are faults told, also inside it."""
        if not isinstance(document, dict):
            return document
        kinds = {member.name: member.schema.get("cls") for member in cls._members.values()}
        unknown = islice((name for name in document if name not in kinds), MAX_FAULTS + 1)
        return {
            name: kind.without_most_unknown(document[name])
            if (kind := kinds.get(name)) and issubclass(kind, Body)
            else document[name]
            for name in [*(name for name in document if name in kinds), *unknown]
        }

    @property
    def sent(self) -> set[str]:
        """The names of the members that came, null or not."""
        return self.__pydantic_fields_set__


def body_of(kind: type[Body]) -> Schema:
    """A body inside another one."""
    return kind.__pydantic_core_schema__


def _schema_of(kind: type[Body], members: dict[str, _Member]) -> Schema:
    fields = {
        name: {
            "type": "model-field",
            "schema": member.schema,
            **({"validation_alias": member.name} if member.name != name else {}),
        }
        for name, member in members.items()
    }
    return {
        "type": "model",
        "cls": kind,
        "schema": {
            "type": "model-fields",
            "fields": fields,
            "model_name": kind.__name__,
            "extra_behavior": kind.model_config.get("extra", "ignore"),
        },
        "ref": f"{kind.__module__}.{kind.__qualname__}:{id(kind)}",
    }


def _camel(name: str) -> str:
    return re.sub("_([a-z0-9])", lambda found: found[1].upper(), name)
