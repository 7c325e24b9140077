"""The filter criteria of event sources.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ABSENT = object()


def passes(patterns: Sequence[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Return whether a record matches one of the patterns, or there are no patterns."""
    return not patterns or any(_matches(pattern, record) for pattern in patterns)


def pattern_fault(pattern: Any) -> str | None:
    """Return why a pattern is not supported, or None if it is."""
    if not isinstance(pattern, Mapping):
        return "a pattern that is no object"
    for key, rule in pattern.items():
        if isinstance(rule, Mapping):
            fault = pattern_fault(rule)
        elif not isinstance(rule, list):
            fault = f"{key!r} neither an object nor a list"
        elif key == "$or":
            fault = next(filter(None, map(pattern_fault, rule)), None)
        else:
            fault = next(filter(None, map(_test_fault, rule)), None)
        if fault:
            return fault
    return None


def _test_fault(test: Any) -> str | None:
    if not isinstance(test, Mapping):
        return None
    name = next(iter(test), None)
    return None if len(test) == 1 and name in _TESTS else f"{name!r}, which is not known here"


def _matches(pattern: Mapping[str, Any], value: Any) -> bool:
    return all(_matches_member(key, rule, value) for key, rule in pattern.items())


def _matches_member(key: str, rule: Any, value: Any) -> bool:
    if key == "$or":
        return any(_matches(each, value) for each in rule)
    member = value.get(key, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    if isinstance(rule, Mapping):
        return _matches(rule, member)
    members = member if isinstance(member, list) else [member]
    return any(_passes_test(test, each) for test in rule for each in members)


def _passes_test(test: Any, value: Any) -> bool:
    if not isinstance(test, Mapping):
        return _same(test, value)
    ((name, argument),) = test.items()
    return _TESTS[name](argument, value)


def _same(one: Any, other: Any) -> bool:
    # In JSON, true does not equal 1.
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _is_none_of(argument: Any, value: Any) -> bool:
    if value is _ABSENT:
        return False
    unwanted = argument if isinstance(argument, list) else [argument]
    return not any(_passes_test(each, value) for each in unwanted)


def _is_in_range(argument: Sequence[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "anything-but": _is_none_of,
    "equals-ignore-case": lambda text, value: (
        isinstance(value, str) and value.lower() == text.lower()
    ),
    "exists": lambda wanted, value: (value is not _ABSENT) == wanted,
    "numeric": _is_in_range,
    "prefix": lambda start, value: isinstance(value, str) and value.startswith(start),
    "suffix": lambda end, value: isinstance(value, str) and value.endswith(end),
}
