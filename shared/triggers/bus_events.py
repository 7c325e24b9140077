"""Events of the bus, as a rule hands them on to a queue.

Source: Amazon EventBridge User Guide, "Events".
"""

import json
from datetime import datetime
from typing import Any

from shared.domain.webhooks import BusEvent
from shared.triggers.queue import Message


def event_of(message: Message) -> BusEvent:
    """The event of a message; raises KeyError, TypeError or ValueError when it is none of ours."""
    envelope: Any = json.loads(message.body)
    detail = envelope["detail"]
    return BusEvent(
        event_id=detail["id"],
        topic=detail["type"],
        occurred_at=datetime.fromisoformat(detail["occurred_at"]),
        account_id=detail["account_id"],
        document=detail,
    )
