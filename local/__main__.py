"""`python -m local`: the API on this machine."""

import signal
import sys


def _main() -> int:
    # Before anything has started, Ctrl-C exits without a message.
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from local.server import main  # noqa: PLC0415 - it takes most of a second

    signal.signal(signal.SIGINT, handler)
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
