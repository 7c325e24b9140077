"""The intrinsic functions of CloudFormation that `template.yaml` uses, and their values.

YAML's short forms (`!Ref Table`) are read into the long ones (`{"Ref": "Table"}`), which
`Resolver.resolve` then replaces by their values.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import yaml

try:
    # libyaml parses the template in a seventh of the time.
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    # PyYAML was built without libyaml.
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

from local.failure import LocalApiError

NO_VALUE: Final = object()
"""The value of `!Ref AWS::NoValue`: the property that has it is omitted."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")


class _TemplateLoader(_SafeLoader):
    """A safe YAML loader that knows CloudFormation's tags."""


def _construct_tag(loader: _TemplateLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)}


_TemplateLoader.add_multi_constructor("!", _construct_tag)


def parse_template(text: str) -> dict[str, Any]:
    """Parse the YAML of a template, short intrinsic forms included.

    Raises:
        LocalApiError: The text is not YAML, or not a mapping.
    """
    try:
        document = yaml.load(text, Loader=_TemplateLoader)  # noqa: S506 - derives from SafeLoader
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise LocalApiError(f"The template is not valid YAML: {reason}.") from error
    if not isinstance(document, dict):
        raise LocalApiError("The template is not a YAML mapping.")
    return document


class Resolver:
    """Replaces intrinsic functions by their values.

    Args:
        document: The parsed template.
        references: Values of `Ref` for logical ids and pseudo parameters.
        attributes: Values of `GetAtt`, keyed `LogicalId.Attribute`.
        parameters: Values that replace the defaults of the template's parameters.
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
            "Condition": self.holds,
            "Fn::GetAtt": lambda parts: self._get_att(".".join(parts)),
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Equals": self._equals,
            "Fn::Not": lambda items: not self.resolve(items[0]),
            "Fn::And": lambda items: all(self.resolve(item) for item in items),
            "Fn::Split": lambda items: str(self.resolve(items[1])).split(items[0]),
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
            LocalApiError: An intrinsic function is unknown, or names what is not there.
        """
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "") if len(value) == 1 else ""
        if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
            if name not in self._functions:
                raise LocalApiError(f"The template uses {name}, which the local API can't resolve.")
            return self._functions[name](value[name])
        pairs = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        """Return whether a condition of the template, given by name, is true."""
        conditions = self._document.get("Conditions", {})
        if condition not in conditions:
            raise LocalApiError(f"The template uses the condition {condition}, which it lacks.")
        return bool(self.resolve(conditions[condition]))

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._references:
            return self._references[name]
        declared = self._document.get("Parameters", {}).get(name)
        if declared is not None:
            value = self._parameters.get(name, declared.get("Default"))
            if value is None:
                raise LocalApiError(f"The template's parameter {name} has no default.")
            # CloudFormation passes every scalar parameter as text, whatever its default is in YAML.
            return str(value)
        if name in self._document.get("Resources", {}):
            return name
        raise LocalApiError(f"The template refers to {name}, which it does not declare.")

    def _get_att(self, name: str) -> str:
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
            return self._get_att(name) if "." in name else str(self._ref(name))

        return _PLACEHOLDER.sub(replace, text)

    def _if(self, argument: list[Any]) -> Any:
        condition, when_true, when_false = argument
        return self.resolve(when_true if self.holds(condition) else when_false)

    def _equals(self, argument: list[Any]) -> bool:
        left, right = (text_of(self.resolve(item)) for item in argument)
        return left == right


def text_of(value: Any) -> str:
    """Return a scalar as CloudFormation passes it on: `true` of YAML is the text "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)
