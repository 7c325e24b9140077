"""Extract fields with one extractor, and with another one if the first fails."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.domain.definitions import Definition
from shared.domain.values import Extracted, Extractor


class FallbackLog(Protocol):
    """Logs failures of the first extractor, without the text."""

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """Log that the second extractor was used."""


class FallbackExtractor:
    """Uses the first extractor, and the second one if the first raises any error."""

    def __init__(self, first: Extractor, second: Extractor, log: FallbackLog) -> None:
        self._first = first
        self._second = second
        self._log = log

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """Extract the fields of these definitions that the text states."""
        try:
            return self._first.extract(text, definitions)
        except Exception as error:  # noqa: BLE001 - extraction must not fail the request
            self._log.fell_back({"error": type(error).__name__})
            return self._second.extract(text, definitions)
