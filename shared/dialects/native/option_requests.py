"""Options with ids in the bodies of requests about definitions."""

from collections.abc import Iterator, Mapping, Sequence

from shared.domain.errors import Fault
from shared.domain.json_values import JsonValue
from shared.domain.options import Option, offered, option_id_of
from shared.validation.definitions import MAX_OPTION_CHARS, MAX_OPTIONS, fault_of_options

MEMBER = "option_details"
_KEYS = frozenset({"id", "label", "archived"})


def options_given(
    given: JsonValue, before: Sequence[Option]
) -> tuple[tuple[Option, ...], list[Fault]]:
    """Return the options of a body, and all faults.

    An item is a label, or an object with an id, a label or both. An id is that of an option
    before; an item without one is the option that has the label, or a new one.

    Args:
        given: The member of the body.
        before: The options of the definition, none for a new one.
    """
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_OPTIONS:
        return (), [_fault(f"it must be a list of 1 to {MAX_OPTIONS} options")]
    by_id = {each.option_id: each for each in before}
    by_label = {each.label: each for each in before}
    options: list[Option] = []
    faults: list[Fault] = []
    for number, item in enumerate(given):
        found = [*_item_faults(item, number, by_id)]
        faults += found
        if not found:
            options.append(_option(item, by_id, by_label))
    if not faults:
        faults += _faults_together(options)
    return tuple(options), faults


def take_options(
    document: dict[str, JsonValue], before: Sequence[Option]
) -> tuple[tuple[Option, ...], list[Fault]]:
    """Replace options with ids by the labels on offer; return the options and all faults."""
    if document.get(MEMBER) is None:
        document.pop(MEMBER, None)
        return (), []
    options, faults = options_given(document.pop(MEMBER), before)
    if document.get("options") is not None:
        reason = "a body has either options or option_details"
        faults.append(Fault("invalid_value", reason, (MEMBER,)))
    # With faults, a label stands for the options, so that their absence is not one more.
    document["options"] = [*offered(options)] if options and not faults else ["-"]
    return options, faults


def _item_faults(item: JsonValue, number: int, by_id: Mapping[str, Option]) -> Iterator[Fault]:
    if isinstance(item, str):
        item = {"label": item}
    if not isinstance(item, dict) or not item.keys() & {"id", "label"}:
        yield _fault("it must be a label, or an object with an id or a label", number)
        return
    if not item.keys() <= _KEYS:
        yield _fault("it has id, label and archived, and nothing else", number)
    label, option_id = item.get("label", "x"), item.get("id")
    if not isinstance(label, str) or not 1 <= len(label) <= MAX_OPTION_CHARS:
        yield _fault(f"it must have 1 to {MAX_OPTION_CHARS} characters", number, "label")
    if "id" in item and (not isinstance(option_id, str) or option_id not in by_id):
        yield _fault("there is no option with this id", number, "id")
    if not isinstance(item.get("archived", False), bool):
        yield _fault("it must be true or false", number, "archived")


def _option(item: JsonValue, by_id: Mapping[str, Option], by_label: Mapping[str, Option]) -> Option:
    """Return the option of a valid item."""
    given: Mapping[str, JsonValue] = item if isinstance(item, dict) else {"label": item}
    archived = bool(given.get("archived", False))
    known = by_id.get(str(given["id"])) if "id" in given else by_label.get(str(given["label"]))
    label = str(given["label"]) if known is None or "label" in given else known.label
    if known is None:
        return Option(option_id_of(label), label, archived)
    former = known.former if label == known.label else (*known.former, known.label)
    kept = tuple(dict.fromkeys(each for each in former if each != label))
    return Option(known.option_id, label, archived, kept)


def _faults_together(options: Sequence[Option]) -> Iterator[Fault]:
    if not offered(options):
        yield _fault("one option is not archived")
    reason = fault_of_options(options)
    if reason is None and len({each.option_id for each in options}) < len(options):
        reason = "an option is given twice"
    if reason is not None:
        yield _fault(reason)


def _fault(reason: str, *path: str | int) -> Fault:
    return Fault("invalid_value", reason, (MEMBER, *path))
