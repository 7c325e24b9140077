"""Every key of the table, and nothing else builds one; `docs/data-model.md` charts them.

Every partition key starts with the account, but for the one that finds the account: the hash
of an API key. Each part that comes from outside is encoded, so that no `#` in it forges a key.
"""

from typing import NamedTuple

from shared.domain.contacts import Identifier
from shared.domain.variables import ContextType, Subject

WEBHOOKS = "WEBHOOK#"
"""What the sort keys of all webhooks start with."""

DELIVERIES = "DELIVERY#"
"""What the sort keys of all deliveries start with."""

IMPORTS = "IMPORT#"
"""What the sort keys of all imports start with."""

NAMES = "NAME#"
"""What the sort keys of all definitions start with, and those of pointers to them do not."""

TAGS = "TAG#"
"""What the sort keys of all tags start with, and those of pointers to them do not."""

ENTRIES = "ENTRY#"
"""What the sort keys of all entries of a log of changes start with."""

VALUES_PER_PAGE = 32
"""How many slots share one item of values."""


class Key(NamedTuple):
    """A primary key of the table."""

    pk: str
    sk: str


def account(account_id: str) -> Key:
    """The account itself."""
    return Key(_tenant(account_id), "PROFILE")


def counters(account_id: str) -> Key:
    """The highest ids and slots given in the account."""
    return Key(_tenant(account_id), "COUNTERS")


def api_key(key_hash: str) -> Key:
    """An API key by its hash: the only way to the account from outside."""
    return Key(f"APIKEY#{_part(key_hash)}", "PROFILE")


def api_key_entry(account_id: str, key_id: str) -> Key:
    """An API key in the list of its account."""
    return Key(api_keys_partition(account_id), f"APIKEY#{_part(key_id)}")


def api_keys_partition(account_id: str) -> str:
    """The partition of the list of an account's API keys."""
    return f"{_tenant(account_id)}#APIKEYS"


def request_count(account_id: str, key_id: str, minute: int) -> Key:
    """The requests made with a limited key in one minute since the epoch."""
    return Key(f"{_tenant(account_id)}#APIKEY#{_part(key_id)}", f"MINUTE#{minute}")


def definition(account_id: str, context_type: ContextType, name: str) -> Key:
    """A definition, or the tombstone of one, by its name."""
    return Key(definitions_partition(account_id), f"{NAMES}{context_type}#{_part(name)}")


def definitions_partition(account_id: str) -> str:
    """The partition of an account's definitions."""
    return f"{_tenant(account_id)}#DEFINITIONS"


def definition_id(account_id: str, definition_id: int) -> Key:
    """The pointer from a definition's number to its name."""
    return Key(definitions_partition(account_id), f"ID#{definition_id}")


def definition_external_id(account_id: str, external_id: str) -> Key:
    """The pointer from a definition's external id to its name."""
    return Key(definitions_partition(account_id), f"EXTERNAL#{_part(external_id)}")


def slot_index(account_id: str, context_type: ContextType) -> Key:
    """The current names of renamed variables and the audiences of owned ones, by slot."""
    return Key(definitions_partition(account_id), f"RENAMED#{context_type}")


def subject(account_id: str, subject: Subject) -> Key:
    """A contact, a conversation or the business: the item that says it exists."""
    return Key(_subject_partition(account_id, subject), "PROFILE")


def values_page(account_id: str, subject: Subject, page: int) -> Key:
    """One page of the values kept on a subject."""
    return Key(_subject_partition(account_id, subject), f"VALUES#{page:06d}")


def value_part(account_id: str, subject: Subject, slot: int, part: int) -> Key:
    """One part of a value that is too large for a page; it sorts after all pages."""
    return Key(_subject_partition(account_id, subject), f"VALUES#LARGE#{slot:08d}#{part}")


def slot_and_part(sk: str) -> tuple[int, int]:
    """The slot whose value a part belongs to and its number, of the sort key of `value_part`."""
    slot, number = sk.split("#")[2:]
    return int(slot), int(number)


def page_of(slot: int) -> int:
    """The page on which the values of a slot are kept, on every subject."""
    return slot // VALUES_PER_PAGE


def activity_head(account_id: str, contact_id: int) -> Key:
    """How far the log of a contact's changes has come."""
    return Key(activity_partition(account_id, contact_id), "HEAD")


def activity_entry(account_id: str, contact_id: int, sequence: int) -> Key:
    """Changes in the log of a contact, by the sequence of the first of them."""
    return Key(activity_partition(account_id, contact_id), f"{ENTRIES}{sequence:020d}")


def activity_partition(account_id: str, contact_id: int) -> str:
    """The partition of the log of a contact's changes."""
    return f"{_tenant(account_id)}#CONTACT#{contact_id}#ACTIVITY"


