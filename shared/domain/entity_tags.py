"""Entity tags of what a caller reads, and conditions on them.

A tag is `<version>.<digest>`: the version changes with every write, the digest with everything
that this caller sees. A condition compares versions only.

Source: RFC 9110, "HTTP Semantics", sections 8.8.3 and 13.1.1.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import NamedTuple

from shared.domain.contacts import Contact, ContactDraft
from shared.domain.records import dataclass
from shared.domain.values import StoredValue

_DIGEST_CHARS = 16


class EntityTag(NamedTuple):
    """A strong entity tag."""

    version: str
    digest: str

    def __str__(self) -> str:
        return f'"{self.version}.{self.digest}"'


@dataclass(frozen=True, slots=True)
class VersionCondition:
    """A condition that a resource still has one of several versions.

    Attributes:
        versions: The versions of which one must be current. None for any version.
    """

    versions: frozenset[str] | None

    def holds_for(self, version: str | None) -> bool:
        """Return whether the current version meets the condition. None if nothing is stored."""
        if version is None:
            return False
        return self.versions is None or version in self.versions


def version_of_all(values: Iterable[StoredValue]) -> str:
    """Return a version of several values, which changes with the version of each of them."""
    return digest_of(f"{each.slot}:{each.version}" for each in values)


def digest_of(parts: Iterable[object]) -> str:
    """Return a short digest of texts, numbers and other parts in their order."""
    text = "\n".join(repr(part) for part in parts)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_CHARS]


def tag_of(value: StoredValue) -> EntityTag:
    """Return the entity tag of one value."""
    return EntityTag(value.version, digest_of(shown_parts(value)))


def tag_of_contact(contact: Contact) -> EntityTag:
    """Return the entity tag of a contact, of which a caller sees all fields or none.

    The version stands for the times of its creation and of its last change.
    """
    shown = ((spec.name, getattr(contact, spec.name)) for spec in fields(ContactDraft))
    # Storage does not keep the order of members.
    parts = ((name, sorted(x.items()) if isinstance(x, Mapping) else x) for name, x in shown)
    return EntityTag(str(contact.version), digest_of((contact.contact_id, *parts)))


def shown_parts(value: StoredValue) -> tuple[object, ...]:
    """Return everything of a value that a caller sees."""
    return (
        *(value.name, value.value, value.variable_type.value, value.version),
        *(value.source.value, value.set_by, value.confidence, value.has_evidence),
    )
