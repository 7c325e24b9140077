"""Model stored data as objects with a state, and requests as steps between states.

A step takes a state and returns the next one, or None if the response is impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tests.concurrency.linearizability import Step

# ---- A key -----------------------------------------------------------------------------------

ACTIVE = "active"
REVOKED = "revoked"


def key_is(wanted: str) -> Step:
    """Return a step of a request that was authorized, or was not."""
    return lambda state: state if state == wanted else None


def revokes() -> Step:
    """Return a step that revokes the key."""
    return lambda _: REVOKED


# ---- A contact: its values, as pairs of the variable and the text of its value -----------------

UNBORN = "unborn"
GONE = "gone"
Contact = frozenset[tuple[str, str]] | str


def _values(state: Contact) -> dict[str, str] | None:
    return None if isinstance(state, str) else dict(state)


def having(values: Mapping[str, str | None]) -> Contact:
    """Return the state of a contact with these values."""
    return frozenset((name, text) for name, text in values.items() if text is not None)


def sets(values: Mapping[str, str | None]) -> Step:
    """Return a step that sets all of these values at once. None removes a value."""

    def step(state: Contact) -> Contact | None:
        before = _values(state)
        return None if before is None else having({**before, **values})

    return step


def upserts(values: Mapping[str, str | None]) -> Step:
    """Return a step that sets these values, and creates the contact if it does not exist."""
    return lambda state: having(values) if state == UNBORN else sets(values)(state)


def shows(values: Mapping[str, str]) -> Step:
    """Return a step of a read that returned exactly these values."""
    return lambda state: state if state == having(values) else None


def shows_some(values: Mapping[str, str], absent: Collection[str]) -> Step:
    """Return a step of a read that returned these values, and none of the absent ones."""

    def step(state: Contact) -> Contact | None:
        found = _values(state)
        if found is None or found.keys() & set(absent):
            return None
        return state if found.items() >= values.items() else None

    return step


def lacks(name: str) -> Step:
    """Return a step of a read without this value, whether the contact existed or not."""
    return lambda state: None if name in (_values(state) or {}) else state


def clears(names: Collection[str]) -> Step:
    """Return a step that removes these values and no others."""
    return sets(dict.fromkeys(names))


def deletes() -> Step:
    """Return a step that deletes the contact."""
    return lambda state: None if _values(state) is None else GONE


def is_missing() -> Step:
    """Return a step of a request that did not find the contact."""
    return lambda state: state if _values(state) is None else None


# ---- Which contact has an identifier: its UUID -------------------------------------------------

NOBODY = "nobody"


def leads_to(uuid: str) -> Step:
    """Return a step that changes the contact of the identifier, or creates it."""
    return lambda state: uuid if state in (uuid, NOBODY) else None


def leaves(uuid: str) -> Step:
    """Return a step that deletes this contact."""
    return lambda state: NOBODY if state == uuid else None


def leads_elsewhere(uuid: str) -> Step:
    """Return a step of a request that did not find this contact any more."""
    return lambda state: None if state == uuid else state


# ---- The definitions of an account -------------------------------------------------------------


class Entry(NamedTuple):
    """A definition: its name, and its id and external id as far as they are known."""

    name: str
    number: int | None = None
    external_id: str | None = None

    def is_meant(self, reference: int | str) -> bool:
        """Return whether an id or an external id may be that of this definition."""
        return reference in (self.number, self.external_id)

    def with_reference(self, reference: int | str) -> Entry | None:
        """Return the definition with an id or external id. None if it is known to have another."""
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
    """Return a step that creates a definition."""
    return lambda state: None if _named(state, entry.name) else state | {entry}


def name_is_taken(name: str) -> Step:
    """Return a step of a creation that was rejected because the name is taken."""
    return lambda state: state if _named(state, name) else None


def undefines(reference: int | str) -> Step:
    """Return a step that deletes a definition."""

    def step(state: Catalog) -> Catalog | None:
        entry = _meant(state, reference)
        return state - {entry} if entry else None

    return step


def is_defined(reference: int | str) -> Step:
    """Return a step of a request that found a definition by its id or external id."""
    return lambda state: state if _meant(state, reference) else None


def is_undefined(reference: int | str) -> Step:
    """Return a step of a request that did not find a definition by its id or external id."""
    return lambda state: None if _meant(state, reference) else state


def renames(reference: int | str, name: str) -> Step:
    """Return a step that gives a definition a name, which may be the one it had."""

    def step(state: Catalog) -> Catalog | None:
        entry, holder = _meant(state, reference), _named(state, name)
        if entry is None or holder not in (None, entry):
            return None
        return state - {entry} | {entry._replace(name=name)}

    return step


def lists(shown: Mapping[str, int | str], names: Collection[str]) -> Step:
    """Return a step of a list: of the definitions with these names, exactly those shown existed."""

    def step(state: Catalog) -> Catalog | None:
        found = {each for each in state if each.name in names}
        if {each.name for each in found} != shown.keys():
            return None
        known = {each.with_reference(shown[each.name]) for each in found}
        return None if None in known else state - found | known

    return step


def has_names(names: Collection[str]) -> Step:
    """Return a step of a request that found a definition for each of these names."""
    return lambda state: state if all(_named(state, name) for name in names) else None


def lacks_a_name(names: Collection[str]) -> Step:
    """Return a step of a request that found no definition for at least one of these names."""
    return lambda state: None if all(_named(state, name) for name in names) else state


def has_or_gets_name(name: str) -> Step:
    """Return a step that creates a definition of a name unless one exists."""
    return lambda state: state if _named(state, name) else state | {Entry(name)}
