"""Rules of agents that do not depend on what is stored."""

import re
from collections.abc import Iterator

from shared.domain.agents import AgentDraft, Origin
from shared.domain.definitions import ContextType
from shared.domain.errors import Fault
from shared.validation.message_templates import placeholders_of
from shared.validation.names import NAME_RULE, is_variable_name

MAX_AGENT_NAME_CHARS = 100
MAX_DECLARED_VARIABLES = 500
MAX_FALLBACK_CHARS = 500
MAX_FIRST_MESSAGE_CHARS = 2000
MAX_VOICE_CHARS = 200
MAX_SETTINGS_BYTES = 8192
MAX_SETTING_PLATFORMS = 50
MIN_DEADLINE_MS = 300
"""Building the response and its way to the client take 100 ms of it."""

MAX_DEADLINE_MS = 10_000

MAX_BATCH = 100
"""The most callers of one batch."""

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language tag. Source: RFC 5646, section 2.1, without extensions of one letter."""

MAX_LANGUAGE_CHARS = 35
"""Source: RFC 5646, section 4.4.1, the length that implementations must allow."""

RESERVED_NAMES = frozenset(
    {
        *("now", "date", "time", "month", "day", "year"),
        *("customer", "phoneNumber", "call", "transport"),
    }
)
"""Names that voice platforms set themselves."""

RESERVED_PREFIXES = ("system__", "secret__")
"""What names start with that voice platforms set or hide themselves."""

_DECLARED_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_BUSINESS = "business."


def origin_of(text: str) -> Origin | None:
    """Parse the variable that a declared one is, such as `level` or `business.support_hours`.

    Returns None if it is no name.
    """
    is_business = text.startswith(_BUSINESS)
    name = text.removeprefix(_BUSINESS)
    if not is_variable_name(name):
        return None
    return Origin(ContextType.BUSINESS if is_business else ContextType.CONTACT, name)


def to_text(origin: Origin) -> str:
    """Return the text that `origin_of` parses."""
    prefix = _BUSINESS if origin.context_type is ContextType.BUSINESS else ""
    return f"{prefix}{origin.variable}"


def origin_fault(text: str) -> str | None:
    """Return why a text names no variable, or None."""
    if origin_of(text) is None:
        return f"it must be the name of a variable, after {_BUSINESS} for the business; {NAME_RULE}"
    return None


def declaration_faults(draft: AgentDraft) -> Iterator[Fault]:
    """Find names that agents cannot have, and placeholders of variables that are not declared."""
    seen: set[str] = set()
    for number, each in enumerate(draft.variables):
        reason = _name_fault(each.name, seen)
        if reason:
            # Without `as`, a variable has the name of its origin.
            member = "from" if each.name == each.origin.variable else "as"
            yield Fault("invalid_value", reason, ("variables", number, member))
        seen.add(each.name)
    if draft.purpose is not None:
        # A variable that the message names may be defined later.
        return
    for name in dict.fromkeys(placeholders_of(draft.first_message or "")):
        if name not in seen:
            yield Fault("invalid_value", f"it declares no variable '{name}'", ("first_message",))


def is_declarable(name: str) -> bool:
    """Return whether an agent can declare a name."""
    return _name_fault(name, set()) is None


def _name_fault(name: str, seen: set[str]) -> str | None:
    if not _DECLARED_NAME.fullmatch(name):
        return "the name must be letters, digits and underscores of ASCII, and start with a letter"
    if name in RESERVED_NAMES or name.startswith(RESERVED_PREFIXES):
        return f"'{name}' is reserved by voice platforms"
    if name in seen:
        return f"'{name}' is declared twice"
    return None
