"""Validation of variable definitions."""

from collections.abc import Sequence

from shared.domain.definitions import TYPES_WITH_OPTIONS, DefinitionDraft
from shared.domain.errors import InvalidField, MissingField
from shared.domain.options import Option, former_labels
from shared.validation.names import NAME_RULE, is_variable_name

MAX_EXTERNAL_ID_CHARS = 200
"""With every character escaped, a sort key stays within DynamoDB's 1024 bytes."""

MAX_DISPLAY_NAME_CHARS = 200
MAX_DESCRIPTION_CHARS = 1000
MAX_DEFAULT_VALUE_CHARS = 5000
MAX_STRUCTURE_CHARS = 5000
MAX_OPTIONS = 200
MAX_OPTION_CHARS = 200
MAX_FORMER_LABELS = 200
MAX_FORMER_BYTES = 20_000
"""The most bytes of former labels with those of today.

All variables share the item of the slot index, which readers of values read.
"""

MAX_PATTERN_CHARS = 200
MAX_ALIASES = 20
MAX_GROUP_CHARS = 100
MAX_BOUND = 1e15
"""The greatest size of a bound of a number, within which integers of JSON are exact."""

MAX_LENGTH = 1_000_000
MAX_AGE_SECONDS = 315_360_000
"""The longest time after which values are stale, or have expired: ten years."""

MAX_QUESTION_CHARS = 500


def check_definition(draft: DefinitionDraft) -> None:
    """Check name, lengths, aliases and options of a definition.

    Raises:
        InvalidField: A field is invalid.
        MissingField: A definition of a type with options has none.
    """
    if not is_variable_name(draft.name):
        raise InvalidField("name", NAME_RULE)
    if not 1 <= len(draft.display_name) <= MAX_DISPLAY_NAME_CHARS:
        raise InvalidField("display_name", f"it has 1 to {MAX_DISPLAY_NAME_CHARS} characters")
    if len(draft.description or "") > MAX_DESCRIPTION_CHARS:
        raise InvalidField("description", f"it has at most {MAX_DESCRIPTION_CHARS} characters")
    _check_aliases(draft.aliases)
    if len(draft.default_value or "") > MAX_DEFAULT_VALUE_CHARS:
        raise InvalidField("default_value", f"it has at most {MAX_DEFAULT_VALUE_CHARS} characters")
    if len(draft.structure or "") > MAX_STRUCTURE_CHARS:
        raise InvalidField("structure", f"it has at most {MAX_STRUCTURE_CHARS} characters")
    if draft.variable_type in TYPES_WITH_OPTIONS:
        _check_options(draft.select_options)
        _check_former_labels(draft.all_options)


def _check_aliases(aliases: tuple[str, ...]) -> None:
    if len(aliases) > MAX_ALIASES:
        raise InvalidField("aliases", f"there are at most {MAX_ALIASES} aliases")
    if not all(1 <= len(alias) <= MAX_DISPLAY_NAME_CHARS for alias in aliases):
        raise InvalidField("aliases", f"an alias has 1 to {MAX_DISPLAY_NAME_CHARS} characters")


def _check_former_labels(options: tuple[Option, ...]) -> None:
    """Check that no option has the former label of another: stored values would be ambiguous."""
    fault = fault_of_options(options)
    if fault is not None:
        raise InvalidField("select_options", fault)


def fault_of_options(options: Sequence[Option]) -> str | None:
    """Return why options with ids cannot be those of one variable, or None."""
    former = former_labels(options)
    if len(options) > MAX_OPTIONS:
        return f"there are at most {MAX_OPTIONS} options, archived ones included"
    if sum(len(each.former) for each in options) > MAX_FORMER_LABELS:
        return f"the options have more than {MAX_FORMER_LABELS} former labels"
    if sum(len(f"{old}{now}".encode()) for old, now in former.items()) > MAX_FORMER_BYTES:
        return f"former labels have more than {MAX_FORMER_BYTES} bytes, with those of today"
    if len({each.label for each in options}) < len(options):
        return "an option is given twice"
    for each in options:
        if former.get(each.label, each.label) != each.label:
            return f"'{each.label}' was the label of '{former[each.label]}'"
    return None


def _check_options(options: tuple[str, ...] | None) -> None:
    if not options:
        raise MissingField("select_options")
    if len(options) > MAX_OPTIONS:
        raise InvalidField("select_options", f"there are at most {MAX_OPTIONS} options")
    if len(set(options)) < len(options):
        raise InvalidField("select_options", "an option is given twice")
    if not all(1 <= len(option) <= MAX_OPTION_CHARS for option in options):
        raise InvalidField("select_options", f"an option has 1 to {MAX_OPTION_CHARS} characters")
