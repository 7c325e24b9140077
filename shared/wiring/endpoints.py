"""Adapters and access control of endpoints.

Each adapter is created once per function.
"""

# Imported first, so that the large imports below run without garbage collection.
from shared.runtime.startup import end_startup

# isort: split
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config

from shared.domain.accounts import Caller
from shared.domain.errors import (
    ContactNotFound,
    DefinitionNotFound,
    InvalidRequest,
    UndefinedVariable,
)
from shared.domain.request_limits import RequestLimit
from shared.domain.values import Extractor
from shared.gateway.dialect import Dialect
from shared.gateway.endpoint import Handler, LambdaHandler, error_facts
from shared.gateway.endpoint import endpoint as make_endpoint
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.runtime.config import LEAN, Settings
from shared.runtime.log import PowertoolsLog
from shared.runtime.snapshots import renew_after_restore
from shared.services.accounts.access import (
    authenticate,
    authorize,
    check_method,
    check_ownership,
    count_request,
)
from shared.table.accounts import AccountTable, TagTable
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.lean.client import LeanClient, has_lean_path
from shared.table.request_tokens import RequestTokenTable
from shared.table.seen_heads import seeing_heads
from shared.table.variables import VariableTable

if TYPE_CHECKING:
    from shared.services.contacts.contact_request import ContactStores
    from shared.services.variables.value_changes import ValueStores
    from shared.table.activity import ActivityTable
    from shared.table.key_ids import KeyIdTable
    from shared.table.suggestions import SuggestionTable

CLIENT_CONFIG = Config(
    connect_timeout=0.5,
    read_timeout=1,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    # Validation takes a tenth of a request's CPU, and DynamoDB validates parameters too.
    parameter_validation=False,
)
"""Timeouts in seconds, and attempts.

A call usually takes at most 7.5 seconds: three attempts of 1.5 seconds and the pauses between
them. Name resolution comes on top, and a response that trickles in. Most requests make three to ten
calls; one that creates thousands of definitions makes some hundreds.
"""

LATEST_CALL_SECONDS = 20
"""The latest second at which a request may start a call to DynamoDB.

Later calls raise Unavailable, before the function's timeout of 29 seconds.
"""


_MODEL_CONFIG = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})
"""Timeouts in seconds.

A request makes one call for each text to extract from, at most three one after the other. They take
at most 18 seconds, which leaves time for the calls of DynamoDB.
"""


def endpoint(
    dialect: Dialect, *permissions: str, follows_merges: bool = True
) -> Callable[[Handler], LambdaHandler]:
    """Create a decorator that turns an endpoint function into a Lambda handler.

    Args:
        dialect: Reads the API key and formats errors.
        permissions: The caller needs one of these.
        follows_merges: Whether the id of a merged contact leads to its survivor.
    """
    # Create the client during initialization, outside of the first request.
    table()
    wrap = make_endpoint(dialect, permissions, KeyAccess(credentials), log())
    follow = _following_merges if follows_merges else (lambda handle: handle)
    return lambda handle: wrap(_noting_unknown_names(follow(handle)))


def aws_client(service: str, config: Config) -> Any:
    """Create a client of an AWS service.

    The client drops its connections when a snapshot is restored.
    """
    client: Any = botocore.session.get_session().create_client(service, config=config)
    renew_after_restore(client.close)
    return client


def dynamodb_client(config: Config) -> Any:
    """Create the client of the table: the lean one, unless the settings need botocore's."""
    session = botocore.session.get_session()
    client: Any = session.create_client("dynamodb", config=config)
    if Settings.from_env().dynamodb_client == LEAN and has_lean_path(client, session):
        client = LeanClient(
            client, session.get_credentials(), session.get_config_variable("ca_bundle")
        )
    renew_after_restore(client.close)
    return client


@cache
def table() -> Table:
    """Return the table."""
    return Table(dynamodb_client(CLIENT_CONFIG), Settings.from_env().table_name)


@cache
def memory() -> DefinitionMemory:
    """Return the definitions that the function keeps between requests."""
    return DefinitionMemory()


@cache
def log() -> PowertoolsLog:
    """Return the log."""
    return PowertoolsLog()


@cache
def accounts() -> AccountTable:
    """Return the storage of accounts."""
    return AccountTable(table())


@cache
def tags() -> TagTable:
    """Return the storage of tags."""
    return TagTable(table())


@cache
def contacts() -> ContactTable:
    """Return the storage of contacts."""
    limit = Settings.from_env().max_contacts
    return ContactTable(table(), memory(), suggestions_kept_for(), limit)


@cache
def definitions() -> DefinitionTable:
    """Return the storage of definitions."""
    return DefinitionTable(table(), Settings.from_env().max_definitions, memory())


@cache
def variables() -> VariableTable:
    """Return the storage of values."""
    return VariableTable(table(), memory(), suggestions_kept_for())


@cache
def suggestions() -> "SuggestionTable":
    """Return the storage of suggestions."""
    # Imported here because few functions use it.
    from shared.table.suggestions import SuggestionTable  # noqa: PLC0415

    return SuggestionTable(table())


