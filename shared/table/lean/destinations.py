"""Where the requests of an operation go: endpoint, fixed headers and connections."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from botocore.model import OperationModel
from botocore.utils import normalize_url_path

from shared.table.lean.connections import ConnectionPool
from shared.table.lean.signer import CONTENT_TYPE, Scope

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Destination(NamedTuple):
    """Where the requests of an operation go, and the start of their head."""

    url: str
    host: str
    path: str
    target: str
    head: str
    scope: Scope
    pool: ConnectionPool


class Destinations:
    """The destinations of a botocore client, by operation and account.

    Args:
        client: A botocore client of DynamoDB.
        ca_bundle: The setting `ca_bundle` that it was created with.
    """

    def __init__(self, client: Any, ca_bundle: str | None) -> None:
        self._botocore = client
        self._ca_bundle = ca_bundle
        self._known: dict[tuple[str, str | None], Destination] = {}
        self._pools: dict[str, ConnectionPool] = {}

    def of(self, model: OperationModel, params: Any, account_id: str | None) -> Destination:
        """Return the destination of an operation. The endpoint may depend on the account."""
        known = self._known.get((model.name, account_id))
        if known is None:
            known = self._known[model.name, account_id] = self._resolve(model, params)
        return known

    def close(self) -> None:
        """Close all idle connections."""
        for pool in list(self._pools.values()):
            pool.close()

    def _resolve(self, model: OperationModel, params: Any) -> Destination:
        context: dict[str, Any] = {}
        # The only private attribute of botocore that the lean client uses.
        url, headers, _ = self._botocore._resolve_endpoint_ruleset(  # noqa: SLF001
            model, params, context
        )
        meta, signing, parts = self._botocore.meta, context.get("signing", {}), urlsplit(url)
        host = _host(parts)
        path = quote(normalize_url_path(parts.path), safe="/~")
        target = f"{meta.service_model.metadata['targetPrefix']}.{model.name}"
        fixed = {
            "Host": host,
            "Accept-Encoding": "identity",
            "X-Amz-Target": target,
            "Content-Type": CONTENT_TYPE,
            "User-Agent": meta.config.user_agent,
            **headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in fixed.items())
        scope = Scope(
            signing.get("region", meta.region_name),
            signing.get("signing_name", meta.service_model.signing_name),
        )
        # Of two threads that come first, both get the same pool.
        pool = self._pools.setdefault(host, ConnectionPool(parts, meta.config, self._ca_bundle))
        head = f"POST {path} HTTP/1.1\r\n{lines}"
        return Destination(full_url(url), host, path, target, head, scope, pool)


def full_url(endpoint_url: str) -> str:
    """Return the URL of a request to an endpoint."""
    return endpoint_url if urlsplit(endpoint_url).path else f"{endpoint_url}/"


def _host(parts: SplitResult) -> str:
    name = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    is_default = parts.port in (None, _DEFAULT_PORTS.get(parts.scheme))
    return name if is_default else f"{name}:{parts.port}"
