"""Parse events that an EventBridge rule forwards to a queue.

Source: Amazon EventBridge User Guide, "Events".
"""

import json

from shared.domain.errors import InvalidField
from shared.domain.webhooks import BusEvent
from shared.triggers.queue import Message
from shared.validation.bus_events import decode_event


def event_of(message: Message) -> BusEvent:
    """Parse the event of a message.

    Raises:
        InvalidField: The message is not an event of this service.

    """
    try:
        return decode_event(json.loads(message.body)["detail"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidField("body", "it is not an event of this service") from error
