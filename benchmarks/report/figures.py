"""Draw the figures of the page as SVG, with deterministic output."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from benchmarks.cold_start import BARE, BASELINES, ColdStart, Variant
from benchmarks.contention import Contention, Meeting
from benchmarks.growth import Growth
from benchmarks.report.tables import request_title, title
from benchmarks.report.targets import MAX_RATIO_BY_HAND, MAX_RATIO_COMPILED
from benchmarks.results import Results
from benchmarks.warm import BY_HAND, WarmRequest

_OURS, _OTHERS, _LIMIT = "#2563a8", "#9aa5b1", "#b3261e"
_SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "contact-context",
    # Keep text as text, so that it is searchable.
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e7eb",
    "axes.axisbelow": True,
}
_BAR_INCHES = 0.22


def write_figures(results: Results, folder: Path) -> None:
    """Write the figures of the page."""
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(_SETTINGS):
        figures = {
            "cold-start": _cold_start(results.cold_start),
            "warm": _warm(results.warm),
            "growth": _growth(results.growth),
            "contention": _contention(results.contention),
        }
        for name, figure in figures.items():
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})


def _cold_start(cold_start: ColdStart) -> Figure:
    functions = sorted(cold_start.functions, key=lambda each: cold_start.ratio(each, to=BARE))
    variants: list[Variant] = [*BASELINES, *functions]
    figure, axes = _bars(
        [title(each).replace("`", "") for each in variants],
        [cold_start.ratio(each, to=BARE) for each in variants],
        [cold_start.ratio_quartiles(each, to=BARE) for each in variants],
        [_OTHERS] * len(BASELINES) + [_OURS] * len(functions),
    )
    axes.axvline(MAX_RATIO_COMPILED, color=_LIMIT, linewidth=1)
    axes.set_xlabel("from process to first answer, by the bare handler, compiled; quartiles")
    return figure


def _warm(warm: Sequence[WarmRequest]) -> Figure:
    figure, axes = _bars(
        [request_title(each.name) for each in warm],
        [each.ratio(to=BY_HAND) for each in warm],
        [each.ratio_quartiles(to=BY_HAND) for each in warm],
        [_OURS] * len(warm),
    )
    axes.axvline(MAX_RATIO_BY_HAND, color=_LIMIT, linewidth=1)
    axes.set_xlabel("CPU of a warm request, by that of the same calls by hand; quartiles")
    return figure


def _bars(
    names: Sequence[str],
    ratios: Sequence[float],
    quartiles: Sequence[tuple[float, float]],
    colors: Sequence[str],
) -> tuple[Figure, Any]:
    figure = Figure(figsize=(8, 1 + _BAR_INCHES * len(names)), layout="constrained")
    axes = figure.subplots()
    below = [max(0.0, ratio - first) for ratio, (first, _) in zip(ratios, quartiles, strict=True)]
    above = [max(0.0, third - ratio) for ratio, (_, third) in zip(ratios, quartiles, strict=True)]
    error = {"ecolor": "#3c4753", "elinewidth": 0.8, "capsize": 2}
    axes.barh(range(len(names)), ratios, color=colors, xerr=(below, above), error_kw=error)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    return figure, axes


def _growth(growths: Sequence[Growth]) -> Figure:
    figure = Figure(figsize=(9, 6.5), layout="constrained")
    for axes, growth in zip(figure.subplots(2, 2).flat, growths, strict=True):
        for name, costs in growth.costs.items():
            sizes = sorted(costs)
            units = [costs[size].read_units + costs[size].write_units for size in sizes]
            axes.plot(sizes, units, marker="o", markersize=3, label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
            axis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(growth.grows)
        axes.set_ylabel("units of a request")
        axes.legend(fontsize=7, frameon=False)
    return figure


def _contention(contentions: Sequence[Contention]) -> Figure:
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    for meeting in Meeting:
        those = [each for each in contentions if each.meeting is meeting]
        calls = [each.calls_for_each for each in those]
        axes.plot([each.writers for each in those], calls, marker="o", label=meeting.value)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("writers at once")
    axes.set_ylabel("calls of DynamoDB\nfor each request")
    axes.legend(frameon=False)
    return figure
