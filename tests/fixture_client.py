"""The client with which fixtures create, fill and read tables."""

from typing import Any

import botocore.session

from shared.table.lean.client import LeanClient


class FixtureClient(LeanClient):
    """The lean client with calls that only fixtures make. Other calls use botocore's client.

    Fixtures make more calls than handlers do, and botocore takes three times the CPU for each.
    """

    def create_table(self, **request: Any) -> Any:
        return self._call("CreateTable", request)

    def delete_table(self, **request: Any) -> Any:
        return self._call("DeleteTable", request)

    def batch_write_item(self, **request: Any) -> Any:
        return self._call("BatchWriteItem", request)

    def scan(self, **request: Any) -> Any:
        return self._call("Scan", request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._botocore, name)


def fixture_client(engine_url: str) -> FixtureClient:
    session = botocore.session.get_session()
    client: Any = session.create_client("dynamodb", endpoint_url=engine_url)
    return FixtureClient(client, session.get_credentials(), None)
