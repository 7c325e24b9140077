"""Convert a seed file to validated records, without writing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from os import urandom
from uuid import uuid4

from local.seed_agents import plan_agents, plan_hooks
from local.seed_catalogue import Catalogue
from local.seed_fault import JsonPath, check_unique, check_unique_field, fault, located, numbered
from local.seed_file import (
    SeedAccount,
    SeedApiKey,
    SeedContact,
    SeedConversation,
    SeedFile,
    SeedImport,
    SeedWebhook,
)
from local.webhook_permissions import PERMISSIONS
from shared.domain.accounts import Account, ApiKey, ApiKeyDraft, Grant
from shared.domain.agents import Agent
from shared.domain.contacts import Contact, Conversation, PhoneNumber
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import Sensitivity
from shared.domain.hooks import Hook
from shared.domain.imports import ImportJob, ImportStatus, Progress, SourceFile
from shared.domain.tags import Tag
from shared.domain.values import Assignment
from shared.domain.webhooks import Webhook, WebhookStatus
from shared.services.accounts.administration import needs_limit, stored_key
from shared.services.imports.jobs import RETENTION
from shared.services.webhooks.signing_secrets import new_secret
from shared.validation.accounts import check_account
from shared.validation.contact_fields import IDENTIFYING_FIELDS
from shared.validation.contacts import check_contact, full_name
from shared.validation.webhooks import find_faults

SHORT_KEY_LIMIT = 60
"""The default requests per minute of a short key."""


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The records of one account with their final ids.

    The slots of definitions start at 0 in each context type, as in a new account.
    """

    account: Account
    keys: Sequence[ApiKey]
    definitions: Sequence[Definition]
    contacts: Sequence[tuple[Contact, Sequence[Assignment]]]
    conversations: Sequence[tuple[Conversation, Sequence[Assignment]]]
    tags: Sequence[Tag]
    webhooks: Sequence[Webhook]
    imports: Sequence[ImportJob]
    agents: Sequence[Agent]
    hooks: Sequence[Hook]
    business: Sequence[Assignment]

    @property
    def value_count(self) -> int:
        """The number of values of all subjects."""
        of_subjects = [kept for _, kept in (*self.contacts, *self.conversations)]
        return len(self.business) + sum(map(len, of_subjects))


def plan_accounts(seed: SeedFile, now: datetime) -> list[AccountPlan]:
    """Convert a seed file to records.

    Args:
        seed: The file.
        now: The creation time of records that have none.

    Raises:
        SeedError: An id, name or key is not unique, a reference is broken, or a value is not
            valid. The message has the JSON path.
    """
    at: JsonPath = ("accounts",)
    check_unique_field("id", seed.accounts, at)
    keys, chatbots = [], []
    for i, account in enumerate(seed.accounts):
        place = (*at, i, "api_keys")
        keys += [((*place, j, "key"), each.key) for j, each in enumerate(account.api_keys)]
        chatbots += [((*at, i, "chatbots", j), each) for j, each in enumerate(account.chatbots)]
    check_unique("API key", keys)
    check_unique("chatbot", chatbots)
    return [_account(each, (*at, i), now) for i, each in enumerate(seed.accounts)]


def _account(given: SeedAccount, at: JsonPath, now: datetime) -> AccountPlan:
    account = Account(given.id, given.name, tuple(given.chatbots), given.locale)
    with located(at):
        check_account(account)
    catalogue = Catalogue(given.definitions, (*at, "definitions"))
    tags = _tags(given, (*at, "tags"))
    contacts = _contacts(given.contacts, (*at, "contacts"), catalogue, tags, now)
    conversations = _conversations(
        given.conversations,
        (*at, "conversations"),
        catalogue,
        {contact.contact_id for contact, _ in contacts},
    )
    business = catalogue.assign(
        ContextType.BUSINESS, given.business_variables, (*at, "business_variables")
    )
    keys = {each.key: _key(given.id, each, now) for each in given.api_keys}
    agents = plan_agents(given.agents, (*at, "agents"), catalogue.definitions, now)
    return AccountPlan(
        account=account,
        keys=list(keys.values()),
        definitions=catalogue.definitions,
        contacts=contacts,
        conversations=conversations,
        tags=list(tags.values()),
        webhooks=_webhooks(given.webhooks, (*at, "webhooks"), keys, now),
        imports=_imports(given.imports, (*at, "imports"), now),
        agents=agents,
        hooks=plan_hooks(given, (*at, "hooks"), agents, keys, now),
        business=business,
    )


def is_limited(given: SeedApiKey) -> bool:
    """Return whether a key gets the default limit of short keys."""
    return given.requests_per_minute is None and needs_limit(given.key)


def _key(account_id: str, given: SeedApiKey, now: datetime) -> ApiKey:
    limit = SHORT_KEY_LIMIT if is_limited(given) else given.requests_per_minute
    own = {
        "grants": tuple(Grant(each.permission, each.resource) for each in given.permissions),
        "requests_per_minute": limit,
        "teams": frozenset(given.teams),
        "sensitivity": given.sensitivity or _sensitivity(given),
    }
    draft = ApiKeyDraft(**given.fields_of(ApiKeyDraft) | own)
    return stored_key(account_id, draft, given.key, now)


def _sensitivity(given: SeedApiKey) -> Sensitivity:
    return Sensitivity.SENSITIVE if given.sensitive else Sensitivity.PERSONAL


