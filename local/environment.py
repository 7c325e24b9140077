"""The environment variables of handlers, as Lambda sets them."""

import dataclasses
import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import HTTPClientError
from botocore.handlers import BUILTIN_HANDLERS, disable_signing

from local.engines.link import EngineLink

LOCAL_CREDENTIAL = "local"
"""The placeholder access key and secret for a local engine."""

_ENDPOINT = "AWS_ENDPOINT_URL"
_SERVICES = ("SQS", "EVENTBRIDGE", "S3")
"""The botocore names of the services besides DynamoDB that functions use."""

_LINKED_SERVICES = ("dynamodb", "eventbridge", "sqs")

_USERS_CHOICES = ("POWERTOOLS_LOG_LEVEL", "DYNAMODB_CLIENT")
"""The variables of the template that the user's own replace."""

_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The endpoints of the local engines: for the table, and for queues, buses and buckets.

    The link, if any, leads to an embedded engine that serves all of them.
    """

    table: str
    services: str
    link: Path | None = None


def set_environment(
    environment: MutableMapping[str, str],
    variables: Mapping[str, str],
    *,
    endpoint_url: str | None,
    region: str,
    services_url: str | None = None,
) -> None:
    """Set the environment variables that functions need, before their import.

    A local engine gets placeholder credentials. The user's credentials become unavailable, so that
    a local run can't access an AWS account.
    The log level is WARNING unless the user has set one. The user's choice of a client of
    DynamoDB stays.

    Args:
        environment: The mapping to update, such as `os.environ`.
        variables: The variables of the functions in the template.
        endpoint_url: The endpoint of a local engine. None for a table on AWS.
        region: The region of the table.
        services_url: The endpoint of queues, buses and buckets. By default that of the table.
    """
    chosen = {name: environment[name] for name in _USERS_CHOICES if name in environment}
    # An empty endpoint is ignored, so that the user's own stays in place.
    empty = {name for name in variables if name.startswith(_ENDPOINT) and not variables[name]}
    environment.update({name: variables[name] for name in variables.keys() - empty})
    environment["POWERTOOLS_LOG_LEVEL"] = "WARNING"
    environment.update(chosen)
    environment["AWS_REGION"] = environment["AWS_DEFAULT_REGION"] = region
    if endpoint_url is None:
        return
    set_local_credentials(environment)
    environment[f"{_ENDPOINT}_DYNAMODB"] = endpoint_url
    for service in _SERVICES:
        environment[f"{_ENDPOINT}_{service}"] = services_url or endpoint_url


def use_link(path: Path) -> None:
    """Send the requests of all new clients over the link of the engine.

    These requests are not signed: the engine does not verify signatures, and signing takes a tenth
    of their CPU. S3 requests use HTTP, because the engine verifies presigned URLs.
    """
    link = EngineLink(path)

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers["host"] = urlsplit(request.url).netloc
        try:
            status, answer_headers, body = link.send(headers, _bytes(request.body))
        except OSError as error:
            raise HTTPClientError(error=error) from error
        received: Any = answer_headers
        return AWSResponse(request.url, status, received, _Content(body))

    for service in _LINKED_SERVICES:
        BUILTIN_HANDLERS.append((f"choose-signer.{service}", disable_signing))
        BUILTIN_HANDLERS.append((f"before-send.{service}", send))


class _Content:
    """The content of a response, with the interface that botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        """Return the content in chunks."""
        return [self._content]


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def set_local_credentials(environment: MutableMapping[str, str]) -> None:
    """Set placeholder credentials and make the user's own unavailable.

    A local engine needs the same ones, because it verifies presigned URLs.
    """
    for name in _PROFILE_VARIABLES:
        environment.pop(name, None)
    environment["AWS_ACCESS_KEY_ID"] = environment["AWS_SECRET_ACCESS_KEY"] = LOCAL_CREDENTIAL
    environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
