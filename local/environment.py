"""The environment that handlers find, as Lambda would have set it."""

import dataclasses
import os
from collections.abc import Mapping, MutableMapping

from botocore.handlers import BUILTIN_HANDLERS, disable_signing

LOCAL_CREDENTIAL = "local"
"""Both parts of the made-up credentials that a local engine is given."""

_ENDPOINT = "AWS_ENDPOINT_URL"
_SERVICES = ("SQS", "EVENTBRIDGE", "S3")
"""What botocore calls the services, other than the table's, that functions use."""

_UNVERIFIED_SERVICES = ("dynamodb", "events", "sqs")

_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Where the local engines are: the table's, and that of queues, buses and buckets."""

    table: str
    services: str


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


def skip_signatures() -> None:
    """Let functions send requests to the embedded engine without a signature.

    The engine does not verify them, and signing takes a tenth of the CPU of a request. Addresses
    of files are still signed, since those are verified. Clients made from now on are concerned.
    """
    BUILTIN_HANDLERS.extend(
        (f"choose-signer.{service}", disable_signing) for service in _UNVERIFIED_SERVICES
    )


def set_local_credentials(environment: MutableMapping[str, str]) -> None:
    """Make credentials up, and put the user's own out of reach.

    A local engine has to be started with them, since it checks the signatures of addresses.
    """
    for name in _PROFILE_VARIABLES:
        environment.pop(name, None)
    environment["AWS_ACCESS_KEY_ID"] = environment["AWS_SECRET_ACCESS_KEY"] = LOCAL_CREDENTIAL
    environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
