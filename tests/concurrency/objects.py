"""What is kept, as objects with a state: what each request does to them, or tells of them.

A step takes a state and gives the next one, or None where what was answered can't be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tests.concurrency.linearizability import Step

# ---- A key -----------------------------------------------------------------------------------

ACTIVE = "active"
REVOKED = "revoked"


def key_is(wanted: str) -> Step:
    """A request was let in, or was not."""
    return lambda state: state if state == wanted else None


def revokes() -> Step:
    """The key was revoked."""
    return lambda _: REVOKED


# ---- A contact: its values, as pairs of the variable and the text of its value -----------------

UNBORN = "unborn"
GONE = "gone"
Contact = frozenset[tuple[str, str]] | str


def _values(state: Contact) -> dict[str, str] | None:
    return None if isinstance(state, str) else dict(state)


def having(values: Mapping[str, str | None]) -> Contact:
    """The state of a contact with these values."""
    return frozenset((name, text) for name, text in values.items() if text is not None)


def sets(values: Mapping[str, str | None]) -> Step:
    """All of these values were set at once; None removes one."""

    def step(state: Contact) -> Contact | None:
        before = _values(state)
        return None if before is None else having({**before, **values})

    return step


def upserts(values: Mapping[str, str | None]) -> Step:
    """The same, on a contact that was created with them if it was not there before."""
    return lambda state: having(values) if state == UNBORN else sets(values)(state)


def shows(values: Mapping[str, str]) -> Step:
    """Exactly these values were seen."""
    return lambda state: state if state == having(values) else None


def shows_some(values: Mapping[str, str], absent: Collection[str]) -> Step:
    """These values were seen, and none of those."""

    def step(state: Contact) -> Contact | None:
        found = _values(state)
        if found is None or found.keys() & set(absent):
            return None
        return state if found.items() >= values.items() else None

    return step


def lacks(name: str) -> Step:
    """This value was not there, whether the contact was or not."""
    return lambda state: None if name in (_values(state) or {}) else state


def clears(names: Collection[str]) -> Step:
    """These values were removed, and no others."""
    return sets(dict.fromkeys(names))


def deletes() -> Step:
    """The contact was deleted."""
    return lambda state: None if _values(state) is None else GONE


def is_missing() -> Step:
    """The contact was not there."""
    return lambda state: state if _values(state) is None else None


# ---- Which contact has an identifier: its UUID -------------------------------------------------

NOBODY = "nobody"


def leads_to(uuid: str) -> Step:
    """A request by the identifier changed this contact, or made it when there was none."""
    return lambda state: uuid if state in (uuid, NOBODY) else None


def leaves(uuid: str) -> Step:
    """This contact was deleted."""
    return lambda state: NOBODY if state == uuid else None


def leads_elsewhere(uuid: str) -> Step:
    """This contact was not there any more."""
    return lambda state: None if state == uuid else state


# ---- The definitions of an account -------------------------------------------------------------


class Entry(NamedTuple):
    """A definition: its name, and what is known so far of its number and its external id."""

    name: str
    number: int | None = None
    external_id: str | None = None

    def is_meant(self, reference: int | str) -> bool:
        """Whether a number or an external id is this definition's."""
        return reference in (self.number, self.external_id)

    def with_reference(self, reference: int | str) -> Entry | None:
        """The same with its number or external id, None if it is known to have another."""
        known = self.number if isinstance(reference, int) else self.external_id
        if known is not None:
            return self if known == reference else None
        if isinstance(reference, int):
            return self._replace(number=reference)
        return self._replace(external_id=reference)


Catalog = frozenset[Entry]


def _named(state: Catalog, name: str) -> Entry | None:
    return next((each for each in state if each.name == name), None)


def _meant(state: Catalog, reference: int | str) -> Entry | None:
    return next((each for each in state if each.is_meant(reference)), None)


def defines(entry: Entry) -> Step:
    """A definition was made."""
    return lambda state: None if _named(state, entry.name) else state | {entry}


def name_is_taken(name: str) -> Step:
    """A definition of that name was there already."""
    return lambda state: state if _named(state, name) else None


def undefines(reference: int | str) -> Step:
    """A definition was deleted."""

    def step(state: Catalog) -> Catalog | None:
        entry = _meant(state, reference)
        return state - {entry} if entry else None

    return step


def is_defined(reference: int | str) -> Step:
    """A definition was found by its number or external id."""
    return lambda state: state if _meant(state, reference) else None


def is_undefined(reference: int | str) -> Step:
    """None was."""
    return lambda state: None if _meant(state, reference) else state


def renames(reference: int | str, name: str) -> Step:
    """A definition got a name, which may be the one it had."""

    def step(state: Catalog) -> Catalog | None:
        entry, holder = _meant(state, reference), _named(state, name)
        if entry is None or holder not in (None, entry):
            return None
        return state - {entry} | {entry._replace(name=name)}

    return step


def lists(shown: Mapping[str, int | str], names: Collection[str]) -> Step:
    """Of all that have these names, exactly those shown were there, by their references."""

    def step(state: Catalog) -> Catalog | None:
        found = {each for each in state if each.name in names}
        if {each.name for each in found} != shown.keys():
            return None
        known = {each.with_reference(shown[each.name]) for each in found}
        return None if None in known else state - found | known

    return step


def has_names(names: Collection[str]) -> Step:
    """A definition of each of these names was there."""
    return lambda state: state if all(_named(state, name) for name in names) else None


def lacks_a_name(names: Collection[str]) -> Step:
    """None was there for at least one of these names."""
    return lambda state: None if all(_named(state, name) for name in names) else state


def has_or_gets_name(name: str) -> Step:
    """A definition of that name was there, or was made."""
    return lambda state: state if _named(state, name) else state | {Entry(name)}
