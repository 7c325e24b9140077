"""Check what an agent declares against what a platform takes."""

from collections.abc import Iterable, Mapping, Sequence

from shared.domain.errors import Fault
from shared.domain.json_values import JsonValue
from shared.platforms.platform import Platform

MAX_SETTING_CHARS = 2000

_INVALID = "invalid_value"


def declaration_faults(
    platform: Platform, names: Sequence[str], settings: Mapping[str, JsonValue]
) -> list[Fault]:
    """Return what a platform would not take of an agent's declaration.

    Args:
        platform: The platform.
        names: The names of the declared variables, in their order.
        settings: The agent's settings for the platform.
    """
    return [*_name_faults(platform, names), *_setting_faults(platform, settings)]


def _name_faults(platform: Platform, names: Sequence[str]) -> Iterable[Fault]:
    for index, name in enumerate(names):
        reason = platform.values.name_fault(name)
        if reason:
            yield Fault(_INVALID, f"{platform.title}: {reason}", ("variables", index, "as"))
    most = platform.values.max_count
    if most is not None and len(names) > most:
        yield Fault(_INVALID, f"{platform.title} takes at most {most} variables", ("variables",))


def _setting_faults(platform: Platform, settings: Mapping[str, JsonValue]) -> Iterable[Fault]:
    known = {setting.name for setting in platform.settings}
    for name, value in settings.items():
        reason = _value_fault(value) if name in known else "the platform has no such setting"
        if reason:
            yield Fault(_INVALID, reason, ("settings", name))
    for setting in platform.settings:
        if setting.required and setting.name not in settings:
            yield Fault("missing_field", "the platform needs it", ("settings", setting.name))
    choices = {setting.choice for setting in platform.settings if setting.choice}
    for choice in sorted(choices):
        options = [setting.name for setting in platform.settings if setting.choice == choice]
        if len([name for name in options if name in settings]) != 1:
            reason = f"exactly one of {', '.join(options)} must be given"
            yield Fault(_INVALID, reason, ("settings",))


def _value_fault(value: JsonValue) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "it must be a text"
    if len(value) > MAX_SETTING_CHARS:
        return f"it is longer than {MAX_SETTING_CHARS} characters"
    return None
