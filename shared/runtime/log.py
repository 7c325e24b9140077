"""The logger, made once for a function."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

_SERVER_ERROR = 500


class PowertoolsLog:
    """The port `Log` over the Powertools logger."""

    def __init__(self) -> None:
        self._logger = Logger()

    def responded(self, facts: Mapping[str, Any]) -> None:
        """One line for an answer: a warning when it is a server error."""
        if facts["status"] >= _SERVER_ERROR:
            self._logger.warning("answered", extra=dict(facts))
            return
        self._logger.info("answered", extra=dict(facts))

    def failed(self, facts: Mapping[str, Any]) -> None:
        """One line for a failure, with the place and without the message."""
        self._logger.error("failed", extra=dict(facts))

    def processed(self, facts: Mapping[str, Any]) -> None:
        """One line for a message that was taken."""
        self._logger.info("taken", extra=dict(facts))

    def rejected(self, facts: Mapping[str, Any]) -> None:
        """One line for a message that was refused, with its kind and the member it is about."""
        self._logger.warning("refused", extra=dict(facts))

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """One line for a text that no model has read."""
        self._logger.warning("fell back", extra=dict(facts))
