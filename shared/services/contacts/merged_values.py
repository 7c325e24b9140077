"""Decide which values of two contacts of one person are kept."""

from collections.abc import Mapping
from datetime import timedelta

from shared.domain.accounts import Caller
from shared.domain.contact_merges import ContactPair, MergePlan, Side, ValueConflict
from shared.domain.contacts import Contact
from shared.domain.definitions import ContextType, Definition, Definitions, Tombstone
from shared.domain.errors import Fault, InvalidRequest, PermissionDenied
from shared.domain.records import dataclass
from shared.domain.sources import LAST_WRITE_WINS, Precedence, rank, stronger_sources
from shared.domain.values import StoredValue
from shared.services.variables.visibility import gets_values, unexpired


def plan_values(
    definitions: Definitions,
    caller: Caller,
    prefer: Mapping[str, Side],
    pair: ContactPair,
    after: Contact,
) -> MergePlan:
    """Plan a merge: what the survivor takes over, and what becomes a suggestion.

    No value is lost: the survivor has it, or an equal one, or it is suggested. That also holds for
    values that are hidden from the caller. Only an expired one is not suggested: it is none.

    Raises:
        InvalidRequest: A preferred variable is not defined. Has all faults.
        PermissionDenied: A preferred value would replace that of a source that the caller may not
            replace.

    """
    own = {each.slot: each for each in pair.survivor.values}
    in_conflict = [(own[each.slot], each) for each in pair.merged.values if each.slot in own]
    names = {each.name for each, _ in in_conflict if each.name} | prefer.keys()
    known = definitions.find_by_names(caller.account_id, ContextType.CONTACT, sorted(names))
    _check_preferred(caller, prefer, known)
    conflicts = [
        _Rule.of(caller, known, prefer, mine).decide(mine, theirs) for mine, theirs in in_conflict
    ]
    taken = [each for each in pair.merged.values if each.slot not in own]
    taken += [each.kept for each in conflicts if each.side is Side.SURVIVOR]
    suggested = [
        each for each in conflicts if unexpired(caller, each.lost) and not _is_same(caller, each)
    ]
    return MergePlan(after, taken, suggested)


def _check_preferred(
    caller: Caller, prefer: Mapping[str, Side], known: Mapping[str, Definition | Tombstone]
) -> None:
    faults = [
        Fault("undefined_variable", "it has no definition", ("prefer", name))
        for name in prefer
        if not isinstance(found := known.get(name), Definition) or not caller.sees(found)
    ]
    if faults:
        raise InvalidRequest.from_faults(faults)


def _is_same(caller: Caller, conflict: ValueConflict) -> bool:
    """Return whether nothing is lost, because the values are equal.

    A caller who does not get the values must not learn that they are equal: it could guess one.
    """
    kept, lost = conflict.kept, conflict.lost
    if caller.sees(kept.audience) and not gets_values(caller, kept.audience):
        return False
    return (type(kept.value), kept.value) == (type(lost.value), lost.value)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What decides between two values of a variable.

    Attributes:
        preferred: Whose value the caller wants. None for that of the stronger source.
    """

    caller: Caller
    precedence: Precedence
    replaceable_after_seconds: int | None
    preferred: Side | None

    @classmethod
    def of(
        cls,
        caller: Caller,
        known: Mapping[str, Definition | Tombstone],
        prefer: Mapping[str, Side],
        value: StoredValue,
    ) -> "_Rule":
        """Return the rule of a variable. Without a definition, the newer value is kept."""
        found = known.get(value.name)
        if not isinstance(found, Definition) or found.slot != value.slot:
            return cls(caller, LAST_WRITE_WINS, None, None)
        replaceable_after = found.replaceable_after_seconds
        return cls(caller, found.precedence, replaceable_after, prefer.get(value.name))

    def decide(self, mine: StoredValue, theirs: StoredValue) -> ValueConflict:
        """Return which of two values is kept; raises PermissionDenied."""
        winner = self._winner(mine, theirs)
        if self.preferred not in (None, winner):
            winner = self.preferred
            self._require_right(mine if winner is Side.FROM else theirs)
        if winner is Side.FROM:
            return ValueConflict(theirs, mine, Side.SURVIVOR)
        return ValueConflict(mine, theirs, Side.FROM)

    def _winner(self, mine: StoredValue, theirs: StoredValue) -> Side:
        ranks = self._rank(mine), self._rank(theirs)
        if ranks[0] != ranks[1]:
            return Side.SURVIVOR if ranks[0] < ranks[1] else Side.FROM
        return Side.FROM if theirs.updated_at > mine.updated_at else Side.SURVIVOR

    def _rank(self, value: StoredValue) -> int:
        """Return the rank of a value's source. Any source may replace a stale or expired value."""
        if unexpired(self.caller, value) is None:
            return len(self.precedence) + 2
        if self._is_replaceable(value):
            return len(self.precedence) + 1
        return rank(self.precedence, value.source)

    def _is_replaceable(self, value: StoredValue) -> bool:
        if self.replaceable_after_seconds is None:
            return False
        age = self.caller.requested_at - value.updated_at
        return age > timedelta(seconds=self.replaceable_after_seconds)

    def _require_right(self, lost: StoredValue) -> None:
        """Require that the caller may replace a value; raises PermissionDenied."""
        stronger = stronger_sources(self.precedence, self.caller.value_source)
        if lost.source in stronger and not self._is_replaceable(lost):
            raise PermissionDenied(f"a source that may replace a value of '{lost.source}'")
