"""An account with typical data, for one scenario to happen in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks.client import TEMPLATE
from local.database import ensure_table, make_client
from local.engines.engine import running_engine
from local.environment import set_environment
from local.functions import function_environment
from local.ports import listening_socket
from local.template import DEFAULT_REGION, DEFAULT_TABLE_NAME, read_template
from shared.domain.model import (
    BUSINESS,
    ApiKey,
    Assignment,
    Contact,
    ContextType,
    Definition,
    DefinitionDraft,
    Grant,
    PhoneNumber,
    VariableType,
)
from shared.services.access import hash_api_key
from shared.services.definitions import number_definitions
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.items import contact_item
from shared.table.variables import VariableTable
from shared.validation.names import display_name

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

CONTACT_ID = 123
LONG_AGO = datetime(2024, 1, 1, 10, 30, 15, 123000, tzinfo=UTC)
"""When everything was made; no round instant, for a number's zeros at the end cost nothing."""

VALUE = "fifteen letters"
"""A value of 15 characters, which is typical."""

_NEW_VALUE = "fifteen changes"
_DEFINITIONS_PER_WRITE = 30
_PUTS_PER_BATCH = 25


class Stage:
    """An account of its own in a table: with a key, and with what a scenario puts into it."""

    def __init__(self, client: DynamoDBClient, table_name: str, account: str) -> None:
        self._client = client
        self._table_name = table_name
        table = Table(client, table_name)
        self.account = account
        self._credentials = CredentialTable(table)
        self._contacts = ContactTable(table)
        self._definitions = DefinitionTable(table)
        self._variables = VariableTable(table)

    def add_key(self, requests_per_minute: int | None) -> str:
        """A key that may do everything; unlimited when the limit is None."""
        secret = f"klen_benchmark_{self.account}"
        key_hash = hash_api_key(secret)
        self._credentials.add(
            ApiKey(
                key_id=key_hash[:12],
                account_id=self.account,
                key_hash=key_hash,
                hint=secret[-4:],
                created_at=LONG_AGO,
                grants=(Grant("can_read_contacts"), Grant("can_write_contacts")),
                requests_per_minute=requests_per_minute,
            )
        )
        return secret

    def define(
        self, count: int, context_type: ContextType = ContextType.CONTACT
    ) -> list[Definition]:
        """Definitions of text variables with names of 17 characters, in order of slot."""
        drafts = [_draft(name, context_type) for name in names(count)]
        made = number_definitions(self._definitions, self.account, drafts, {})
        for start in range(0, count, _DEFINITIONS_PER_WRITE):
            self._definitions.add(self.account, made[start : start + _DEFINITIONS_PER_WRITE])
        return made

    def delete_definitions(self, definitions: Sequence[Definition]) -> None:
        """Delete definitions; values that are stored under them stay."""
        for definition in definitions:
            self._definitions.delete(self.account, definition)

    def add_contact(self, variables: Sequence[Definition] = ()) -> None:
        """A contact with the usual fields, four identifiers and a value of each variable."""
        self._contacts.add(self.account, typical_contact(), _assignments(variables))

    def add_listed_contacts(self, count: int) -> None:
        """Contacts without values and identifiers, which a list does not read: made faster."""
        contacts = (typical_contact(number) for number in range(1, count + 1))
        puts = [{"PutRequest": {"Item": contact_item(self.account, each)}} for each in contacts]
        for start in range(0, count, _PUTS_PER_BATCH):
            batch: Any = {self._table_name: puts[start : start + _PUTS_PER_BATCH]}
            unprocessed = self._client.batch_write_item(RequestItems=batch)["UnprocessedItems"]
            assert not unprocessed  # noqa: S101 - a local engine is never too busy

    def set_business(self, variables: Sequence[Definition]) -> None:
        """A value of each variable on the business."""
        self._variables.save(self.account, BUSINESS, _assignments(variables), [], LONG_AGO)


def names(count: int, word: str = "variable") -> list[str]:
    """Different names of variables of 17 characters, which is typical; of one word they sort."""
    width = 17 - len(word) - len("_name_")
    return [f"{word}_name_{number:0{width}d}" for number in range(count)]


def changes(of: Sequence[str]) -> dict[str, str]:
    """A new value of 15 characters for each name, in the body of a set."""
    return dict.fromkeys(of, _NEW_VALUE)


@contextmanager
def local_table() -> Iterator[tuple[DynamoDBClient, str]]:
    """A table on an embedded engine, in an environment in which handlers find it, and its name.

    The environment of this process stays changed.
    """
    template = read_template(TEMPLATE)
    with listening_socket(0, "--engine-port") as free:
        port = free.getsockname()[1]
    with running_engine("ministack", port=port, data_folder=None) as url:
        variables = function_environment(template.functions)
        set_environment(os.environ, variables, endpoint_url=url, region=DEFAULT_REGION)
        client = make_client()
        ensure_table(client, DEFAULT_TABLE_NAME, template.table, create=True)
        yield client, DEFAULT_TABLE_NAME


def _draft(name: str, context_type: ContextType) -> DefinitionDraft:
    return DefinitionDraft(
        name=name,
        display_name=display_name(name),
        variable_type=VariableType.TEXT,
        context_type=context_type,
        description="What a typical account writes here",
    )


def _assignments(variables: Sequence[Definition]) -> list[Assignment]:
    return [Assignment(each.slot, each.name, each.variable_type, VALUE) for each in variables]


def typical_contact(contact_id: int = CONTACT_ID) -> Contact:
    """A contact with the fields that most have, and four identifiers."""
    return Contact(
        contact_id=contact_id,
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
        uuid=f"df980fc8-b6db-4820-bf22-{contact_id:012d}",
        external_id=f"external-id-{contact_id:08d}",
        first_name="Alexandra",
        last_name="Johnson",
        full_name="Alexandra Johnson",
        email=f"alexandra{contact_id:06d}@example.com",
        company="Example Company",
        time_zone="America/New_York",
        phone_numbers=(PhoneNumber(1, f"+1555{contact_id:07d}", primary=True),),
        tags=("vip", "newsletter"),
    )
