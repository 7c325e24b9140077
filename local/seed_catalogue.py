"""The definitions of a seeded account: the given ones and those of undefined values."""

from collections.abc import Mapping, Sequence
from os import urandom

from local.seed_fault import JsonPath, check_unique, check_unique_field, fault, located, numbered
from local.seed_file import SeedDefinition
from shared.domain.definitions import TYPES_WITH_OPTIONS, ContextType, Definition
from shared.domain.disclosure import EVERY_PURPOSE
from shared.domain.json_values import JsonValue
from shared.domain.options import Option, option_id_of, unless_plain
from shared.domain.sources import DEFAULT_PRECEDENCE
from shared.domain.values import Assignment
from shared.validation.definitions import check_definition
from shared.validation.names import NAME_RULE, display_name, is_variable_name
from shared.validation.value_text import to_text
from shared.validation.values import coerce_value


class Catalogue:
    """The definitions of one account, with slots from 0 in each context type.

    Raises:
        SeedError: An id, external id or name is not unique, or a definition is not valid.
    """

    def __init__(self, given: Sequence[SeedDefinition], at: JsonPath) -> None:
        _reject_duplicate_names(given, at)
        self._slots = dict.fromkeys(ContextType, 0)
        self._given: dict[tuple[ContextType, str], Definition] = {}
        self._made: dict[tuple[ContextType, str], Definition] = {}
        ids = numbered([each.id for each in given])
        self._highest_id = max(ids, default=0)
        for i, each in enumerate(given):
            definition = _definition(each, ids[i], self._next_slot(each.context_type))
            _check(definition, (*at, i))
            self._given[each.context_type, each.name] = definition

    @property
    def definitions(self) -> list[Definition]:
        """All definitions: the given ones in order, then the others by first use."""
        return [*self._given.values(), *self._made.values()]

    def assign(
        self, context_type: ContextType, values: Mapping[str, JsonValue], at: JsonPath
    ) -> list[Assignment]:
        """Convert values by their definitions and skip nulls.

        A name without a definition gets one of type text, and its values are converted to text.

        Raises:
            SeedError: A value does not match its definition, or a name is not valid.
        """
        return [
            self._assign(context_type, name, value, (*at, name))
            for name, value in values.items()
            if value is not None
        ]

    def _assign(
        self, context_type: ContextType, name: str, value: JsonValue, at: JsonPath
    ) -> Assignment:
        definition = self._given.get((context_type, name))
        if definition is None:
            definition, value = self._text(context_type, name, at), to_text(value)
        with located(at):
            kept = coerce_value(definition, value)
        return Assignment(definition.slot, name, definition.variable_type, kept)

    def _text(self, context_type: ContextType, name: str, at: JsonPath) -> Definition:
        if not is_variable_name(name):
            raise fault(at, NAME_RULE)
        made = self._made.get((context_type, name))
        if made is None:
            self._highest_id += 1
            text = SeedDefinition(name=name, context_type=context_type)
            made = _definition(text, self._highest_id, self._next_slot(context_type))
            self._made[context_type, name] = made
        return made

    def _next_slot(self, context_type: ContextType) -> int:
        slot = self._slots[context_type]
        self._slots[context_type] += 1
        return slot


def _reject_duplicate_names(given: Sequence[SeedDefinition], at: JsonPath) -> None:
    check_unique_field("id", given, at)
    check_unique_field("external id", given, at, "external_id")
    check_unique(
        "name of a context type",
        (((*at, i, "name"), (each.context_type, each.name)) for i, each in enumerate(given)),
    )


def _check(definition: Definition, at: JsonPath) -> None:
    with located(at):
        check_definition(definition)
    without = definition.variable_type not in TYPES_WITH_OPTIONS
    if without and (definition.select_options or definition.all_options):
        raise fault((*at, "select_options"), "only select and multi_select have options")
    if definition.default_value is not None:
        with located((*at, "default_value")):
            coerce_value(definition, definition.default_value)


def _all_options(given: SeedDefinition) -> tuple[Option, ...]:
    """Return the options with ids, if one is archived."""
    return unless_plain(
        [
            *(Option(option_id_of(label), label) for label in given.select_options or ()),
            *(Option(option_id_of(each), each, archived=True) for each in given.archived_options),
        ]
    )


def _definition(given: SeedDefinition, definition_id: int, slot: int) -> Definition:
    own = {
        "definition_id": definition_id,
        "slot": slot,
        "external_id": given.external_id or urandom(10).hex(),
        "display_name": display_name(given.name)
        if given.display_name is None
        else given.display_name,
        "select_options": tuple(given.select_options) if given.select_options else None,
        "all_options": _all_options(given),
        "aliases": tuple(given.aliases),
        "precedence": DEFAULT_PRECEDENCE,
        "purposes": EVERY_PURPOSE if given.purposes is None else frozenset(given.purposes),
    }
    return Definition(**given.fields_of(Definition) | own)
