"""The filter criteria of event sources, as far as the template uses them: equal values.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

_ABSENT = object()


def passes(patterns: Sequence[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Return whether a record matches one of the patterns, or there are no patterns."""
    return not patterns or any(_matches(pattern, record) for pattern in patterns)


def pattern_fault(pattern: Any) -> str | None:
    """Return why a pattern is not supported, or None if it is."""
    if not isinstance(pattern, Mapping):
        return "a pattern that is no object"
    for key, rule in pattern.items():
        if isinstance(rule, list):
            operators = [each for each in rule if isinstance(each, Mapping | list)]
            fault = f"{operators[0]!r}, which is not known here" if operators else None
        elif isinstance(rule, Mapping):
            fault = pattern_fault(rule)
        else:
            fault = f"{key!r} neither an object nor a list"
        if fault:
            return fault
    return None


def _matches(pattern: Mapping[str, Any], value: Any) -> bool:
    for key, rule in pattern.items():
        member = value.get(key, _ABSENT) if isinstance(value, Mapping) else _ABSENT
        if isinstance(rule, Mapping):
            if not _matches(rule, member):
                return False
        else:
            members = member if isinstance(member, list) else [member]
            if not any(_same(wanted, each) for wanted in rule for each in members):
                return False
    return True


def _same(one: Any, other: Any) -> bool:
    # In JSON, true does not equal 1.
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
