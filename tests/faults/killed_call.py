"""Call an endpoint in a process of its own, which a test may kill in the middle of the call.

Run as `python -m tests.faults.killed_call`, with the method, the path, the key, the body and
optional headers as JSON on standard input. The response is ignored.
"""

import json
import sys

from tests.api import Api


def main() -> None:
    """Make the call."""
    method, path, key, document, *more = json.load(sys.stdin)
    headers = {"x-chatcaptain-key": key, **(more[0] if more else {})}
    Api(key).call(method, path, document, headers=headers)


if __name__ == "__main__":
    main()
