"""Read the queues, buses, rules and buckets of the template for a local run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

LOCAL_ACCOUNT_ID = "123456789012"
RESOURCE_REGION = "us-east-1"
"""The region of the resources on the local engine, for runs in any region."""

_Resources = Mapping[str, Mapping[str, Any]]
_Resolve = Callable[[Any], Any]

_QUEUE = "AWS::SQS::Queue"
_BUS = "AWS::Events::EventBus"
_RULE = "AWS::Events::Rule"
_BUCKET = "AWS::S3::Bucket"
_NAMES = {_QUEUE: "QueueName", _BUS: "Name", _RULE: "Name", _BUCKET: "BucketName"}

_QUEUE_ATTRIBUTES = ("DelaySeconds", "MessageRetentionPeriod", "VisibilityTimeout")


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
    """A bucket with the configurations that notify queues, in the format of the S3 API."""

    name: str
    notifications: tuple[Mapping[str, Any], ...]


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
    for logical_id, kind, properties in _known(resources):
        name = _name(logical_id, kind, resolve(properties.get(_NAMES[kind])))
        references[logical_id] = name
        if kind == _QUEUE:
            references[logical_id] = f"{endpoint_url}/{LOCAL_ACCOUNT_ID}/{name}"
            attributes[f"{logical_id}.QueueName"] = name
            attributes[f"{logical_id}.Arn"] = _arn("sqs", name)
        elif kind == _BUS:
            attributes[f"{logical_id}.Name"] = name
            attributes[f"{logical_id}.Arn"] = _arn("events", f"event-bus/{name}")
        elif kind == _BUCKET:
            attributes[f"{logical_id}.Arn"] = f"arn:aws:s3:::{name}"
    return references, attributes


def read_resources(resources: _Resources, resolve: _Resolve) -> Resources:
    """Read the resources of a template with a resolver of their names."""
    found: dict[str, list[Any]] = {kind: [] for kind in _NAMES}
    make = {_QUEUE: _queue, _BUS: lambda name, _: name, _RULE: _rule, _BUCKET: _bucket}
    for logical_id, kind, given in _known(resources):
        properties = resolve(given)
        name = _name(logical_id, kind, properties.get(_NAMES[kind]))
        found[kind].append(make[kind](name, properties))
    # A dead-letter queue must exist before its source queue.
    queues = sorted(found[_QUEUE], key=lambda queue: "RedrivePolicy" in queue.attributes)
    return Resources(
        queues=tuple(queues),
        buses=tuple(found[_BUS]),
        rules=tuple(found[_RULE]),
        buckets=tuple(found[_BUCKET]),
    )


def _known(resources: _Resources) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return the logical id, type and properties of each resource that the engine can have."""
    return [
        (logical_id, resource["Type"], resource.get("Properties", {}))
        for logical_id, resource in resources.items()
        if resource.get("Type") in _NAMES
    ]


def _name(logical_id: str, kind: str, given: str | None) -> str:
    name = given or f"local-{logical_id}"
    return name.lower() if kind == _BUCKET else name


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{RESOURCE_REGION}:{LOCAL_ACCOUNT_ID}:{resource}"


def _queue(name: str, properties: Mapping[str, Any]) -> Queue:
    attributes = {each: str(properties[each]) for each in _QUEUE_ATTRIBUTES if each in properties}
    if "RedrivePolicy" in properties:
        attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
    return Queue(name=name, attributes=attributes)


def _rule(name: str, properties: Mapping[str, Any]) -> Rule:
    return Rule(
        name=name,
        bus=properties["EventBusName"],
        pattern=json.dumps(properties["EventPattern"]),
        targets=tuple(properties["Targets"]),
    )


def _bucket(name: str, properties: Mapping[str, Any]) -> Bucket:
    given = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", [])
    return Bucket(name=name, notifications=tuple(map(_notification, given)))


def _notification(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Convert a notification configuration from CloudFormation's format to the S3 API's."""
    rules = properties.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    return {
        "QueueArn": properties["Queue"],
        "Events": [properties["Event"]],
        "Filter": {"Key": {"FilterRules": rules}},
    }
