"""The scenarios of definitions in the native API."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, prepares
from benchmarks.stage import Stage

_Scenario = partial(Scenario, "native")

_TIER = {"name": "tier", "type": "select", "options": ["Bronze", "Silver", "Gold", "Platinum"]}


@prepares
def _listed(stage: Stage, count: int) -> Call:
    """Prepare a request for the first page of this many definitions."""
    stage.define(count)
    return Call("GET", "/v1/definitions")


@prepares
def _of_one(
    stage: Stage, method: str, document: Mapping[str, Any] | None = None, action: str = ""
) -> Call:
    """Prepare a request for one of ten definitions."""
    defined = stage.define(10)[0]
    return Call(method, f"/v1/definitions/{defined.external_id}{action}", document)


@prepares
def _restoration(stage: Stage) -> Call:
    """Prepare a request to restore one of ten definitions."""
    defined = stage.define(10)[0]
    stage.archive(defined)
    return Call("POST", f"/v1/definitions/{defined.external_id}/restore")


def _unknown_names(stage: Stage) -> Call:
    stage.define(100)
    stage.note_unknown_names(50)
    return Call("GET", "/v1/definitions/unknown-names")


def _creation(stage: Stage) -> Call:
    stage.define(10)
    return Call("POST", "/v1/definitions", _TIER)


SCENARIOS = (
    _Scenario("Create a definition", "one", _creation),
    _Scenario("List definitions", "10", _listed(10)),
    _Scenario("List definitions", "50 of 1,000", _listed(1000)),
    _Scenario("List unknown names", "50, 100 definitions", _unknown_names),
    _Scenario("Get a definition", "one", _of_one("GET")),
    _Scenario("Change a definition", "one", _of_one("PATCH", {"description": "Another"})),
    _Scenario("Change a definition", "its name", _of_one("PATCH", {"name": "another"})),
    _Scenario("Delete a definition", "one", _of_one("DELETE")),
    _Scenario("Archive a definition", "one", _of_one("POST", action="/archive")),
    _Scenario("Restore a definition", "one", _restoration()),
)
"""Scenarios of definitions."""
