"""The voice platforms by name. A function loads only the module of its own platform."""

from functools import cache
from importlib import import_module

from shared.platforms.platform import Platform

NAMES = (
    "retell",
    "elevenlabs",
    "vapi",
    "telnyx",
    "twilio",
    "bland",
    "synthflow",
    "fish_audio",
    "vogent",
    "dialogflow_cx",
    "openai",
    "amazon_connect",
    "lex_v2",
    "flat",
)
"""The names of all platforms, in the order of the docs."""


@cache
def find(name: str) -> Platform:
    """Return the platform of a name.

    Raises:
        KeyError: There is no such platform.
    """
    if name not in NAMES:
        raise KeyError(name)
    platform: Platform = import_module(f"shared.platforms.{name}").PLATFORM
    return platform
