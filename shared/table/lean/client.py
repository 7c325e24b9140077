"""A client of DynamoDB for the calls that the table makes.

botocore spends most of a warm request's CPU on work that is the same for each call. This client
does that work once, and takes from a botocore client what is hard to get right: credentials,
settings, retries, errors, and the events that tests, moto and the local run listen to.

    Table.get
      | get_item(TableName=…, Key=…)
      v
    LeanClient ---- before-parameter-build ---> listeners      adds idempotency tokens
      | JSON with Base64
      |------------ before-call --------------> listeners      adds the X-Ray header
      |   +--------------------------------- each attempt -----------------------------------+
      |   | credentials, refreshed by botocore -> Signer -> head and body as bytes           |
      |   |-------- before-send --------------> moto, the local engine: may respond          |
      |   | ConnectionPool.send -> DynamoDB                                                  |
      |   |-------- needs-retry --------------> botocore's retry handler, unless it is a 200 |
      |   +----------------------------------------------------------------------------------+
      |------------ after-call ---------------> listeners      checks the checksum
      v
    a parsed response, or botocore's ClientError

Errors and anything unexpected are parsed by botocore.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.hooks import first_non_none_response
from botocore.model import OperationModel
from botocore.utils import get_environ_proxies

from shared.table.lean.connections import ConnectionPool, Response
from shared.table.lean.destinations import Destinations, full_url
from shared.table.lean.messages import OK, PreparedRequest, encode, parse
from shared.table.lean.signer import TIMESTAMP, Signer

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_dynamodb.client import DynamoDBClient

_FIRST_ERROR = 300
_SKEW_CODES = frozenset({"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"})
_RETRY_KEYS = ("ttl", "attempt", "max")

_Outcome = tuple[Response, dict[str, Any]]


def has_lean_path(client: DynamoDBClient, session: Session) -> bool:
    """Return whether the lean client implements the settings of a client and its session.

    Proxies, client certificates, the adaptive retry mode and endpoint discovery are botocore's.
    """
    config: Any = client.meta.config
    proxies = config.proxies or get_environ_proxies(client.meta.endpoint_url)
    return not (
        proxies
        or config.client_cert
        or config.retries.get("mode") == "adaptive"
        or config.endpoint_discovery_enabled
        or session.get_config_variable("endpoint_discovery_enabled") == "true"
    )


class LeanClient:
    """Has the methods of a botocore client that `Table` calls.

    Safe to use from several threads.

    Args:
        client: A botocore client of DynamoDB, for which `has_lean_path` is true.
        credentials: The credentials that it was created with.
        ca_bundle: The setting `ca_bundle` that it was created with.
    """

    def __init__(
        self, client: DynamoDBClient, credentials: Credentials | None, ca_bundle: str | None
    ) -> None:
        self.meta: Any = client.meta
        self._botocore: Any = client
        self._credentials = credentials
        self._signer = Signer()
        self._destinations = Destinations(client, ca_bundle)

    def get_item(self, **request: Any) -> Any:
        """Call GetItem."""
        return self._call("GetItem", request)

    def batch_get_item(self, **request: Any) -> Any:
        """Call BatchGetItem."""
        return self._call("BatchGetItem", request)

    def query(self, **request: Any) -> Any:
        """Call Query."""
        return self._call("Query", request)

    def put_item(self, **request: Any) -> Any:
        """Call PutItem."""
        return self._call("PutItem", request)

    def update_item(self, **request: Any) -> Any:
        """Call UpdateItem."""
        return self._call("UpdateItem", request)

    def delete_item(self, **request: Any) -> Any:
        """Call DeleteItem."""
        return self._call("DeleteItem", request)

    def transact_write_items(self, **request: Any) -> Any:
        """Call TransactWriteItems."""
        return self._call("TransactWriteItems", request)

    def close(self) -> None:
        """Close all idle connections, and those of the botocore client."""
        self._destinations.close()
        self._botocore.close()

    def _call(self, name: str, params: dict[str, Any]) -> Any:
        model, events = self.meta.service_model.operation_model(name), self.meta.events
        context: dict[str, Any] = {
            "client_region": self.meta.region_name,
            "client_config": self.meta.config,
            "has_streaming_input": False,
            "retries": {"attempt": 1, "invocation-id": str(uuid.uuid4())},
        }
        events.emit(
            f"before-parameter-build.dynamodb.{name}", params=params, model=model, context=context
        )
        request = {
            "method": "POST",
            "url": full_url(self.meta.endpoint_url),
            "headers": {},
            "body": encode(params),
            "context": context,
        }
        _, planned = events.emit_until_response(
            f"before-call.dynamodb.{name}", model=model, params=request, context=context
        )
        http, parsed = planned or self._send(model, params, request)
        events.emit(
            f"after-call.dynamodb.{name}",
            http_response=http,
            parsed=parsed,
            model=model,
            context=context,
        )
        if http.status_code >= _FIRST_ERROR:
            error_class = self._botocore.exceptions.from_code(parsed.get("Error", {}).get("Code"))
            raise error_class(parsed, name)
        return parsed

    def _send(self, model: OperationModel, params: Any, request: dict[str, Any]) -> _Outcome:
        """Send a request until botocore's retry handler accepts the outcome."""
        retries = request["context"]["retries"]
        is_clock_corrected = False
        while True:
            outcome = self._attempt(model, *self._signed(model, params, request))
            if not isinstance(outcome, Exception):
                response, parsed = outcome
                parsed["ResponseMetadata"]["RetryAttempts"] = retries["attempt"] - 1
                if response.status_code == OK and response.is_intact:
                    return outcome
                if not is_clock_corrected and self._corrects_clock(response, parsed):
                    is_clock_corrected = True
                    continue
            delay = self._retry_delay(model, request, outcome)
            if delay is None:
                break
            time.sleep(delay)
            retries["attempt"] += 1
            if not isinstance(outcome, Exception):
                self._set_deadline(retries, outcome[0])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _signed(
        self, model: OperationModel, params: Any, request: dict[str, Any]
    ) -> tuple[ConnectionPool, PreparedRequest]:
        credentials = self._credentials.get_frozen_credentials() if self._credentials else None
        to = self._destinations.of(model, params, credentials and credentials.account_id)
        head = to.head
        if self._is_signed:
            if credentials is None:
                raise NoCredentialsError
            head += self._signer.headers(
                credentials, to.scope, to.host, to.path, to.target, request["body"]
            )
        retries = request["context"]["retries"]
        tries = "; ".join(f"{key}={retries[key]}" for key in _RETRY_KEYS if key in retries)
        added = "".join(f"{name}: {value}\r\n" for name, value in request["headers"].items())
        head += (
            f"amz-sdk-invocation-id: {retries['invocation-id']}\r\namz-sdk-request: {tries}\r\n"
            f"{added}Content-Length: {len(request['body'])}\r\n\r\n"
        )
        return to.pool, PreparedRequest(to.url, head, request["body"])

    def _attempt(
        self, model: OperationModel, pool: ConnectionPool, request: PreparedRequest
    ) -> _Outcome | Exception:
        try:
            responses = self.meta.events.emit(f"before-send.dynamodb.{model.name}", request=request)
            given = first_non_none_response(responses)
            response = pool.send(request.to_bytes()) if given is None else Response.of(given)
        except Exception as error:  # noqa: BLE001 - botocore's retry handler decides
            return error
        return response, parse(response, model)

    def _retry_delay(
        self, model: OperationModel, request: Any, outcome: _Outcome | Exception
    ) -> float | None:
        """Return the seconds to wait before the next attempt, or None if there is none."""
        is_failure = isinstance(outcome, Exception)
        delays = self.meta.events.emit(
            f"needs-retry.dynamodb.{model.name}",
            response=None if is_failure else outcome,
            endpoint=self,
            operation=model,
            attempts=request["context"]["retries"]["attempt"],
            caught_exception=outcome if is_failure else None,
            request_dict=request,
        )
        delay = first_non_none_response(delays)
        return None if delay is False else delay

    def _corrects_clock(self, response: Response, parsed: Any) -> bool:
        is_skewed = parsed.get("Error", {}).get("Code") in _SKEW_CODES
        return is_skewed and self._signer.correct_clock(response.headers.get("date"))

    def _set_deadline(self, retries: dict[str, Any], response: Response) -> None:
        """Set the `ttl` of the next attempt, in DynamoDB's time."""
        with suppress(ValueError):
            at = parsedate_to_datetime(response.headers.get("date", ""))
            ttl = at + timedelta(seconds=self.meta.config.read_timeout)
            retries["ttl"] = ttl.strftime(TIMESTAMP)

    @cached_property
    def _is_signed(self) -> bool:
        """Whether requests are signed. The local engine does not verify signatures."""
        _, version = self.meta.events.emit_until_response(
            "choose-signer.dynamodb",
            signing_name=self.meta.service_model.signing_name,
            region_name=self.meta.region_name,
            signature_version=self.meta.config.signature_version,
            context={"client_config": self.meta.config},
        )
        return (version or self.meta.config.signature_version) is not UNSIGNED
