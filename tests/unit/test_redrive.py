"""All dead letters are read, from a queue whose hidden messages become visible again."""

from collections.abc import Sequence

import pytest

from local.redrive import DeadLetterQueue, peek

QUEUE = DeadLetterQueue("letters", "url", None)
SECONDS_PER_READ = 1
"""The duration of a read of ten messages."""


class Queue:
    """A queue with a simulated clock, which advances with each read."""

    def __init__(self, count: int) -> None:
        self.now = 0.0
        self.visible_at = {str(number): 0.0 for number in range(count)}

    def receive_message(self, *, MaxNumberOfMessages: int, VisibilityTimeout: int, **_):  # noqa: N803
        self.now += SECONDS_PER_READ
        seen = [name for name, at in self.visible_at.items() if at <= self.now]
        processed = seen[:MaxNumberOfMessages]
        for name in processed:
            self.visible_at[name] = self.now + VisibilityTimeout
        messages = [
            {"MessageId": name, "ReceiptHandle": f"{name} {self.now}"} for name in processed
        ]
        return {"Messages": messages} if messages else {}

    def change_message_visibility_batch(self, *, Entries: Sequence[dict], **_):  # noqa: N803
        for entry in Entries:
            name, _ = entry["ReceiptHandle"].split()
            self.visible_at[name] = self.now + entry["VisibilityTimeout"]


# The third has more messages than can be read before the first become visible again.
@pytest.mark.parametrize("count", [0, 11, 5_000])
def test_a_look_at_messages_ends_and_leaves_them_to_be_seen(count: int):
    queue = Queue(count)

    messages = peek(queue, QUEUE)

    assert len({message["MessageId"] for message in messages}) == len(messages) <= count
    assert len(messages) >= min(count, 2_500)
    assert all(at <= queue.now for at in queue.visible_at.values())


def test_a_look_that_is_cut_short_leaves_messages_to_be_seen():
    class Stopped(Queue):
        def receive_message(self, **arguments):
            if self.now > 10:
                raise KeyboardInterrupt
            return super().receive_message(**arguments)

    queue = Stopped(1000)

    with pytest.raises(KeyboardInterrupt):
        peek(queue, QUEUE)

    assert all(at <= queue.now for at in queue.visible_at.values())
