"""`python -m local`: the API on this machine."""

import sys

from local.server import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
