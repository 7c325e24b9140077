"""One call to an endpoint in a process of its own, which may be killed in the middle of it.

Run as `python -m tests.faults.killed_call`, with the method, the path, the key and the body as
JSON on standard input; what it answers does not matter.
"""

import json
import sys

from tests.api import Api


def main() -> None:
    """Make the call."""
    method, path, key, document = json.load(sys.stdin)
    Api(key).call(method, path, document, headers={"x-chatcaptain-key": key})


if __name__ == "__main__":
    main()
