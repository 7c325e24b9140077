"""Garbage collection during the start of a function.

Imported modules stay in memory, so collecting while they are imported frees nothing and takes a
tenth of the start. The wiring imports this module before botocore and Powertools. Collection is
enabled again before the clients are created, so that their garbage is collected.
"""

import gc

gc.disable()


def end_startup() -> None:
    """Freeze the objects created at import and enable garbage collection."""
    gc.freeze()
    gc.enable()
