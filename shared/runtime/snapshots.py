"""Support for Lambda SnapStart, which `make build SNAP_START=1` enables.

Many environments start from one snapshot and share the random state and the connections that were
created before it. Ids, keys and tokens use the operating system's generator, which Lambda reseeds.

Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import os
import random
from collections.abc import Callable

_SNAP_START = "snap-start"


def renew_after_restore(drop_connections: Callable[[], object]) -> None:
    """Drop connections and reseed random pauses whenever a snapshot is restored.

    Does nothing if the function does not use SnapStart.
    """
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != _SNAP_START:
        return
    # Part of Lambda's managed runtime, and absent elsewhere.
    from snapshot_restore_py import (  # type: ignore[import-untyped]  # noqa: PLC0415
        register_after_restore,
    )

    register_after_restore(drop_connections)
    register_after_restore(random.seed)