def _tags(given: SeedAccount, at: JsonPath) -> dict[int, Tag]:
    """Build the tags by id. A tag that only contacts reference gets its id as name."""
    check_unique_field("id", given.tags, at)
    used = {tag_id for contact in given.contacts for tag_id in contact.tags}
    ids = numbered([each.id for each in given.tags], above=max(used, default=0))
    tags = {
        tag_id: Tag(tag_id, each.value, each.entity_type)
        for tag_id, each in zip(ids, given.tags, strict=True)
    }
    tags |= {tag_id: Tag(tag_id, str(tag_id)) for tag_id in sorted(used - tags.keys())}
    check_unique("tag", ((at, f"{tag.value} ({tag.entity_type})") for tag in tags.values()))
    return tags


def _contacts(
    given: Sequence[SeedContact],
    at: JsonPath,
    catalogue: Catalogue,
    tags: Mapping[int, Tag],
    now: datetime,
) -> list[tuple[Contact, list[Assignment]]]:
    for field in ("id", "uuid", "external_id"):
        check_unique_field(field, given, at, field)
    ids = numbered([each.id for each in given])
    planned = []
    for i, each in enumerate(given):
        contact = _contact(each, ids[i], _tag_values(each, (*at, i, "tags"), tags), now)
        with located((*at, i)):
            check_contact(contact)
        place = (*at, i, "variables")
        planned.append((contact, catalogue.assign(ContextType.CONTACT, each.variables, place)))
    return planned


def _tag_values(given: SeedContact, at: JsonPath, tags: Mapping[int, Tag]) -> tuple[str, ...]:
    check_unique("tag", (((*at, i), tag_id) for i, tag_id in enumerate(given.tags)))
    return tuple(tags[tag_id].value for tag_id in given.tags)


def _contact(
    given: SeedContact, contact_id: int, tag_values: tuple[str, ...], now: datetime
) -> Contact:
    created_at = given.created_at or now
    phone = given.phone_number
    own = {
        "contact_id": contact_id,
        "created_at": created_at,
        "updated_at": given.updated_at or created_at,
        "uuid": given.uuid or str(uuid4()),
        "external_id": given.external_id or urandom(10).hex(),
        "full_name": given.full_name or full_name(given.first_name, given.last_name),
        "phone_numbers": () if phone is None else (PhoneNumber(1, phone, primary=True),),
        "tags": tag_values,
    }
    return Contact(**given.fields_of(Contact) | own)


def _conversations(
    given: Sequence[SeedConversation],
    at: JsonPath,
    catalogue: Catalogue,
    contact_ids: set[int],
) -> list[tuple[Conversation, list[Assignment]]]:
    check_unique_field("id", given, at)
    planned = []
    for i, each in enumerate(given):
        if each.contact_id not in contact_ids:
            reason = f"the account has no contact with the id {each.contact_id}"
            raise fault((*at, i, "contact_id"), reason)
        conversation = Conversation(each.id or f"conv_{urandom(10).hex()}", each.contact_id)
        place = (*at, i, "variables")
        planned.append(
            (conversation, catalogue.assign(ContextType.CONVERSATION, each.variables, place))
        )
    return planned


def _imports(given: Sequence[SeedImport], at: JsonPath, now: datetime) -> list[ImportJob]:
    check_unique_field("id", given, at)
    return [_import(each, now) for each in given]


def _import(given: SeedImport, now: datetime) -> ImportJob:
    waiting = ImportJob(
        import_id=given.id,
        key_id="",
        file_format=given.format,
        identifier_kind=given.identifier,
        identifier_column=IDENTIFYING_FIELDS[given.identifier],
        created_at=now,
        updated_at=now,
        expires_at=now + RETENTION,
    )
    if given.imported is None:
        return waiting
    progress = Progress(imported=given.imported, failed=given.failed)
    return replace(
        waiting, status=ImportStatus.COMPLETED, file=SourceFile(0, ""), progress=progress
    )


def _webhooks(
    given: Sequence[SeedWebhook], at: JsonPath, keys: Mapping[str, ApiKey], now: datetime
) -> list[Webhook]:
    check_unique_field("id", given, at)
    planned = []
    for i, each in enumerate(given):
        owner = keys.get(each.api_key) if each.api_key is not None else None
        if each.api_key is not None and owner is None:
            raise fault((*at, i, "api_key"), "it is no key of this account")
        webhook = _webhook(each, owner, now)
        for found in find_faults(webhook):
            raise fault((*at, i, *found.path), found.reason)
        planned.append(webhook)
    return planned


def _webhook(given: SeedWebhook, owner: ApiKey | None, now: datetime) -> Webhook:
    own = {
        "webhook_id": given.id,
        "topics": tuple(given.topics),
        "variables": None if given.variables is None else tuple(given.variables),
        "permissions": PERMISSIONS.get(given.form, ()),
        "key_hash": owner.key_hash if owner else None,
        "key_id": owner.key_id if owner else None,
        "of_account": owner is None,
        "secret": given.secret or new_secret(),
        "created_at": now,
        "updated_at": now,
    }
    if not given.active:
        own["status"] = WebhookStatus.DISABLED
        own |= {"disabled_reason": "it was disabled by its owner", "disabled_at": now}
    return Webhook(**given.fields_of(Webhook) | own)
