"""The command-line parser of all commands of `local`."""

import argparse
from typing import NoReturn

from local.failure import LocalApiError


class CommandParser(argparse.ArgumentParser):
    """An argument parser that raises one sentence instead of exiting.

    Raises:
        LocalApiError: The command line is not valid.
    """

    def error(self, message: str) -> NoReturn:
        """Raise the message of argparse."""
        raise LocalApiError(f"{message[0].upper()}{message[1:]}.")