def sequence_of(sk: str) -> int:
    """The first sequence of the sort key of `activity_entry`."""
    return int(sk.removeprefix(ENTRIES))


def contact_of(pk: str) -> tuple[str, int] | None:
    """The account and contact that a partition key of `subject` names, if it is a contact's."""
    match pk.split("#"):
        case ["ACCOUNT", account_id, "CONTACT", contact_id]:
            return _decoded(account_id), int(contact_id)
    return None


def page_number(sk: str) -> int:
    """The number of the sort key of `values_page`."""
    return int(sk.split("#")[1])


def identifier(account_id: str, named: Identifier, contact_id: int) -> Key:
    """A contact among those that share an identifier."""
    return Key(identifier_partition(account_id, named), f"CONTACT#{contact_id}")


def identifier_partition(account_id: str, named: Identifier) -> str:
    """The partition of all contacts that share an identifier."""
    return f"{_tenant(account_id)}#IDENTIFIER#{named.kind}#{_part(named.value)}"


def claim(account_id: str, named: Identifier) -> Key:
    """The contact that is being made for an identifier."""
    return Key(identifier_partition(account_id, named), "CLAIM")


def contact_conversation(account_id: str, contact_id: int, conversation_id: str) -> Key:
    """A conversation in the list of its contact."""
    return Key(
        conversations_partition(account_id, contact_id), f"CONVERSATION#{_part(conversation_id)}"
    )


def conversations_partition(account_id: str, contact_id: int) -> str:
    """The partition of the list of a contact's conversations."""
    return f"{_tenant(account_id)}#CONTACT#{contact_id}#CONVERSATIONS"


def cooldown(account_id: str, about: str) -> Key:
    """What was done not long ago, and is not to be done again for a while."""
    return Key(f"{_tenant(account_id)}#COOLDOWN#{_part(about)}", "PROFILE")


def tag(account_id: str, tag_id: int) -> Key:
    """A tag of the account's catalogue."""
    return Key(tags_partition(account_id), f"{TAGS}{tag_id:020d}")


def tag_value(account_id: str, entity_type: str, value: str) -> Key:
    """The pointer from what a tag says, and on what, to the tag."""
    return Key(tags_partition(account_id), f"VALUE#{_part(entity_type)}#{_part(value)}")


def tags_partition(account_id: str) -> str:
    """The partition of an account's catalogue of tags."""
    return f"{_tenant(account_id)}#TAGS"


def listed_contact(account_id: str, contact_id: int) -> Key:
    """A contact in the index `contacts_by_account`, in order of number."""
    return Key(f"{_tenant(account_id)}#CONTACTS", f"CONTACT#{contact_id:020d}")


def webhook(account_id: str, webhook_id: str) -> Key:
    """A webhook; their ids are in the order in which they were made."""
    return Key(webhooks_partition(account_id), f"{WEBHOOKS}{_part(webhook_id)}")


def webhooks_partition(account_id: str) -> str:
    """The partition of an account's webhooks."""
    return f"{_tenant(account_id)}#WEBHOOKS"


def delivery(account_id: str, webhook_id: str, delivery_id: str) -> Key:
    """The delivery of an event to a webhook; their ids are in the order of their events."""
    return Key(deliveries_partition(account_id, webhook_id), f"{DELIVERIES}{_part(delivery_id)}")


def deliveries_partition(account_id: str, webhook_id: str) -> str:
    """The partition of the deliveries to a webhook."""
    return f"{_tenant(account_id)}#WEBHOOK#{_part(webhook_id)}"


def import_job(account_id: str, import_id: str) -> Key:
    """An import; their ids are in the order in which they were made."""
    return Key(imports_partition(account_id), f"{IMPORTS}{_part(import_id)}")


def import_backlog(account_id: str) -> Key:
    """The open imports of an account, in the order in which they run."""
    return Key(imports_partition(account_id), "BACKLOG")


def imports_partition(account_id: str) -> str:
    """The partition of an account's imports."""
    return f"{_tenant(account_id)}#IMPORTS"


def _tenant(account_id: str) -> str:
    return f"ACCOUNT#{_part(account_id)}"


def _subject_partition(account_id: str, subject: Subject) -> str:
    if subject.context_type is ContextType.BUSINESS:
        return f"{_tenant(account_id)}#BUSINESS"
    kind = subject.context_type.upper()
    return f"{_tenant(account_id)}#{kind}#{_part(subject.subject_id)}"


def _part(text: str) -> str:
    return text.replace("%", "%25").replace("#", "%23")


def _decoded(part: str) -> str:
    return part.replace("%23", "#").replace("%25", "%")
