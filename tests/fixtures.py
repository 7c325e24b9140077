"""Create the accounts, keys, contacts, definitions and other items that tests start from."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.accounts import Account, ApiKey, Attribution, Caller, Grant
from shared.domain.agents import Agent, DeclaredVariable, Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.changes import PageWrite, VariableChange
from shared.domain.contacts import Contact, Identifier, IdentifierKind
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.hooks import Hook
from shared.domain.imports import FileFormat, ImportJob
from shared.domain.resolutions import CallerMatch, ResolvedCall, ValueOrigin
from shared.domain.sources import Source, key_fingerprint
from shared.domain.values import Assignment, Subject
from shared.domain.webhooks import Webhook
from shared.services.accounts.access import hash_api_key
from shared.services.agents.answers import ASSURANCE
from shared.services.agents.hook_tokens import hash_token
from shared.services.variables.definitions import allocate_definitions
from shared.table.accounts import AccountTable, TagTable
from shared.table.activity import ActivityTable
from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
from shared.table.calls import CallTable
from shared.table.contact_items import contact_item
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.hooks import HookTable, hook_item
from shared.table.imports import ImportTable
from shared.table.operations import IS_NEW, put
from shared.table.variables import VariableTable
from shared.table.webhooks import DeliveryTable, WebhookTable
from shared.validation.agents import origin_of
from shared.validation.names import display_name
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring
from tests.api import template

KEY = "klen_abcdef123456789"
LONG_AGO = datetime(2024, 1, 1, 10, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
_WRITES_PER_BATCH = 25
HOOK_TOKEN = f"h.mfrw2zi.retell.hook_1.{'0' * 48}"
"""The token of a hook of the account acme."""

BOTH = ("can_read_contacts", "can_write_contacts")


Items = list[dict[str, Any]]


def john_smith(contact_id: int, **facts: Any) -> Contact:
    """Return a contact whose ids contain its number."""
    known = {"first_name": "John", "last_name": "Smith", "full_name": "John Smith"}
    known |= {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    return Contact(
        contact_id=contact_id,
        uuid=f"df980fc8-b6db-4820-bf22-{contact_id:012d}",
        external_id=f"external{contact_id}",
        **{**known, **facts},
    )


class Fixtures:
    """A table, with methods that create items in it."""

    def __init__(self, client: Any, table_name: str, table_client: Any = None) -> None:
        self.client = client
        self.table_name = table_name
        table = Table(table_client or client, table_name)
        self.table = table
        self.accounts = AccountTable(table)
        self.credentials = CredentialTable(table)
        self.contacts = ContactTable(table)
        self.definitions = DefinitionTable(table)
        self.variables = VariableTable(table)
        self.tags = TagTable(table)
        self.activity = ActivityTable(table)
        self.imports = ImportTable(table)
        self.webhooks = WebhookTable(table)
        self.agents = AgentTable(table, DefinitionMemory(0), AgentMemory())
        self.hooks = HookTable(table)
        self.calls = CallTable(table)
        self.deliveries = DeliveryTable(table)
        self._keys: dict[str, ApiKey] = {}

    def account(self, account: str = "acme", chatbots: tuple[str, ...] = ("bot_1",)) -> Account:
        """Add the item of an account."""
        made = Account(account, chatbots=chatbots)
        self.accounts.add(made)
        return made

    def key(
        self,
        secret: str = KEY,
        account: str = "acme",
        permissions: tuple[str, ...] = BOTH,
        resource: str | None = None,
        **facts: Any,
    ) -> ApiKey:
        """Add an API key."""
        key_hash = hash_api_key(secret)
        key = ApiKey(
            key_id=key_hash[:12],
            account_id=account,
            key_hash=key_hash,
            hint=secret[-4:],
            created_at=LONG_AGO,
            grants=tuple(Grant(permission, resource) for permission in permissions),
            **facts,
        )
        self.credentials.add(key)
        self._keys.setdefault(account, key)
        return key

    def caller(self, key: ApiKey) -> Caller:
        """Return the caller of a key."""
        return Caller(key.account_id, key.key_id, LONG_AGO)

    def contact(self, contact_id: int = 123, account: str = "acme", **facts: Any) -> Contact:
        """Add a contact. `facts` override the fields of John Smith."""
        contact = john_smith(contact_id, **facts)
        self.contacts.add(account, contact, Attribution(LONG_AGO))
        self.contacts.reserve(account, contact_id)
        return contact

    def crowd(self, contact_ids: Iterable[int], account: str = "acme") -> None:
        """Add contacts to lists only, without identifiers and pages of values."""
        for contact_id in contact_ids:
            item = contact_item(account, john_smith(contact_id), Attribution(LONG_AGO))
            self.client.put_item(TableName=self.table_name, Item=item)

    def definition(
        self,
        name: str,
        variable_type: str = "text",
        context_type: str = "contact",
        account: str = "acme",
        **facts: Any,
    ) -> Definition:
        """Add a definition."""
        draft = DefinitionDraft(
            name=name,
            display_name=facts.pop("display_name", display_name(name)),
            variable_type=VariableType(variable_type),
            context_type=ContextType(context_type),
            **facts,
        )
        (made,) = allocate_definitions(self.definitions, account, [draft], {})
        self.definitions.add(account, [made])
        return made

    def agent(
        self, agent_id: str = "agent_1", *variables: str, account: str = "acme", **facts: Any
    ) -> Agent:
        """Add an agent that declares variables, each by the name that it has in a request."""
        declared = tuple(
            DeclaredVariable(origin.variable, origin)
            for origin in map(origin_of, variables)
            if origin is not None
        )
        known: dict[str, Any] = {"name": "Reception", "variables": declared}
        agent = Agent(
            agent_id=agent_id, created_at=LONG_AGO, updated_at=LONG_AGO, **{**known, **facts}
        )
        self.agents.add(account, agent)
        return agent

    def hook(self, hook_id: str = "hook_1", account: str = "acme", **facts: Any) -> Hook:
        """Add a hook of Retell for `agent_1`, with the token `HOOK_TOKEN`."""
        known: dict[str, Any] = {"agent_id": "agent_1", "platform": "retell"}
        known |= {"token_hash": hash_token(HOOK_TOKEN), "key_id": "a-key"}
        hook = Hook(hook_id=hook_id, created_at=LONG_AGO, updated_at=LONG_AGO, **{**known, **facts})
        # Without a check of the agent, which a test may not need.
        self.table.write([put(hook_item(account, hook), IS_NEW)])
        return hook

    def call(
        self,
        call_id: str,
        variable: str,
        contact_id: int = 123,
        state: VariableState = VariableState.SET,
    ) -> ResolvedCall:
        """Add a call whose agent got one variable of a contact, set by a key."""
        origin = Origin(ContextType.CONTACT, variable)
        by = ValueOrigin(origin, Source.API, LONG_AGO, key_fingerprint("a-key"))
        reason = ASSURANCE if state is VariableState.WITHHELD else None
        resolved = (ResolvedVariable(variable, "Gold", state, reason),)
        call = ResolvedCall(
            "agent_1",
            CallerMatch(contact_id, known=True),
            Resolution(call_id, f"contact_{contact_id}", resolved),
            {variable: by},
            as_of=datetime.now(UTC),
        )
        return self.calls.pin("acme", call)

    def webhook(self, webhook_id: str = "wh_1", account: str = "acme", **facts: Any) -> Webhook:
        """Add a webhook of all topics.

        It belongs to the first key of the account, or without a key to the account.
        """
        key = facts.pop("key", self._keys.get(account))
        owner = {"key_hash": key.key_hash, "key_id": key.key_id} if key else {"of_account": True}
        known = {"url": "https://example.com/hooks", "topics": ("*",), "form": "native"}
        known |= {"secret": "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q=", "updated_at": LONG_AGO}
        webhook = Webhook(webhook_id=webhook_id, created_at=LONG_AGO, **{**known, **owner, **facts})
        self.webhooks.add(account, webhook)
        return webhook

    def value(
        self, definition: Definition, value: Any, contact_id: int = 123, account: str = "acme"
    ) -> None:
        """Set a variable of a contact."""
        assignment = Assignment(definition.slot, definition.name, definition.variable_type, value)
        subject = Subject.contact(contact_id)
        self.variables.save(account, subject, [assignment], [], Attribution(LONG_AGO))

    def import_job(self, import_id: str, account: str = "acme", **facts: Any) -> ImportJob:
        """Add an import of CSV by e-mail address, which waits for its file."""
        known: dict[str, Any] = {
            "file_format": FileFormat.CSV,
            "identifier_kind": IdentifierKind.EMAIL,
            "identifier_column": "email",
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "expires_at": NEVER,
        }
        job = ImportJob(import_id=import_id, key_id="a-key", **{**known, **facts})
        self.imports.add(account, job)
        return job

    def log(
        self,
        number: int,
        *changes: VariableChange,
        kept_for: timedelta = timedelta(days=36_500),
        **by: Any,
    ) -> None:
        """Log a write of a page of contact 123, made `number` minutes after `LONG_AGO`."""
        at = LONG_AGO + timedelta(minutes=number)
        facts = {"channel": "klen", "key_id": "key-1", "request_id": f"request-{number}", **by}
        write = PageWrite("acme", 123, 0, number, Attribution(at, **facts), changes)
        self.activity.record("acme", 123, [write], at + kept_for)

    def ids_with(self, identifier: Identifier, account: str = "acme") -> list[int]:
        """Return the ids of all contacts with an identifier, in order."""
        found = self.contacts.find_by_identifier(account, identifier).contacts
        return sorted(contact.contact_id for contact in found)

    def items(self, *, with_unknown_names: bool = False) -> Items:
        """Return every item of the table, sorted by key.

        Tests compare them before and after a request that must not change anything. Only records of
        unknown names may then be new, so they are left out by default.
        """
        items: Items = []
        start: dict[str, Any] = {}
        while True:
            page = self.client.scan(TableName=self.table_name, ConsistentRead=True, **start)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        if not with_unknown_names:
            items = [item for item in items if item.get("entity") != {"S": "unknown_name"}]
        return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def put_back(self, items: Sequence[dict[str, Any]]) -> None:
        """Put items as `items` has returned them.

        Clears the memory of functions, because versions can be lower than before.
        """
        wiring.memory().clear()
        agent_wiring.agent_memory().clear()
        for start in range(0, len(items), _WRITES_PER_BATCH):
            puts = [{"PutRequest": {"Item": item}} for item in items[start:][:_WRITES_PER_BATCH]]
            done = self.client.batch_write_item(RequestItems={self.table_name: puts})
            assert not done["UnprocessedItems"]


@contextmanager
def new_table(client: Any, name: str, *, has_stream: bool) -> Iterator[Fixtures]:
    """Create the table of the template, and delete it at the end."""
    arguments = dict(template().table.arguments)
    if not has_stream:
        del arguments["StreamSpecification"]
    client.create_table(TableName=name, **arguments)
    yield Fixtures(client, name)
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_table(TableName=name)
