"""`python -m local.demo_calls`: a curl line for the demo hook of each voice platform."""

import json
import shlex
import sys
from collections.abc import Iterator, Sequence

from local.command_line import CommandParser
from local.failure import LocalApiError
from local.first_load import DEMO_SEED
from local.ports import HOST
from shared.platforms.registry import NAMES
from shared.platforms.samples import sample_body

DEMO_CALLER = "+15550101"
"""The phone number of a contact of the demo data."""

DEFAULT_PORT = 3000


def call_lines(address: str, platforms: Sequence[str] = NAMES) -> Iterator[str]:
    """Return a shell command for each platform that calls its hook of the demo data.

    Args:
        address: The address of the API.
        platforms: The names of the platforms.
    """
    (account, *_) = json.loads(DEMO_SEED.read_bytes())["accounts"]
    tokens = {hook["platform"]: hook["token"] for hook in account["hooks"]}
    for platform in platforms:
        body = shlex.quote(sample_body(platform, DEMO_CALLER))
        yield f"curl -X POST {address}/h/{tokens[platform]} -d {body}"


def main(arguments: Sequence[str]) -> int:
    """Print the lines, and return the exit status."""
    parser = CommandParser(prog="python -m local.demo_calls", description=__doc__)
    parser.add_argument("platform", nargs="*", help=f"one or more of: {', '.join(NAMES)}")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the port of the API")
    try:
        given = parser.parse_args(arguments)
        if unknown := [each for each in given.platform if each not in NAMES]:
            parser.error(f"there is no platform {unknown[0]}")
    except LocalApiError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(call_lines(f"http://{HOST}:{given.port}", given.platform or NAMES)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
