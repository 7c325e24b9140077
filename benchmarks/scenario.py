"""A scenario: one request of an endpoint, on data that was prepared for it, and what it costs."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.client import Answer, Call, Client
from benchmarks.recorder import RecordedRequest, Recorder
from benchmarks.stage import Stage


@dataclass(frozen=True)
class Scenario:
    """A request of a kind, on data of a kind.

    `prepare` fills an account and says what to request in it.
    """

    dialect: str
    group: str
    title: str
    prepare: Callable[[Stage], Call]
    requests_per_minute: int | None = None

    @property
    def name(self) -> str:
        """What tells it from every other scenario of its dialect."""
        return f"{self.group}: {self.title}"


@dataclass(frozen=True)
class Cost:
    """What one request of an endpoint asked of DynamoDB."""

    requests: tuple[RecordedRequest, ...]

    @property
    def for_key(self) -> "Cost":
        """The part that found the API key, and counted the request if the key is limited."""
        return Cost(tuple(each for each in self.requests if each.is_about_key))

    @property
    def after_key(self) -> "Cost":
        """The part that came after the key was known."""
        return Cost(tuple(each for each in self.requests if not each.is_about_key))

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in order."""
        return tuple(each.operation for each in self.requests)

    @property
    def read_units(self) -> float:
        """Read units of all requests."""
        return sum(each.read_units for each in self.requests)

    @property
    def write_units(self) -> int:
        """Write units of all requests, indexes included."""
        return sum(each.write_units for each in self.requests)


class UnexpectedAnswer(Exception):
    """A request that was to succeed was refused, so its cost means nothing."""


def measure(scenario: Scenario, stage: Stage, client: Client, recorder: Recorder) -> Cost:
    """What the request of a scenario costs in an empty account.

    Raises UnexpectedAnswer unless the endpoint answers with success.
    """
    call, api_key = prepared(scenario, stage)
    return cost_of(call, api_key, client, recorder)


def cost_of(call: Call, api_key: str, client: Client, recorder: Recorder) -> Cost:
    """What a request costs; raises UnexpectedAnswer unless it succeeds."""
    recorder.requests.clear()
    responded(call, client.send(call, api_key))
    return Cost(tuple(recorder.requests))


def prepared(scenario: Scenario, stage: Stage) -> tuple[Call, str]:
    """The request of a scenario and the key it comes with, once an empty account is filled."""
    api_key = stage.add_key(scenario.requests_per_minute)
    stage.add_account()
    return scenario.prepare(stage), api_key


def responded(call: Call, answer: Answer) -> Answer:
    """The answer to a request; raises UnexpectedAnswer unless it is a success."""
    if _is_refusal(answer):
        raise UnexpectedAnswer(f"{call.method} {call.path}: {answer.status} {answer.body}")
    return answer


def _is_refusal(answer: Answer) -> bool:
    # One API tells an error in place of what was asked for, with the status of a success.
    if not 200 <= answer.status < 300:
        return True
    # A file comes as it is, and is no refusal.
    if not answer.body.startswith(("{", "[")):
        return False
    document = json.loads(answer.body)
    return isinstance(document, dict) and "error" in document
