"""All scenarios in the order of the report."""

from benchmarks.scenario import Scenario
from benchmarks.scenarios import (
    chatcaptain,
    klen,
    native,
    native_agents,
    native_definitions,
    setter,
    vambe,
)

APIS = {
    "klen": "Klen AI",
    "chatcaptain": "ChatCaptain",
    "setter": "Setter AI",
    "vambe": "Vambe",
    "native": "Contact Context",
    "hooks": "voice platforms",
}
"""The name of each dialect in the report, in order."""

SCENARIOS: tuple[Scenario, ...] = (
    *klen.SCENARIOS,
    *chatcaptain.SCENARIOS,
    *setter.SCENARIOS,
    *vambe.SCENARIOS,
    *native.SCENARIOS,
    *native_agents.SCENARIOS,
    *native_definitions.SCENARIOS,
)
"""Every scenario."""
