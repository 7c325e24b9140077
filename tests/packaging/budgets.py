"""Budgets of the size of the layer, and of the modules that a function loads at its start.

Raise a budget in the commit that needs it, and give the reason in its message. The budgets count
modules of the layer and of the folder of the function. They do not count the standard library,
because it differs between patch releases of Python.
"""

from typing import NamedTuple

LIBRARY_BYTES = 29_000_000
"""The size of the packages in the layer, compiled, for both processors."""

OWN_BYTES = 4_650_000
"""The size of the package `shared` in the layer, compiled."""


class Modules(NamedTuple):
    """The most modules that a function may load when it starts."""

    without_body: int
    """For functions whose routes are all GET or DELETE."""

    with_body: int
    """For functions that parse a body with pydantic, and for triggers."""


MODULES = {
    "chatcaptain": Modules(271, 277),
    "docs": Modules(74, 74),
    "klen": Modules(273, 277),
    "hooks": Modules(0, 303),
    # An import's template and its addresses read definitions, and all of the service's limits.
    "native": Modules(310, 318),
    "setter": Modules(0, 275),
    "triggers": Modules(0, 307),
    # The responses of webhooks use the models of their requests.
    "vambe": Modules(279, 285),
}
"""The budgets by folder of functions."""
