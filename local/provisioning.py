"""Create the queues, buses, rules and buckets of the template on the local engine."""

import contextlib

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
        for queue in resources.queues:
            queues.create_queue(QueueName=queue.name, Attributes=dict(queue.attributes))
    if resources.buses or resources.rules:
        bus = make_local_client("events", RESOURCE_REGION, endpoint_url)
        for name in resources.buses:
            with contextlib.suppress(bus.exceptions.ResourceAlreadyExistsException):
                bus.create_event_bus(Name=name)
        for rule in resources.rules:
            bus.put_rule(Name=rule.name, EventBusName=rule.bus, EventPattern=rule.pattern)
            bus.put_targets(Rule=rule.name, EventBusName=rule.bus, Targets=list(rule.targets))
    if resources.buckets:
        buckets = make_local_client("s3", RESOURCE_REGION, endpoint_url)
        for bucket in resources.buckets:
            with contextlib.suppress(buckets.exceptions.BucketAlreadyOwnedByYou):
                buckets.create_bucket(Bucket=bucket.name)
            buckets.put_bucket_notification_configuration(
                Bucket=bucket.name,
                NotificationConfiguration={"QueueConfigurations": list(bucket.notifications)},
            )
