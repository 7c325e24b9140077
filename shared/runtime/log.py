"""Structured logging with Powertools."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

_SERVER_ERROR = 500


class PowertoolsLog:
    """Implements the protocols `Log` of endpoints and of triggers with the Powertools logger."""

    def __init__(self) -> None:
        self._logger = Logger()

    def responded(self, facts: Mapping[str, Any]) -> None:
        """Log a response: as a warning if it is a server error, else as info."""
        if facts["status"] >= _SERVER_ERROR:
            self._logger.warning("answered", extra=dict(facts))
            return
        self._logger.info("answered", extra=dict(facts))

    def failed(self, facts: Mapping[str, Any]) -> None:
        """Log an unexpected exception by its location. Messages could contain values."""
        self._logger.error("failed", extra=dict(facts))

    def processed(self, facts: Mapping[str, Any]) -> None:
        """Log a message that was processed."""
        self._logger.info("taken", extra=dict(facts))

    def rejected(self, facts: Mapping[str, Any]) -> None:
        """Log a message that was rejected, with the error and the member it is about."""
        self._logger.warning("refused", extra=dict(facts))

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """Log that something was done in another way, because the first one failed."""
        self._logger.warning("fell back", extra=dict(facts))
