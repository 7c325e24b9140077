"""Requests to the bus and to the queue of deliveries: their sizes, their order, and failures."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from shared.adapters.delivery_queue import SqsDeliveryQueue
from shared.adapters.event_bus import EventBus
from shared.domain.accounts import Attribution
from shared.domain.changes import ActivityEntry, Event, EventType, VariableChange
from shared.domain.definitions import VariableType
from shared.domain.deliveries import DeliveryTask
from shared.domain.errors import Unavailable
from shared.validation.bus_events import MAX_DETAIL_BYTES

AT = datetime(2026, 11, 22, 5, tzinfo=UTC)


class Service:
    """A client of either service, which records requests and returns the responses of a test."""

    def __init__(self, outcome: dict[str, Any] | Exception) -> None:
        self.requests: list[list[Any]] = []
        self._outcome = outcome

    def put_events(self, **request: Any) -> Any:
        self.requests.append(request["Entries"])
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return {"FailedEntryCount": 0, **self._outcome}

    send_message_batch = put_events


def event(number: int, size: int) -> Event:
    change = VariableChange(0, "notes", VariableType.TEXT, None, "x" * size)
    by = Attribution(AT)
    entries = (ActivityEntry(number + 1, change, by, (1, 1)),)
    return Event(f"evt_{number}", EventType.CONTEXT_UPDATED, "acme", 7, by, entries)


def publish(service: Service, *sizes: int) -> None:
    EventBus(service, "a-bus").publish([event(*each) for each in enumerate(sizes)])


def order(service: Service, *sizes: int) -> None:
    tasks = [
        DeliveryTask("acme", f"wh_{number}", "evt_1", AT, {"text": "x" * size})
        for number, size in enumerate(sizes)
    ]
    SqsDeliveryQueue(service, "a-queue").send(tasks)


@pytest.mark.parametrize(
    ("send", "sizes", "counts"),
    [
        (publish, [], []),
        (publish, [1] * 10, [10]),
        (publish, [1] * 21, [10, 10, 1]),
        # Two of the largest are more than a request may have; an event is never split.
        (publish, [1, 190_000, 190_000, 1], [2, 2]),
        (publish, [MAX_DETAIL_BYTES - 1000] * 3, [1, 1, 1]),
        (order, [], []),
        (order, [1] * 11, [10, 1]),
        (order, [1, 250_000, 250_000, 1], [2, 2]),
    ],
)
def test_everything_is_sent_in_few_requests_and_in_order(
    send: Callable[..., None], sizes: list[int], counts: list[int]
):
    service = Service({})
    send(service, *sizes)
    assert [len(each) for each in service.requests] == counts
    sent = [
        each.get("MessageGroupId") or each["Detail"] for part in service.requests for each in part
    ]
    assert len(sent) == len(sizes)
    names = [f"wh_{number}" if send is order else f"evt_{number}" for number in range(len(sizes))]
    assert all(name in each for name, each in zip(names, sent, strict=True))


@pytest.mark.parametrize(
    "outcome",
    [
        ClientError({"Error": {"Code": "InternalFailure"}}, "Any"),
        EndpointConnectionError(endpoint_url="https://events.example.com"),
        {"FailedEntryCount": 1, "Failed": [{"Id": "0", "Code": "InternalError"}]},
    ],
)
@pytest.mark.parametrize("send", [publish, order])
def test_what_is_not_taken_is_not_available(
    send: Callable[..., None], outcome: dict[str, Any] | Exception
):
    service = Service(outcome)
    with pytest.raises(Unavailable):
        send(service, *[1] * 11)
    # Nothing is sent after a failure, because everything is sent again.
    assert len(service.requests) == 1
