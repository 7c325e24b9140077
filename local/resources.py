"""Read the queues, buses, rules and buckets of the template for a local run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.event_sources import DirectSource, EventSource, QueueSource

LOCAL_ACCOUNT_ID = "123456789012"
RESOURCE_REGION = "us-east-1"
"""The region of the resources on the local engine, for runs in any region."""

_Resources = Mapping[str, Mapping[str, Any]]
_Resolve = Callable[[Any], Any]

_QUEUE = "AWS::SQS::Queue"
_BUS = "AWS::Events::EventBus"
_RULE = "AWS::Events::Rule"
_BUCKET = "AWS::S3::Bucket"

_QUEUE_ATTRIBUTES = (
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
)
_RETRY_SECONDS = 60
"""The delay before Lambda retries an asynchronous invocation.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue with the attributes for `CreateQueue`."""

    name: str
    attributes: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a bus with its pattern as JSON and the targets for `PutTargets`."""

    name: str
    bus: str
    pattern: str
    targets: tuple[Mapping[str, Any], ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket with its notification configuration, in the format of the S3 API."""

    name: str
    notifications: tuple[Mapping[str, Any], ...] = ()
    tells_bus: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Resources:
    """The resources besides the table that functions need."""

    queues: tuple[Queue, ...] = ()
    buses: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    buckets: tuple[Bucket, ...] = ()


def names_and_attributes(
    resources: _Resources, resolve: _Resolve, endpoint_url: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of `Ref` and `GetAtt` for the local resources.

    Args:
        resources: The resources of the template by logical id.
        resolve: Resolves intrinsic functions.
        endpoint_url: The endpoint of the engine, which prefixes the URLs of queues.
    """
    references: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for logical_id, resource in resources.items():
        kind, properties = resource.get("Type"), resource.get("Properties", {})
        if kind == _QUEUE:
            name = _name(logical_id, resolve(properties.get("QueueName")))
            references[logical_id] = f"{endpoint_url}/{LOCAL_ACCOUNT_ID}/{name}"
            attributes[f"{logical_id}.Arn"] = queue_arn(name)
            attributes[f"{logical_id}.QueueName"] = name
            attributes[f"{logical_id}.QueueUrl"] = references[logical_id]
        elif kind == _BUS:
            references[logical_id] = attributes[f"{logical_id}.Name"] = resolve(properties["Name"])
            attributes[f"{logical_id}.Arn"] = _arn("events", f"event-bus/{references[logical_id]}")
        elif kind == _BUCKET:
            name = _name(logical_id, resolve(properties.get("BucketName"))).lower()
            references[logical_id] = name
            attributes[f"{logical_id}.Arn"] = f"arn:aws:s3:::{name}"
    return references, attributes


def read_resources(resources: _Resources, resolve: _Resolve) -> Resources:
    """Read the resources of a template with a resolver of their names."""
    queues: list[Queue] = []
    buses: list[str] = []
    rules: list[Rule] = []
    buckets: list[Bucket] = []
    for logical_id, resource in resources.items():
        kind = resource.get("Type")
        if kind not in (_QUEUE, _BUS, _RULE, _BUCKET):
            continue
        properties = resolve(resource.get("Properties", {}))
        if kind == _QUEUE:
            queues.append(_queue(logical_id, properties))
        elif kind == _BUS:
            buses.append(properties["Name"])
        elif kind == _RULE:
            rules.append(_rule(logical_id, properties))
        else:
            buckets.append(_bucket(logical_id, properties))
    # A dead-letter queue must exist before its source queue.
    queues.sort(key=lambda queue: "RedrivePolicy" in queue.attributes)
    return Resources(
        queues=tuple(queues), buses=tuple(buses), rules=tuple(rules), buckets=tuple(buckets)
    )


def with_direct_sources(
    resources: Resources, sources: Iterable[EventSource]
) -> tuple[Resources, tuple[EventSource, ...]]:
    """Add a queue for each function that a rule or a bucket invokes asynchronously.

    Lambda queues such events internally and retries each of them.

    Returns:
        The resources and the sources, with queues in place of direct sources.
    """
    made: list[EventSource] = []
    for source in sources:
        if not isinstance(source, DirectSource):
            made.append(source)
            continue
        queue = Queue(
            name=f"local-{source.name.replace('.', '-')}",
            attributes={"VisibilityTimeout": str(_RETRY_SECONDS)},
        )
        resources = _with_queue(resources, source, queue)
        made.append(
            QueueSource(
                name=source.name,
                function=source.function,
                batch_size=1,
                queue=queue_arn(queue.name),
                max_direct_tries=1 + source.max_retries,
            )
        )
    return resources, tuple(made)


def queue_arn(name: str) -> str:
    """Return the ARN of a queue of the local engine."""
    return _arn("sqs", name)


def _with_queue(resources: Resources, source: DirectSource, queue: Queue) -> Resources:
    queues = (*resources.queues, queue)
    if source.kind == "EventBridgeRule":
        rule = Rule(
            name=queue.name,
            bus=source.place.get("EventBusName", "default"),
            pattern=json.dumps(source.place["Pattern"]),
            targets=({"Id": "function", "Arn": queue_arn(queue.name)},),
        )
        return dataclasses.replace(resources, queues=queues, rules=(*resources.rules, rule))
    notification = _notification({**source.place, "Queue": queue_arn(queue.name)})
    buckets = tuple(
        dataclasses.replace(bucket, notifications=(*bucket.notifications, notification))
        if bucket.name == source.place["Bucket"]
        else bucket
        for bucket in resources.buckets
    )
    return dataclasses.replace(resources, queues=queues, buckets=buckets)


def _name(logical_id: str, given: str | None) -> str:
    return given or f"local-{logical_id}"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{RESOURCE_REGION}:{LOCAL_ACCOUNT_ID}:{resource}"


def _queue(logical_id: str, properties: Mapping[str, Any]) -> Queue:
    attributes = {
        name: str(properties[name]).lower()
        if isinstance(properties[name], bool)
        else str(properties[name])
        for name in _QUEUE_ATTRIBUTES
        if name in properties
    }
    if "RedrivePolicy" in properties:
        attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
    return Queue(name=_name(logical_id, properties.get("QueueName")), attributes=attributes)


def _rule(logical_id: str, properties: Mapping[str, Any]) -> Rule:
    return Rule(
        name=_name(logical_id, properties.get("Name")),
        bus=properties.get("EventBusName", "default"),
        pattern=json.dumps(properties["EventPattern"]),
        targets=tuple(properties["Targets"]),
    )


def _bucket(logical_id: str, properties: Mapping[str, Any]) -> Bucket:
    configuration = properties.get("NotificationConfiguration", {})
    told = configuration.get("EventBridgeConfiguration")
    return Bucket(
        name=_name(logical_id, properties.get("BucketName")).lower(),
        notifications=tuple(map(_notification, configuration.get("QueueConfigurations", []))),
        tells_bus=told is not None and told.get("EventBridgeEnabled", True) is not False,
    )


def _notification(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Convert a notification configuration from CloudFormation's format to the S3 API's."""
    events = properties.get("Events", properties.get("Event"))
    notification: dict[str, Any] = {
        "QueueArn": properties["Queue"],
        "Events": [events] if isinstance(events, str) else list(events or []),
    }
    rules = properties.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    if rules:
        notification["Filter"] = {"Key": {"FilterRules": rules}}
    return notification
