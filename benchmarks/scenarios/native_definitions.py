"""The scenarios of definitions in the native API."""

from benchmarks.scenario import definitions, on, scenarios
from benchmarks.stage import MANY, Stage

_TIER = {"name": "tier", "type": "select", "options": ["Bronze", "Silver", "Gold", "Platinum"]}


def _definition(stage: Stage) -> str | None:
    """Add ten definitions, and return the id of one."""
    return stage.define(10)[0].external_id


def _archived(stage: Stage) -> str | None:
    """Add ten definitions, archive one and return its id."""
    defined = stage.define(10)[0]
    stage.archive(defined)
    return defined.external_id


def _unknown_names(stage: Stage) -> None:
    stage.define(100)
    stage.note_unknown_names(50)


_definitions = on(definitions(10), "/v1/definitions")
_one = on(_definition, "/v1/definitions/{}")

SCENARIOS = scenarios(
    "native",
    {
        "Create a definition: one": _definitions("POST", document=_TIER),
        "List definitions": {
            "10": _definitions("GET"),
            "50 of 1,000": on(definitions(MANY))("GET", "/v1/definitions"),
        },
        "List unknown names: 50, 100 definitions": on(_unknown_names)(
            "GET", "/v1/definitions/unknown-names"
        ),
        "Get a definition: one": _one("GET"),
        "Change a definition": {
            "one": _one("PATCH", document={"description": "Another"}),
            "its name": _one("PATCH", document={"name": "another"}),
        },
        "Delete a definition: one": _one("DELETE"),
        "Archive a definition: one": _one("POST", "/archive"),
        "Restore a definition: one": on(_archived)("POST", "/v1/definitions/{}/restore"),
    },
)
"""All scenarios in the order of the report."""
