"""Send increments from a process: `python -m tests.concurrency.incrementing`.

Reads a path, a key and a list of idempotency keys as JSON from standard input. Sends one increment
for each of them, where null means no key, and prints the statuses.
"""

import json
import sys

from botocore.config import Config

from shared.wiring import endpoints as wiring
from tests.api import Api


def main() -> None:
    """Send the increments."""
    path, key, idempotency_keys = json.load(sys.stdin)
    wiring.CLIENT_CONFIG = Config(read_timeout=30, retries={"total_max_attempts": 1})
    document = {"operations": [{"op": "increment", "variable": "visits"}]}
    statuses = []
    for each in idempotency_keys:
        headers = {} if each is None else {"Idempotency-Key": each}
        statuses.append(Api(key).call("POST", path, document, headers=headers).status)
    sys.stderr.write(json.dumps(statuses))


if __name__ == "__main__":
    main()
