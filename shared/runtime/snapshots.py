"""What a function renews when it starts from a snapshot of itself: Lambda's SnapStart.

Many environments start from one snapshot, so that whatever was drawn or opened before it is the
same in all of them. Ids, keys and tokens are drawn from the operating system, which AWS renews.
Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import os
import random
from collections.abc import Callable

_SNAP_START = "snap-start"


def renew_after_restore(drop_connections: Callable[[], object]) -> None:
    """Have connections opened and pauses drawn anew by every start from a snapshot.

    Where functions start in the ordinary way, it does nothing.
    """
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != _SNAP_START:
        return
    # It comes with Lambda's own runtime, and is of no use to other starts.
    from snapshot_restore_py import (  # type: ignore[import-untyped]  # noqa: PLC0415
        register_after_restore,
    )

    register_after_restore(drop_connections)
    register_after_restore(random.seed)
