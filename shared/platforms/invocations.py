"""Platforms that invoke a function in place of calling a URL."""

from typing import Any, Self

from shared.domain.calls import NOTHING
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
from shared.platforms.documents import json_document, value_at
from shared.platforms.platform import HookRequest, Platform
from shared.platforms.registry import find

RESERVE_MS = 500
"""What is left of a platform's wait for the start of a function and the way back."""

_NO_WAIT_MS = 30_000


@dataclass(frozen=True, slots=True)
class InvokingPlatform:
    """A platform whose events have the token of a hook among their parameters."""

    platform: Platform

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the platform of a name."""
        return cls(find(name))

    @property
    def name(self) -> str:
        """The name of the platform."""
        return self.platform.name

    @property
    def latest_ms(self) -> int:
        """The most milliseconds that an answer may take, whatever its agent says."""
        return (self.platform.budget_ms or _NO_WAIT_MS) - RESERVE_MS

    def token_in(self, event: Any) -> str:
        """Return the token of the hook, empty if the event has none."""
        found = (value_at(event, *place) for place in self.platform.token_places)
        return next((each for each in found if isinstance(each, str) and each), "")

    def answer_nothing(self, body: str) -> JsonObject:
        """Return the answer to an event that belongs to no hook, as JSON."""
        request = HookRequest("POST", "", {}, {}, body.encode())
        response = self.platform.answer(self.platform.read(request), NOTHING)
        return json_document(response.body)
