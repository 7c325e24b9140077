"""What may be shipped, and loaded at a start; what is beyond it fails until it is raised here.

Raise a budget in the commit that needs it, and say in its message why it is worth the start.
Counted are the modules of the layer and of the function's folder; the standard library's are not,
since Python's patch releases differ in them.
"""

from typing import NamedTuple

LIBRARY_BYTES = 29_000_000
"""Of the packages in the layer, compiled, for both processors."""

OWN_BYTES = 4_600_000
"""Of the package `shared` in the layer, compiled."""


class Modules(NamedTuple):
    """The most modules that a function may load when it starts."""

    without_body: int
    """Where every route is a GET or a DELETE."""

    with_body: int
    """Where pydantic reads a body, or nobody knows what an event brings."""


MODULES = {
    "chatcaptain": Modules(271, 277),
    "docs": Modules(74, 74),
    "klen": Modules(273, 277),
    "hooks": Modules(0, 303),
    # An import's template and its addresses read definitions, and all of the service's limits.
    "native": Modules(310, 318),
    "setter": Modules(0, 275),
    "triggers": Modules(0, 307),
    # Webhooks are presented by the models that read them.
    "vambe": Modules(279, 285),
}
"""By folder of functions."""
