"""The one module that chooses adapters; each is made once, at the start of a function."""

# First of all, since what comes next is large.
from shared.runtime.startup import end_startup

# isort: split
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config

from shared.domain.accounts import Caller
from shared.domain.variables import Extractor
from shared.gateway.dialect import Dialect
from shared.gateway.endpoint import Handler, LambdaHandler
from shared.gateway.endpoint import endpoint as make_endpoint
from shared.runtime.config import Settings
from shared.runtime.log import PowertoolsLog
from shared.runtime.snapshots import renew_after_restore
from shared.services.accounts.access import (
    authenticate,
    authorize,
    check_method,
    check_ownership,
    enforce_rate_limit,
)
from shared.table.accounts import AccountTable, TagTable
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.variables import VariableTable

if TYPE_CHECKING:
    from shared.table.activity import ActivityTable

CLIENT_CONFIG = Config(
    connect_timeout=0.5,
    read_timeout=1,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    # A tenth of a request's CPU. What calls are made of is ours, and the service looks at it too.
    parameter_validation=False,
)
"""Seconds and tries: no call takes longer than 7.5 seconds, three tries and the pauses between.

A request makes three to ten calls, and ends at the first that fails: to outlast the 29 seconds of
a function, four would have to succeed at the last moment.
"""


_MODEL_CONFIG = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})
"""Seconds and tries of a model: as many texts as a request may have fit into its 29 seconds."""


def endpoint(dialect: Dialect, *permissions: str) -> Callable[[Handler], LambdaHandler]:
    """Make a Lambda handler for callers who have any one of the permissions."""
    table()
    return make_endpoint(dialect, permissions, _AccessControl(), log())


def aws_client(service: str, config: Config) -> Any:
    """A client of a service of AWS, which is fit for a start from a snapshot."""
    client: Any = botocore.session.get_session().create_client(service, config=config)
    renew_after_restore(client.close)
    return client


@cache
def table() -> Table:
    """The table of this function's environment."""
    return Table(aws_client("dynamodb", CLIENT_CONFIG), Settings.from_env().table_name)


@cache
def log() -> PowertoolsLog:
    """The log of this function."""
    return PowertoolsLog()


@cache
def accounts() -> AccountTable:
    """The accounts of the table."""
    return AccountTable(table())


@cache
def tags() -> TagTable:
    """The catalogues of tags of the table."""
    return TagTable(table())


@cache
def contacts() -> ContactTable:
    """The contacts of the table."""
    return ContactTable(table())


@cache
def definitions() -> DefinitionTable:
    """The definitions of the table."""
    return DefinitionTable(table(), Settings.from_env().max_definitions)


@cache
def variables() -> VariableTable:
    """The values of the table."""
    return VariableTable(table())


@cache
def credentials() -> CredentialTable:
    """The API keys of the table."""
    return CredentialTable(table())


@cache
def activity() -> "ActivityTable":
    """The logs of changes of the table."""
    # Loaded here, since few functions log changes or read them.
    from shared.table.activity import ActivityTable  # noqa: PLC0415

    return ActivityTable(table())


@cache
def extractor() -> Extractor:
    """What reads fields in texts: labels, or the model of this function's environment if any."""
    # Loaded here, since few functions read texts, and fewer ask a model.
    from shared.services.variables.label_extractor import LabelExtractor  # noqa: PLC0415

    model_id = Settings.from_env().extraction_model_id
    if not model_id:
        return LabelExtractor()
    from shared.adapters.bedrock_extractor import ModelExtractor  # noqa: PLC0415
    from shared.services.variables.fallback_extractor import FallbackExtractor  # noqa: PLC0415

    client = aws_client("bedrock-runtime", _MODEL_CONFIG)
    return FallbackExtractor(ModelExtractor(client, model_id), LabelExtractor(), log())


class _AccessControl:
    """The port `Guard` over the API keys of the table."""

    def authenticate_key(self, presented_key: str | None) -> Caller:
        """The caller of a key, as of now."""
        return authenticate(credentials(), presented_key, datetime.now(UTC))

    def authorize(
        self, caller: Caller, method: str, permissions: tuple[str, ...], resource: str | None
    ) -> None:
        """Authorize a request by its HTTP method and the permissions; any one is enough."""
        enforce_rate_limit(credentials(), caller)
        check_method(caller, method)
        authorize(caller, permissions, resource)
        if resource is not None:
            check_ownership(accounts(), caller, resource)


end_startup()
