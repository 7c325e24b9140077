"""The environment that handlers find, as Lambda would have set it."""

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
"""Both parts of the made-up credentials that a local engine is given."""

_ENDPOINT = "AWS_ENDPOINT_URL"
_SERVICES = ("SQS", "EVENTBRIDGE", "S3")
"""What botocore calls the services, other than the table's, that functions use."""

_LINKED_SERVICES = ("dynamodb", "eventbridge", "sqs")

_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Where the local engines are: the table's, and that of queues, buses and buckets.

    The link, if any, leads to an embedded engine that has all of them.
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
    """Set what functions need, before any of them is imported.

    On a local engine, credentials are made up and the user's own are out of reach, so that nothing
    done locally can touch an account.
    A log level of the user's own wins; otherwise logs begin at WARNING.

    Args:
        environment: what to change, such as `os.environ`.
        variables: the functions' own variables, from the template.
        endpoint_url: a local engine's endpoint; None for a real table.
        region: the region of the table.
        services_url: where queues, buses and buckets are; with the table unless given.

    """
    log_level = environment.get("POWERTOOLS_LOG_LEVEL", "WARNING")
    # An empty endpoint is none, and leaves the user's own in place.
    empty = {name for name in variables if name.startswith(_ENDPOINT) and not variables[name]}
    environment.update({name: variables[name] for name in variables.keys() - empty})
    environment["POWERTOOLS_LOG_LEVEL"] = log_level
    environment["AWS_REGION"] = environment["AWS_DEFAULT_REGION"] = region
    if endpoint_url is None:
        return
    set_local_credentials(environment)
    environment[f"{_ENDPOINT}_DYNAMODB"] = endpoint_url
    for service in _SERVICES:
        environment[f"{_ENDPOINT}_{service}"] = services_url or endpoint_url


def use_link(path: Path) -> None:
    """Let the clients that functions make from now on send their requests over the engine's link.

    They are not signed: the engine does not verify that, and it takes a tenth of their CPU.
    Requests for files go over HTTP, since addresses of files are verified.
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
    """The content of a response, as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        """Return the content in parts."""
        return [self._content]


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def set_local_credentials(environment: MutableMapping[str, str]) -> None:
    """Make credentials up, and put the user's own out of reach.

    A local engine has to be started with them, since it checks the signatures of addresses.
    """
    for name in _PROFILE_VARIABLES:
        environment.pop(name, None)
    environment["AWS_ACCESS_KEY_ID"] = environment["AWS_SECRET_ACCESS_KEY"] = LOCAL_CREDENTIAL
    environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
