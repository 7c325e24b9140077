"""Plan the values of a request and collect all of its faults, each with its place in the body."""

from collections.abc import Mapping

from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType, Definition, Tombstone
from shared.domain.errors import Fault, InvalidValue, UndefinedVariable
from shared.domain.values import SentValue, SetRules
from shared.services.variables.assignments import Plan, plan_assignments


def plan_with_faults(
    caller: Caller,
    context_type: ContextType,
    values: Mapping[str, SentValue],
    known: Mapping[str, Definition | Tombstone],
    rules: SetRules,
    paths: Mapping[str, tuple[str, ...]],
) -> tuple[Plan, list[Fault]]:
    """Plan every value, and collect all faults.

    Args:
        caller: The caller of the request.
        context_type: The context type of the variables.
        values: The values by name. None removes a value.
        known: The definitions and tombstones of the names.
        rules: What becomes of names and values that have no definition, or do not fit it.
        paths: The place of each value in the body, by name.

    """
    plan, faults = Plan([], []), list[Fault]()
    for name, value in values.items():
        try:
            one = plan_assignments(caller, context_type, {name: value}, known, rules)
        except UndefinedVariable as undefined:
            faults.append(_undefined_fault(undefined, paths[name]))
        except InvalidValue as invalid:
            faults.append(value_fault(invalid, paths[name]))
        else:
            plan.assignments.extend(one.assignments)
            plan.drafts.extend(one.drafts)
    return plan, faults


def _undefined_fault(undefined: UndefinedVariable, path: tuple[str, ...]) -> Fault:
    """Return the fault of a name without a definition. It is unknown as it was sent."""
    unknown = undefined.unknown and undefined.unknown._replace(name=path[-1])
    return Fault("undefined_variable", undefined.reason, path, unknown=unknown)


def value_fault(invalid: InvalidValue, path: tuple[str | int, ...]) -> Fault:
    """Return the fault of a value that does not fit its type."""
    reason = f"it is no {invalid.variable_type}: {invalid.reason}"
    return Fault("invalid_value", reason, (*path, *invalid.place))
