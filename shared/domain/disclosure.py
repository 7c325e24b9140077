"""What a value is disclosed for, and to whom."""

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
        order = tuple(Sensitivity)
        return order.index(other) <= order.index(self)
