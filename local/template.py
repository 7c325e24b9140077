"""What the local API reads from `template.yaml`: functions, what runs them, what they work on.

The template is the only place where paths and methods are written, so that a new endpoint needs no
second registration.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from local.event_sources import EventSource, read_event_sources
from local.failure import LocalApiError
from local.intrinsics import Resolver, parse_template, text_of
from local.resources import (
    LOCAL_ACCOUNT_ID,
    Resources,
    names_and_attributes,
    read_resources,
)
from local.routing import Route

SERVICE_TEMPLATE = Path(__file__).parent.parent / "template.yaml"
"""The project's own template."""

DEFAULT_REGION = "us-east-1"
DEFAULT_TABLE_NAME = "contact-context"
DEFAULT_ENDPOINT = "http://127.0.0.1:3010"

_TABLE_LOGICAL_ID = "Table"
_DEFAULT_TIMEOUT_SECONDS = 3
_DEFAULT_MEMORY_MB = 128
_INTEGRATED = re.compile(r"/functions/\$\{(\w+)\.Arn\}")
"""What in the address of an integration is the function's logical id."""

_INDEX_KEYS = ("IndexName", "KeySchema", "Projection")


@dataclasses.dataclass(frozen=True, kw_only=True)
class FunctionDefinition:
    """One `AWS::Serverless::Function`, `Globals` merged in.

    `timeout_seconds` and `memory_mb` are Lambda's own defaults (3 s, 128 MB) where unset.
    """

    logical_id: str
    code_folder: Path
    handler: str
    timeout_seconds: int
    memory_mb: int
    environment: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TableDefinition:
    """The table resource: `create_table` arguments without a name, and the TTL attribute."""

    arguments: Mapping[str, Any]
    time_to_live_attribute: str | None


class CorsConfiguration(BaseModel):
    """The HTTP API's `CorsConfiguration`; a list holding `*` allows everything."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    allow_origins: tuple[str, ...] = Field(validation_alias="AllowOrigins")
    allow_methods: tuple[str, ...] = Field(validation_alias="AllowMethods")
    allow_headers: tuple[str, ...] = Field(validation_alias="AllowHeaders")
    expose_headers: tuple[str, ...] = Field(default=(), validation_alias="ExposeHeaders")
    max_age_seconds: int = Field(validation_alias="MaxAge")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Template:
    """What the local API needs of a template.

    `functions` holds the functions that have a route, an event source or a permission for a service
    of AWS to invoke them, by logical id;
    `local_names` what queues, buses and buckets are called where the local run makes them.
    """

    functions: Mapping[str, FunctionDefinition]
    routes: tuple[Route, ...]
    table: TableDefinition
    cors: CorsConfiguration | None
    sources: tuple[EventSource, ...] = ()
    resources: Resources = dataclasses.field(default_factory=Resources)
    local_names: frozenset[str] = frozenset()


def read_template(
    path: Path,
    *,
    table_name: str = DEFAULT_TABLE_NAME,
    region: str = DEFAULT_REGION,
    parameters: Mapping[str, str] | None = None,
    endpoint_url: str = DEFAULT_ENDPOINT,
) -> Template:
    """Read a SAM template as the local API uses it.

    Args:
        path: the template file; `CodeUri` is taken from its folder.
        table_name: what `!Ref Table` becomes.
        region: what `!Ref AWS::Region` becomes.
        parameters: values that replace the defaults of the template's parameters.
        endpoint_url: where the local engine has the queues.

    Raises:
        LocalApiError: the file is missing, is no template, or uses what is not supported.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LocalApiError(f"The template {path} can't be read: {error.strerror}.") from error
    document = parse_template(text)
    resolver = _resolver(document, table_name, region, parameters or {})
    resources = _active_resources(document, resolver)
    names, attributes = names_and_attributes(resources, resolver.resolve, endpoint_url)
    resolver = resolver.knowing(names, attributes)
    functions: dict[str, FunctionDefinition] = {}
    routes: list[Route] = []
    sources: list[EventSource] = []
    of_body = _routes_of_body(resources)
    invoked = _invoked_functions(resources)
    for logical_id, resource in resources.items():
        if resource.get("Type") != "AWS::Serverless::Function":
            continue
        properties = _merged_properties(document, resource)
        own_routes = [*_routes(logical_id, properties, resolver), *of_body.get(logical_id, ())]
        own_sources = list(read_event_sources(logical_id, properties, resolver.resolve))
        if own_routes or own_sources or logical_id in invoked:
            functions[logical_id] = _function(logical_id, properties, resolver, path.parent)
            routes += own_routes
            sources += own_sources
    return Template(
        functions=functions,
        routes=tuple(routes),
        table=_table(resources, resolver),
        cors=_cors(resources, resolver),
        sources=tuple(sources),
        resources=read_resources(resources, resolver.resolve),
        local_names=frozenset(names.values()),
    )


def _resolver(
    document: Mapping[str, Any], table_name: str, region: str, parameters: Mapping[str, str]
) -> Resolver:
    arn = f"arn:aws:dynamodb:{region}:{LOCAL_ACCOUNT_ID}:table/{table_name}"
    return Resolver(
        document,
        references={
            _TABLE_LOGICAL_ID: table_name,
            "AWS::AccountId": LOCAL_ACCOUNT_ID,
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::StackId": "local",
            "AWS::StackName": "local",
            "AWS::URLSuffix": "amazonaws.com",
        },
        attributes={f"{_TABLE_LOGICAL_ID}.Arn": arn},
        parameters=parameters,
    )


