"""The results of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.cold_start import ColdStart
from benchmarks.contention import Contention
from benchmarks.growth import Growth
from benchmarks.scenario import Cost, Scenario
from benchmarks.warm import WarmRequest


@dataclass(frozen=True)
class Results:
    """The results in the report. `engine` is the engine of the counts."""

    engine: str
    costs: Mapping[Scenario, Cost]
    growth: Sequence[Growth]
    contention: Sequence[Contention]
    cold_start: ColdStart
    warm: Sequence[WarmRequest]
