"""What a value is disclosed for, and to whom."""

from collections.abc import Set as AbstractSet
from enum import StrEnum


class Purpose(StrEnum):
    """What a reader uses values for."""

    PROMPT = "prompt"
    TOOL = "tool"
    HUMAN = "human"
    WEBHOOK = "webhook"
    EXPORT = "export"


EVERY_PURPOSE = frozenset(Purpose)


class Sensitivity(StrEnum):
    """How sensitive the values of a variable are, in ascending order."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"

    def allows(self, other: "Sensitivity") -> bool:
        """Return whether a reader who is cleared for this sensitivity may read the other."""
        return _SENSITIVITY_RANKS[other] <= _SENSITIVITY_RANKS[self]


# Iterating over an enumeration takes ten calls, and a resolve compares every variable.
_SENSITIVITY_RANKS = {each: rank for rank, each in enumerate(Sensitivity)}


class Withheld(StrEnum):
    """Why a reader gets the name and the state of a variable, and not its value."""

    PURPOSE = "purpose"
    SENSITIVITY = "sensitivity"
    EXPIRED = "expired"
    """In activity, events and webhooks alone: elsewhere an expired value is no value."""
    NOT_LOGGED = "not_logged"
    """In webhooks of the account alone: the activity log does not have the change any more, so it
    is not known whose value it is."""


def reason_to_withhold(
    sensitivity: Sensitivity,
    purposes: AbstractSet[Purpose],
    purpose: Purpose | None,
    clearance: Sensitivity,
) -> Withheld | None:
    """Return why a value is withheld from a reader, or None if the reader gets it.

    Args:
        sensitivity: How sensitive the value is.
        purposes: What the value may be read for.
        purpose: What the reader reads for. None for every purpose.
        clearance: The most sensitive values that the reader gets.
    """
    if purpose is not None and purpose not in purposes:
        return Withheld.PURPOSE
    if not clearance.allows(sensitivity):
        return Withheld.SENSITIVITY
    return None


class Assurance(StrEnum):
    """How sure it is that a caller is the contact of its phone number, weakest first."""

    NONE = "none"
    NUMBER_MATCH = "number_match"
    ATTESTED = "attested"
    OTP = "otp"
    AUTHENTICATED = "authenticated"

    @property
    def rank(self) -> int:
        """The place in the order, 0 for the weakest."""
        return _ASSURANCE_RANKS[self]


_ASSURANCE_RANKS = {each: rank for rank, each in enumerate(Assurance)}