def _active_resources(
    document: Mapping[str, Any], resolver: Resolver
) -> dict[str, Mapping[str, Any]]:
    return {
        logical_id: resource
        for logical_id, resource in document.get("Resources", {}).items()
        if "Condition" not in resource or resolver.holds(resource["Condition"])
    }


def _merged_properties(document: Mapping[str, Any], resource: Mapping[str, Any]) -> dict[str, Any]:
    """Merge `Globals.Function` as SAM does: maps key by key, all else replaced by the function's.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """
    shared = document.get("Globals", {}).get("Function", {})
    return _merge(shared, resource.get("Properties", {}))


def _merge(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**shared, **own}
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            merged[key] = _merge(shared[key], own[key])
    return merged


def _function(
    logical_id: str, properties: Mapping[str, Any], resolver: Resolver, root: Path
) -> FunctionDefinition:
    for name in ("CodeUri", "Handler"):
        if name not in properties:
            raise LocalApiError(f"The template's function {logical_id} has no {name}.")
    variables = resolver.resolve(properties.get("Environment", {})).get("Variables", {})
    return FunctionDefinition(
        logical_id=logical_id,
        code_folder=root / resolver.resolve(properties["CodeUri"]),
        handler=resolver.resolve(properties["Handler"]),
        timeout_seconds=int(resolver.resolve(properties.get("Timeout", _DEFAULT_TIMEOUT_SECONDS))),
        memory_mb=int(resolver.resolve(properties.get("MemorySize", _DEFAULT_MEMORY_MB))),
        environment={name: text_of(value) for name, value in variables.items()},
    )


def _routes(logical_id: str, properties: Mapping[str, Any], resolver: Resolver) -> Iterator[Route]:
    for event in properties.get("Events", {}).values():
        if event.get("Type") != "HttpApi":
            continue
        # SAM makes an event without path and method the API's $default route.
        place = event.get("Properties") or {}
        yield Route(
            method=str(resolver.resolve(place.get("Method", "ANY"))).upper(),
            path=str(resolver.resolve(place.get("Path", "$default"))),
            function=logical_id,
        )


def _routes_of_body(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Route]]:
    """Read the routes of an HTTP API's `DefinitionBody`, by the logical id of their function.

    The address of a route's integration names its function.
    """
    routes: dict[str, list[Route]] = {}
    for resource in resources.values():
        if resource.get("Type") != "AWS::Serverless::HttpApi":
            continue
        paths = resource["Properties"].get("DefinitionBody", {}).get("paths", {})
        for path, operations in paths.items():
            for method in (each for each in operations if each != "parameters"):
                function = _integrated_function(operations[method])
                route = Route(method=method.upper(), path=path, function=function)
                routes.setdefault(function, []).append(route)
    return routes


def _invoked_functions(resources: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the logical ids of the functions that a permission lets a service invoke."""
    named = (
        resource["Properties"].get("FunctionName", {})
        for resource in resources.values()
        if resource.get("Type") == "AWS::Lambda::Permission"
    )
    return {each["Ref"] for each in named if isinstance(each, dict) and "Ref" in each}


def _integrated_function(operation: Mapping[str, Any]) -> str:
    uri = operation.get("x-amazon-apigateway-integration", {}).get("uri", {})
    found = _INTEGRATED.search(str(uri.get("Fn::Sub", "")) if isinstance(uri, dict) else "")
    if found is None:
        raise LocalApiError("A route of the template's DefinitionBody names no function.")
    return found[1]


def _table(resources: Mapping[str, Mapping[str, Any]], resolver: Resolver) -> TableDefinition:
    resource = resources.get(_TABLE_LOGICAL_ID, {})
    if resource.get("Type") != "AWS::DynamoDB::Table":
        raise LocalApiError(f"The template has no AWS::DynamoDB::Table named {_TABLE_LOGICAL_ID}.")
    properties = resolver.resolve(resource["Properties"])
    arguments: dict[str, Any] = {
        "KeySchema": properties["KeySchema"],
        "AttributeDefinitions": properties["AttributeDefinitions"],
        # Capacity means nothing locally, so that every table is on demand.
        "BillingMode": "PAY_PER_REQUEST",
    }
    if indexes := properties.get("GlobalSecondaryIndexes"):
        arguments["GlobalSecondaryIndexes"] = [
            {name: index[name] for name in _INDEX_KEYS} for index in indexes
        ]
    stream = properties.get("StreamSpecification")
    if stream:
        view = stream["StreamViewType"]
        arguments["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    time_to_live = properties.get("TimeToLiveSpecification", {})
    return TableDefinition(
        arguments=arguments, time_to_live_attribute=time_to_live.get("AttributeName")
    )


def _cors(
    resources: Mapping[str, Mapping[str, Any]], resolver: Resolver
) -> CorsConfiguration | None:
    """Read the `CorsConfiguration` of the HTTP API. Its values may depend on parameters."""
    for resource in resources.values():
        if resource.get("Type") != "AWS::Serverless::HttpApi":
            continue
        given = resolver.resolve({"Cors": resource["Properties"].get("CorsConfiguration")})
        if found := given.get("Cors"):
            return CorsConfiguration.model_validate(found)
    return None
