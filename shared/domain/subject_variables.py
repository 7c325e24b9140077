"""The variables of one subject, as a caller reads them."""

from shared.domain.definitions import Definition, VariableType
from shared.domain.disclosure import Withheld
from shared.domain.entity_tags import EntityTag
from shared.domain.records import dataclass
from shared.domain.values import Evidence, StoredValue


@dataclass(frozen=True, slots=True)
class VariablesQuery:
    """Which variables of a subject to list.

    Attributes:
        names: The names of the wanted variables. None for all.
        with_unset: Also list variables that have a definition and no value.
    """

    names: frozenset[str] | None = None
    with_unset: bool = False

    def wants(self, name: str) -> bool:
        """Return whether a variable is wanted."""
        return self.names is None or name in self.names


@dataclass(frozen=True, slots=True)
class AttributedValue:
    """A value with the id of the API key that set it, None if it is not known.

    Attributes:
        evidence: The evidence of the value, if it was read.
    """

    value: StoredValue
    key_id: str | None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class WithheldVariable:
    """A variable whose value the caller does not get, and why."""

    name: str
    variable_type: VariableType
    reason: Withheld


@dataclass(frozen=True, slots=True)
class SubjectVariables:
    """The variables of a subject that a caller sees.

    Attributes:
        values: The wanted values, in the order in which their variables were defined.
        unset: The definitions of wanted variables without a value, in order of id. None if they
            were not asked for.
        withheld: The wanted variables whose values the caller does not get, in the order of the
            other lists.
        tag: The tag of this list. Its version is that of all visible values, wanted or not.
    """

    values: tuple[AttributedValue, ...]
    unset: tuple[Definition, ...] | None
    tag: EntityTag
    withheld: tuple[WithheldVariable, ...] = ()
