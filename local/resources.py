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
class Resources:
    """The resources besides the table that functions need, by their names.

    Attributes:
        queues: The attributes for `CreateQueue`. A dead-letter queue precedes its source queue.
        buses: The names of buses.
        rules: The resolved properties in the template.
        buckets: The configurations that notify queues, in the format of the S3 API.
    """

    queues: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    buses: tuple[str, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    buckets: Mapping[str, list[Mapping[str, Any]]] = dataclasses.field(default_factory=dict)


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
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _NAMES}
    for logical_id, kind, given in _known(resources):
        properties = resolve(given)
        found[kind][_name(logical_id, kind, properties.get(_NAMES[kind]))] = properties
    queues = {name: _queue_attributes(each) for name, each in found[_QUEUE].items()}
    return Resources(
        queues=dict(sorted(queues.items(), key=lambda queue: "RedrivePolicy" in queue[1])),
        buses=tuple(found[_BUS]),
        rules=found[_RULE],
        buckets={name: _notifications(each) for name, each in found[_BUCKET].items()},
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


def _queue_attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    attributes = {each: str(properties[each]) for each in _QUEUE_ATTRIBUTES if each in properties}
    if "RedrivePolicy" in properties:
        attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
    return attributes


def _notifications(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", [])
    return list(map(_notification, given))


def _notification(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Convert a notification configuration from CloudFormation's format to the S3 API's."""
    rules = properties.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    return {
        "QueueArn": properties["Queue"],
        "Events": [properties["Event"]],
        "Filter": {"Key": {"FilterRules": rules}},
    }
