"""Find the one contact that several identifiers stand for."""

from collections.abc import Sequence
from dataclasses import field

from shared.domain.accounts import Caller
from shared.domain.contacts import Claim, Contact, Contacts, Identifier, IdentifierKind
from shared.domain.errors import ContactNotFound, SeveralContacts
from shared.domain.records import dataclass


@dataclass(slots=True)
class Candidates:
    """The contacts that have one of several identifiers.

    Attributes:
        contacts: Those that the caller sees, by id.
        kinds: The kinds of identifiers by which they were found.
        claims: Claims on the identifiers that no contact has, which prevent a concurrent creation.
        hidden: The kind of the first identifier whose contacts are all hidden from the caller.

    """

    contacts: dict[int, Contact] = field(default_factory=dict)
    kinds: list[IdentifierKind] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    hidden: IdentifierKind | None = None

    @property
    def only(self) -> Contact | None:
        """The only candidate, None without any; raises SeveralContacts."""
        if len(self.contacts) > 1:
            raise SeveralContacts(" or ".join(self.kinds), sorted(self.contacts))
        return next(iter(self.contacts.values()), None)


def find_candidates(
    contacts: Contacts, caller: Caller, identifiers: Sequence[Identifier]
) -> Candidates:
    """Find all contacts that have one of the identifiers. Strongly consistent."""
    candidates = Candidates()
    for identifier in identifiers:
        lookup = contacts.find_by_identifier(caller.account_id, identifier)
        visible = {each.contact_id: each for each in lookup.contacts if caller.sees(each)}
        candidates.contacts |= visible
        if visible:
            candidates.kinds.append(identifier.kind)
        elif lookup.contacts:
            candidates.hidden = candidates.hidden or identifier.kind
        else:
            candidates.claims.append(Claim(identifier, lookup.claimed_by))
    return candidates


def find_only_contact(
    contacts: Contacts, caller: Caller, identifiers: Sequence[Identifier]
) -> Contact:
    """Return the visible contact that has one of the identifiers.

    Raises:
        ContactNotFound: There is none.
        SeveralContacts: There are several. Has their ids.

    """
    found = find_candidates(contacts, caller, identifiers).only
    if found is None:
        raise ContactNotFound("")
    return found