@cache
def value_stores() -> "ValueStores":
    """Return the stores that a change of values needs."""
    # Imported here because only the native API changes values by them.
    from shared.services.variables.value_changes import ValueStores  # noqa: PLC0415
    from shared.table.idempotency import IdempotencyTable  # noqa: PLC0415

    return ValueStores(variables(), definitions(), accounts(), key_ids(), IdempotencyTable(table()))


@cache
def contact_stores() -> "ContactStores":
    """Return the stores that a change of a contact needs."""
    # Imported here because only the native API changes contacts by them.
    from shared.services.contacts.contact_request import ContactStores  # noqa: PLC0415

    return ContactStores(contacts(), value_stores())


@cache
def key_ids() -> "KeyIdTable":
    """Return the lookup of API keys by the fingerprints that values have."""
    # Imported here because only the native API shows who set a value.
    from shared.table.key_ids import KeyIdTable  # noqa: PLC0415

    return KeyIdTable(table())


@cache
def credentials() -> CredentialTable:
    """Return the storage of API keys."""
    return CredentialTable(table(), memory())


@cache
def request_tokens() -> RequestTokenTable:
    """Return the storage of the requests that accounts have in a window."""
    return RequestTokenTable(table())


@cache
def activity() -> "ActivityTable":
    """Return the storage of activity logs."""
    # Imported here because few functions use it.
    from shared.table.activity import ActivityTable  # noqa: PLC0415

    return ActivityTable(table())


@cache
def extractor() -> Extractor:
    """Return the extractor of values from free text.

    It asks the configured model. Without a model, or if the model fails, it extracts labels.
    """
    # Imported here because few functions extract values, and fewer use a model.
    from shared.services.variables.label_extractor import LabelExtractor  # noqa: PLC0415

    model_id = Settings.from_env().extraction_model_id
    if not model_id:
        return LabelExtractor()
    from shared.adapters.bedrock_extractor import ModelExtractor  # noqa: PLC0415
    from shared.services.variables.fallback_extractor import FallbackExtractor  # noqa: PLC0415

    client = aws_client("bedrock-runtime", _MODEL_CONFIG)
    return FallbackExtractor(ModelExtractor(client, model_id), LabelExtractor(), log())


def suggestions_kept_for() -> timedelta:
    """Return how long suggestions are kept."""
    return timedelta(days=Settings.from_env().suggestion_days)


def _following_merges(handle: Handler) -> Handler:
    """Wrap a handler: the id of a merged contact in its path stands for that of the survivor."""

    def follow(request: Request, caller: Caller) -> Response | FileResponse:
        try:
            return handle(request, caller)
        except ContactNotFound as missing:
            # Imported here because few requests name a contact that does not exist.
            from shared.gateway.merged_contacts import answer_for_survivor  # noqa: PLC0415
            from shared.table.merged_contacts import survivor_of  # noqa: PLC0415

            survivors = partial(survivor_of, table())
            return answer_for_survivor(handle, request, caller, survivors, missing)

    return follow


def _noting_unknown_names(handle: Handler) -> Handler:
    """Wrap a handler: names that it refuses as unknown are recorded."""

    def note(request: Request, caller: Caller) -> Response | FileResponse:
        try:
            return handle(request, caller)
        except (DefinitionNotFound, InvalidRequest, UndefinedVariable) as refused:
            # Imported here because few requests have names that nobody has defined.
            from shared.services.variables.unknown_names import note_unknown_names  # noqa: PLC0415
            from shared.wiring.definitions import unknown_names  # noqa: PLC0415

            try:
                note_unknown_names(unknown_names(), caller, refused)
            except Exception as failure:  # noqa: BLE001 - the request is refused in any case
                log().failed({"request_id": request.request_id, **error_facts(failure)})
            raise

    return note


class KeyAccess:
    """Implements the protocol `AccessControl` with the stored API keys.

    Args:
        stored_keys: Returns the storage of API keys.
    """

    def __init__(self, stored_keys: Callable[[], CredentialTable]) -> None:
        self._stored_keys = stored_keys

    def request(self) -> AbstractContextManager[None]:
        """Collect the heads that the request reads, and bound the time of its calls."""
        return seeing_heads(LATEST_CALL_SECONDS)

    def authenticate_key(self, presented_key: str | None) -> Caller:
        """Return the caller that an API key belongs to."""
        return authenticate(self._stored_keys(), presented_key, datetime.now(UTC))

    def count_request(self, caller: Caller) -> Sequence[RequestLimit]:
        """Count a request against the limits of the key and the account."""
        return count_request(self._stored_keys(), request_tokens(), caller)

    def note_use(self, caller: Caller) -> None:
        """Record the hour in which a key was used, and whether the function uses definitions."""
        # A request that fails may end before it uses any.
        memory().end_request()
        self._stored_keys().note_use(caller)

    def authorize(
        self, caller: Caller, method: str, permissions: tuple[str, ...], resource: str | None
    ) -> None:
        """Check the method, the permissions and the owner of the resource."""
        check_method(caller, method)
        authorize(caller, permissions, resource)
        if resource is not None:
            check_ownership(accounts(), caller, resource)


end_startup()
