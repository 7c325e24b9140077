"""One way to read a text, and another where that fails."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.domain.variables import Definition, Extracted, Extractor


class FallbackLog(Protocol):
    """Where a failure is reported to: its kind, and nothing of the text."""

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """A text was read in the other way."""


class FallbackExtractor:
    """Reads by `first`, and by `second` whenever that fails, in whatever way."""

    def __init__(self, first: Extractor, second: Extractor, log: FallbackLog) -> None:
        self._first = first
        self._second = second
        self._log = log

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """What the text says about the fields of these definitions."""
        try:
            return self._first.extract(text, definitions)
        except Exception as error:  # noqa: BLE001 - no request may fail because a note is not read
            self._log.fell_back({"error": type(error).__name__})
            return self._second.extract(text, definitions)
