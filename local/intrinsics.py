"""CloudFormation's intrinsic functions, as far as a template needs them to run locally.

YAML's short forms (`!Ref Table`) are read into the long ones (`{"Ref": "Table"}`), which
`Resolver.resolve` then replaces by their values.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import yaml

from local.failure import LocalApiError

NO_VALUE: Final = object()
"""What `!Ref AWS::NoValue` resolves to: the property that holds it is left out."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")


class _TemplateLoader(yaml.SafeLoader):
    """A safe YAML loader that knows CloudFormation's tags."""


def _construct_tag(loader: _TemplateLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
        return {name: value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)}


_TemplateLoader.add_multi_constructor("!", _construct_tag)


def parse_template(text: str) -> dict[str, Any]:
    """Parse the YAML of a template, short intrinsic forms included.

    Raises:
        LocalApiError: the text is not YAML, or not a mapping.

    """
    try:
        document = yaml.load(text, Loader=_TemplateLoader)  # noqa: S506 - derives from SafeLoader
    except yaml.YAMLError as error:
        raise LocalApiError(f"The template is not valid YAML: {_one_line(error)}.") from error
    if not isinstance(document, dict):
        raise LocalApiError("The template is not a YAML mapping.")
    return document


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


class Resolver:
    """Replaces intrinsic functions by their values.

    Args:
        document: the parsed template.
        references: values of `Ref` for logical ids and pseudo parameters.
        attributes: values of `GetAtt`, keyed `LogicalId.Attribute`.
        parameters: values that replace the defaults of the template's parameters.

    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        references: Mapping[str, str],
        attributes: Mapping[str, str],
        parameters: Mapping[str, str],
    ) -> None:
        self._document = document
        self._references = references
        self._attributes = attributes
        self._parameters = parameters
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Equals": self._equals,
            "Fn::Not": lambda items: not self.resolve(items[0]),
            "Fn::And": lambda items: all(self.resolve(item) for item in items),
            "Fn::Or": lambda items: any(self.resolve(item) for item in items),
            "Fn::Join": self._join,
            "Fn::Split": self._split,
            "Fn::Select": self._select,
            "Fn::FindInMap": self._find_in_map,
        }

    def knowing(self, references: Mapping[str, str], attributes: Mapping[str, str]) -> "Resolver":
        """Return a resolver that knows more resources than this one."""
        return Resolver(
            self._document,
            references={**self._references, **references},
            attributes={**self._attributes, **attributes},
            parameters=self._parameters,
        )

    def resolve(self, value: Any) -> Any:
        """Return `value` with each intrinsic function in it replaced, to any depth.

        Raises:
            LocalApiError: an intrinsic function is unknown, or names what is not there.

        """
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        function = self._function_name(value)
        if function is not None:
            return self._call(function, value[function])
        pairs = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        """Tell whether a condition of the template, given by name, is true."""
        return self._condition(condition)

    @staticmethod
    def _function_name(value: dict[Any, Any]) -> str | None:
        if len(value) != 1:
            return None
        (name,) = value
        if not isinstance(name, str):
            return None
        if name in ("Ref", "Condition") or name.startswith("Fn::"):
            return name
        return None

    def _call(self, name: str, argument: Any) -> Any:
        function = self._functions.get(name)
        if function is None:
            raise LocalApiError(f"The template uses {name}, which the local API does not know.")
        return function(argument)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._references:
            return self._references[name]
        declared = self._document.get("Parameters", {}).get(name)
        if declared is not None:
            return self._parameter(name, declared)
        if name in self._document.get("Resources", {}):
            return name
        raise LocalApiError(f"The template refers to {name}, which it does not declare.")

    def _parameter(self, name: str, declared: Mapping[str, Any]) -> Any:
        value = self._parameters.get(name, declared.get("Default"))
        if value is None:
            raise LocalApiError(f"The template's parameter {name} has no default.")
        if declared.get("Type") in ("CommaDelimitedList", "List<String>", "List<Number>"):
            return [item.strip() for item in str(value).split(",")]
        # CloudFormation hands every scalar parameter on as text, whatever YAML made of its default.
        return str(value)

    def _condition(self, name: str) -> bool:
        conditions = self._document.get("Conditions", {})
        if name not in conditions:
            raise LocalApiError(f"The template uses the condition {name}, which it lacks.")
        return bool(self.resolve(conditions[name]))

    def _get_att(self, parts: list[str]) -> str:
        name = ".".join(parts)
        # No handler calls what a made-up name stands for: it does not exist locally.
        return self._attributes.get(name, f"local.{name}")

    def _sub(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def replace(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return str(self.resolve(own[name]))
            if "." in name:
                return self._get_att(name.split(".", 1))
            return str(self._ref(name))

        return _PLACEHOLDER.sub(replace, text)

    def _if(self, argument: list[Any]) -> Any:
        condition, when_true, when_false = argument
        return self.resolve(when_true if self._condition(condition) else when_false)

    def _equals(self, argument: list[Any]) -> bool:
        left, right = (self.resolve(item) for item in argument)
        return bool(_as_text(left) == _as_text(right))

    def _join(self, argument: list[Any]) -> str:
        delimiter, items = argument
        return str(delimiter).join(str(item) for item in self.resolve(items))

    def _split(self, argument: list[Any]) -> list[str]:
        delimiter, text = argument
        return str(self.resolve(text)).split(str(delimiter))

    def _select(self, argument: list[Any]) -> Any:
        index, items = argument
        return self.resolve(items)[int(self.resolve(index))]

    def _find_in_map(self, argument: list[Any]) -> Any:
        name, first, second = (self.resolve(item) for item in argument)
        try:
            return self._document["Mappings"][name][first][second]
        except KeyError as error:
            raise LocalApiError(f"The template's map {name} has no {first}.{second}.") from error


def _as_text(value: Any) -> Any:
    """Compare as CloudFormation does, to which YAML's `true` and the text "true" are the same."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value
