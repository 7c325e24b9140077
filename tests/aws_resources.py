"""Create a bus, queues and a bucket on the engine, for handlers that use more than the table."""

from functools import cache
from typing import Any

import botocore.session

EVERYTHING = "everything"
"""The name of the bus and the bucket."""

_QUEUES = ("IMPORT_QUEUE_URL", "WEBHOOK_DELIVERY_QUEUE_URL")
_SERVICES = ("SQS", "S3", "EVENTBRIDGE")


@cache
def service_client(service: str, url: str) -> Any:
    """Return a client of a service of the engine. Cached, because it takes long to make."""
    return botocore.session.get_session().create_client(service, endpoint_url=url)


class Resources:
    """The resources that `everything` gives a test, one set for each test worker."""

    def __init__(self, url: str) -> None:
        self._queues = service_client("sqs", url)
        self._files = service_client("s3", url)
        self._buses = service_client("events", url)
        self._queue_urls = {
            name: self._queues.create_queue(QueueName=f"everything-{name.lower()}")["QueueUrl"]
            for name in _QUEUES
        }
        self._files.create_bucket(Bucket=EVERYTHING)
        self._buses.create_event_bus(Name=EVERYTHING)
        self.environment = {
            **{f"AWS_ENDPOINT_URL_{service}": url for service in _SERVICES},
            **self._queue_urls,
            "IMPORT_BUCKET_NAME": EVERYTHING,
            "EVENT_BUS_NAME": EVERYTHING,
        }

    def clear(self) -> None:
        """Remove all messages and files, so that each test finds none."""
        for url in self._queue_urls.values():
            self._queues.purge_queue(QueueUrl=url)
        for each in self._files.list_objects_v2(Bucket=EVERYTHING).get("Contents", ()):
            self._files.delete_object(Bucket=EVERYTHING, Key=each["Key"])

    def delete(self) -> None:
        self.clear()
        for url in self._queue_urls.values():
            self._queues.delete_queue(QueueUrl=url)
        self._files.delete_bucket(Bucket=EVERYTHING)
        self._buses.delete_event_bus(Name=EVERYTHING)
