"""Create the queues, buses, rules and buckets of the template on the local engine."""

import contextlib
import json

from local.database import make_local_client
from local.resources import RESOURCE_REGION, Resources


def make_resources(resources: Resources, endpoint_url: str) -> None:
    """Create all resources, and leave those of an earlier run unchanged.

    Args:
        resources: The resources of the template.
        endpoint_url: The endpoint of the engine.
    """
    # Clients are slow to create.
    if resources.queues:
        queues = make_local_client("sqs", RESOURCE_REGION, endpoint_url)
        for name, attributes in resources.queues.items():
            queues.create_queue(QueueName=name, Attributes=attributes)
    if resources.buses or resources.rules:
        bus = make_local_client("events", RESOURCE_REGION, endpoint_url)
        for name in resources.buses:
            with contextlib.suppress(bus.exceptions.ResourceAlreadyExistsException):
                bus.create_event_bus(Name=name)
        for name, rule in resources.rules.items():
            of_bus = rule["EventBusName"]
            bus.put_rule(
                Name=name, EventBusName=of_bus, EventPattern=json.dumps(rule["EventPattern"])
            )
            bus.put_targets(Rule=name, EventBusName=of_bus, Targets=rule["Targets"])
    if resources.buckets:
        buckets = make_local_client("s3", RESOURCE_REGION, endpoint_url)
        for name, notifications in resources.buckets.items():
            with contextlib.suppress(buckets.exceptions.BucketAlreadyOwnedByYou):
                buckets.create_bucket(Bucket=name)
            buckets.put_bucket_notification_configuration(
                Bucket=name, NotificationConfiguration={"QueueConfigurations": notifications}
            )
