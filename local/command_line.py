"""How every command of `local` reads its command line."""

import argparse
from typing import NoReturn

from local.failure import LocalApiError


class CommandParser(argparse.ArgumentParser):
    """A parser of command lines that refuses with one sentence.

    Raises:
        LocalApiError: where argparse would end the process.

    """

    def error(self, message: str) -> NoReturn:
        """Refuse a command line."""
        raise LocalApiError(f"{message[0].upper()}{message[1:]}.")
