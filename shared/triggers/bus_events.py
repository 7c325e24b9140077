"""Parse events that an EventBridge rule forwards to a queue.

Source: Amazon EventBridge User Guide, "Events".
"""

import json
from datetime import datetime
from typing import Any

from shared.domain.webhooks import BusEvent
from shared.triggers.queue import Message


def event_of(message: Message) -> BusEvent:
    """Parse the event of a message.

    Raises:
        KeyError, TypeError, ValueError: The message is not an event of this service.

    """
    envelope: Any = json.loads(message.body)
    detail = envelope["detail"]
    return BusEvent(
        event_id=detail["id"],
        topic=detail["type"],
        occurred_at=datetime.fromisoformat(detail["occurred_at"]),
        account_id=detail["account_id"],
        document=detail,
    )
