"""All that is measured, in the order in which the report shows it."""

from benchmarks.scenario import Scenario
from benchmarks.scenarios import chatcaptain, klen, native, setter, vambe

APIS = {
    "klen": "Klen AI",
    "chatcaptain": "ChatCaptain",
    "setter": "Setter AI",
    "vambe": "Vambe",
    "native": "Contact Context",
}
"""What the report calls each dialect, in its order."""

SCENARIOS: tuple[Scenario, ...] = (
    *klen.SCENARIOS,
    *chatcaptain.SCENARIOS,
    *setter.SCENARIOS,
    *vambe.SCENARIOS,
    *native.SCENARIOS,
)
"""Every scenario."""
