"""Build every key of the table.

`docs/data-model.md` lists the keys. Every partition key starts with the account, except that of
an API key's hash, which finds the account. Each part that comes from a client is encoded, so a
`#` in a text cannot produce another key.
"""

from typing import TYPE_CHECKING, NamedTuple

from shared.domain import values
from shared.domain.contacts import Identifier
from shared.domain.definitions import ContextType
from shared.domain.values import Subject

if TYPE_CHECKING:
    from shared.domain.contact_index import ContactList

WEBHOOKS = "WEBHOOK#"
"""The prefix of the sort keys of webhooks."""

DELIVERIES = "DELIVERY#"
"""The prefix of the sort keys of deliveries."""

IMPORTS = "IMPORT#"
"""The prefix of the sort keys of imports."""

CONVERSATIONS = "CONVERSATION#"
"""The prefix of the sort keys of conversations in the list of their contact."""

NAMES = "NAME#"
"""The prefix of the sort keys of definitions and tombstones, without the pointers to them."""

API_KEYS = "APIKEY#"
"""The prefix of the sort keys of API keys in the list of their account."""

TAGS = "TAG#"
"""The prefix of the sort keys of tags by id."""

ENTRIES = "ENTRY#"
"""The prefix of the sort keys of activity entries."""

SUGGESTIONS = "SUGGESTION#"
"""The prefix of the sort keys of suggestions."""

EVIDENCE = "EVIDENCE#"
"""The prefix of the sort keys of the evidence of values."""

VALUES = "VALUES#"
"""The prefix of the sort keys of pages and legacy parts."""

_OF_PARTS = "#PARTS"
AFTER_PAGES = "VALUES#:"
"""A sort key after those of all pages and before those of legacy parts."""

AGENTS = "AGENT#"
"""The prefix of the sort keys of agents."""

HOOKS = "HOOK#"
"""The prefix of the sort keys of hooks."""

POSITIONS = "POSITION#"
"""The prefix of the sort keys of unknown names."""

INDEX_NODES = "NODE#"
"""The prefix of the sort keys of the nodes of a list in the contact index."""

INDEX_ENTRIES = "ENTRIES#"
"""The prefix of the sort keys of the entries of contacts in the contact index."""

EARLIER_INDEX_ENTRIES = "ENTRY#"
"""That of entries of the earlier form, of one contact each."""

MAX_PARTITION_BYTES = 2048
"""The longest partition key that DynamoDB takes."""


VALUES_PER_PAGE = values.VALUES_PER_PAGE
"""The number of slots on a page."""


class Key(NamedTuple):
    """A primary key of the table."""

    pk: str
    sk: str


def account(account_id: str) -> Key:
    """Return the key of an account."""
    return Key(_account_prefix(account_id), "PROFILE")


def counters(account_id: str) -> Key:
    """Return the key of the highest ids and slots that were allocated in an account."""
    return Key(_account_prefix(account_id), "COUNTERS")


def account_head(account_id: str) -> Key:
    """Return the key of an account's head: the versions of its definitions, agents and business."""
    return Key(_account_prefix(account_id), "HEAD")


def api_key(key_hash: str) -> Key:
    """Return the key of an API key by its hash. Only this partition is outside of an account."""
    return Key(f"APIKEY#{_encode(key_hash)}", "PROFILE")


def api_key_entry(account_id: str, key_id: str) -> Key:
    """Return the key of an API key in the list of its account."""
    return Key(api_keys_partition(account_id), f"{API_KEYS}{_encode(key_id)}")


def api_keys_partition(account_id: str) -> str:
    """Return the partition key of the list of an account's API keys."""
    return f"{_account_prefix(account_id)}#APIKEYS"


def key_id_of(sk: str) -> str:
    """Return the key id in a sort key of `api_key_entry`."""
    return _decode(sk.removeprefix(API_KEYS))


def request_count(account_id: str, key_id: str, minute: int) -> Key:
    """Return the key of an API key's request count in a minute, counted since the epoch."""
    return Key(f"{_account_prefix(account_id)}#APIKEY#{_encode(key_id)}", f"MINUTE#{minute}")


def account_request_count(account_id: str, window: int) -> Key:
    """Return the key of the requests of an account in a window, counted since the epoch.

    It is among the request counts of API keys, which every function may write; `*` is no key id.
    """
    return Key(f"{_account_prefix(account_id)}#APIKEY#*", f"WINDOW#{window}")


def key_use(account_id: str, key_id: str) -> Key:
    """Return the key of the last hour in which an API key was used."""
    return Key(f"{_account_prefix(account_id)}#APIKEY#{_encode(key_id)}", "LAST_USED")


def definition(account_id: str, context_type: ContextType, name: str) -> Key:
    """Return the key of a definition, or of its tombstone, by name."""
    return Key(definitions_partition(account_id), f"{NAMES}{context_type}#{_encode(name)}")


def definitions_partition(account_id: str) -> str:
    """Return the partition key of an account's definitions."""
    return f"{_account_prefix(account_id)}#DEFINITIONS"


def definition_id(account_id: str, definition_id: int) -> Key:
    """Return the key of the pointer from a definition's id to its name."""
    return Key(definitions_partition(account_id), f"ID#{definition_id}")


def definition_external_id(account_id: str, external_id: str) -> Key:
    """Return the key of the pointer from a definition's external id to its name."""
    return Key(definitions_partition(account_id), f"EXTERNAL#{_encode(external_id)}")


def value_counts(account_id: str) -> Key:
    """Return the key of how many contacts have a value of each variable, by slot."""
    return Key(definitions_partition(account_id), "COUNTS")


def unknown_name(account_id: str, position: int) -> Key:
    """Return the key of a name that was refused as unknown, by its position in the record."""
    return Key(unknown_names_partition(account_id), f"{POSITIONS}{position:03d}")


def unknown_names_partition(account_id: str) -> str:
    """Return the partition key of the names that an account's writes were refused for."""
    return f"{_account_prefix(account_id)}#UNKNOWN_NAMES"


def slot_index(account_id: str, context_type: ContextType) -> Key:
    """Return the key of the slot index: names of renamed variables and audiences, by slot."""
    # The first version stored names only. The prefix and the entity `renames` are from then.
    return Key(definitions_partition(account_id), f"RENAMED#{context_type}")


def subject(account_id: str, subject: Subject) -> Key:
    """Return the key of a contact or conversation."""
    return Key(_subject_partition(account_id, subject), "PROFILE")


def values_page(account_id: str, subject: Subject, page: int) -> Key:
    """Return the key of a page of a subject's values."""
    return Key(_subject_partition(account_id, subject), f"{VALUES}{page:06d}")


def legacy_part(account_id: str, subject: Subject, slot: int, part: int) -> Key:
    """Return the key of a legacy part of a large value. It sorts after all pages."""
    return Key(_subject_partition(account_id, subject), f"{VALUES}LARGE#{slot:08d}#{part}")


def parts_partition(subject_pk: str) -> str:
    """Return the partition key of the parts of a subject's large values, and of their leases."""
    return f"{subject_pk}{_OF_PARTS}"


def subject_of_parts(pk: str) -> str:
    """Return the partition key of the subject of a partition key of `parts_partition`."""
    return pk.removesuffix(_OF_PARTS)


def part(subject_pk: str, slot: int, digest: str, write_id: str, number: int) -> Key:
    """Return the key of a part of a large value, by the SHA-256 of its text and its write."""
    return Key(parts_partition(subject_pk), f"PART#{slot:08d}#{digest}#{write_id}#{number}")


def part_lease(subject_pk: str, write_id: str) -> Key:
    """Return the key of the lease of the parts that a write stores for a page."""
    return Key(parts_partition(subject_pk), f"LEASE#{write_id}")


def review_partition(account_id: str, subject: Subject) -> str:
    """Return the partition key of what people review about a subject: suggestions and evidence."""
    return f"{_subject_partition(account_id, subject)}#REVIEW"


def suggestion(account_id: str, subject: Subject, suggestion_hash: str) -> Key:
    """Return the key of a suggestion."""
    return Key(review_partition(account_id, subject), f"{SUGGESTIONS}{suggestion_hash}")


def evidence(account_id: str, subject: Subject, slot: int) -> Key:
    """Return the key of the evidence of a value."""
    return Key(review_partition(account_id, subject), f"{EVIDENCE}{slot:08d}")


def listed_suggestion(account_id: str, milliseconds: int, suggestion_hash: str) -> Key:
    """Return the key of a suggestion in the index, ordered by time."""
    return Key(
        suggestions_partition(account_id), f"{SUGGESTIONS}{milliseconds:015d}#{suggestion_hash}"
    )


def suggestions_partition(account_id: str) -> str:
    """Return the partition key of an account's suggestions in the index."""
    return f"{_account_prefix(account_id)}#SUGGESTIONS"


def slot_and_part(sk: str) -> tuple[int, int]:
    """Return the slot and the part number of a sort key of `legacy_part`."""
    slot, number = sk.split("#")[2:]
    return int(slot), int(number)


def page_of(slot: int) -> int:
    """Return the number of the page that has a slot. It is the same on every subject."""
    return slot // VALUES_PER_PAGE


def activity_head(account_id: str, contact_id: int) -> Key:
    """Return the key of the head of a contact's activity log."""
    return Key(activity_partition(account_id, contact_id), "HEAD")


def activity_entry(account_id: str, contact_id: int, sequence: int) -> Key:
    """Return the key of an activity entry by the sequence number of its first change."""
    return Key(activity_partition(account_id, contact_id), f"{ENTRIES}{sequence:020d}")


def activity_partition(account_id: str, contact_id: int) -> str:
    """Return the partition key of a contact's activity log."""
    return f"{_account_prefix(account_id)}#CONTACT#{contact_id}#ACTIVITY"


def sequence_of(sk: str) -> int:
    """Return the sequence number in a sort key of `activity_entry`."""
    return int(sk.removeprefix(ENTRIES))


def contact_of(pk: str) -> tuple[str, int] | None:
    """Return the account id and contact id of a partition key of `subject`.

    None if it is not the partition key of a contact.
    """
    match pk.split("#"):
        case ["ACCOUNT", account_id, "CONTACT", contact_id]:
            return _decode(account_id), int(contact_id)
    return None


def page_number(sk: str) -> int:
    """Return the page number in a sort key of `values_page`."""
    return int(sk.split("#")[1])


def identifier(account_id: str, identifier: Identifier, contact_id: int) -> Key:
    """Return the key of a contact among the contacts with an identifier."""
    return Key(identifier_partition(account_id, identifier), f"CONTACT#{contact_id}")


def identifier_partition(account_id: str, identifier: Identifier) -> str:
    """Return the partition key of the contacts with an identifier."""
    return f"{_account_prefix(account_id)}#IDENTIFIER#{identifier.kind}#{_encode(identifier.value)}"


def claim(account_id: str, identifier: Identifier) -> Key:
    """Return the key of the claim on an identifier."""
    return Key(identifier_partition(account_id, identifier), "CLAIM")


def contact_conversation(account_id: str, contact_id: int, conversation_id: str) -> Key:
    """Return the key of a conversation in the list of its contact."""
    return Key(
        conversations_partition(account_id, contact_id),
        f"{CONVERSATIONS}{_encode(conversation_id)}",
    )


def merged_contact(account_id: str, contact_id: int) -> Key:
    """Return the key of what is left of a merged contact: the id of the survivor."""
    return Key(f"{_account_prefix(account_id)}#CONTACT#{contact_id}#MERGED", "SURVIVOR")


def conversations_partition(account_id: str, contact_id: int) -> str:
    """Return the partition key of the list of a contact's conversations."""
    return f"{_account_prefix(account_id)}#CONTACT#{contact_id}#CONVERSATIONS"


def cooldown(account_id: str, about: str) -> Key:
    """Return the key of a cooldown, which prevents repeating an action for a while."""
    return Key(f"{_account_prefix(account_id)}#COOLDOWN#{_encode(about)}", "PROFILE")


def idempotency_record(account_id: str, key_id: str, digest: str) -> Key:
    """Return the key of the record of an idempotency key, by its digest."""
    return Key(
        f"{_account_prefix(account_id)}#IDEMPOTENCY#{_encode(key_id)}#{_encode(digest)}", "PROFILE"
    )


def tag(account_id: str, tag_id: int) -> Key:
    """Return the key of a tag by its id."""
    return Key(tags_partition(account_id), f"{TAGS}{tag_id:020d}")


def tag_value(account_id: str, entity_type: str, value: str) -> Key:
    """Return the key of a tag by its entity type and value."""
    return Key(tags_partition(account_id), f"VALUE#{_encode(entity_type)}#{_encode(value)}")


def tags_partition(account_id: str) -> str:
    """Return the partition key of an account's tags."""
    return f"{_account_prefix(account_id)}#TAGS"


def listed_contact(account_id: str, contact_id: int) -> Key:
    """Return the key of a contact in the index `contacts_by_account`, ordered by id."""
    return Key(f"{_account_prefix(account_id)}#CONTACTS", f"CONTACT#{contact_id:020d}")


def contact_of_listed(sk: str) -> int:
    """Return the contact id in a sort key of `listed_contact`."""
    return int(sk.removeprefix("CONTACT#"))


def webhook(account_id: str, webhook_id: str) -> Key:
    """Return the key of a webhook. Webhook ids sort by time of creation."""
    return Key(webhooks_partition(account_id), f"{WEBHOOKS}{_encode(webhook_id)}")


def webhooks_partition(account_id: str) -> str:
    """Return the partition key of an account's webhooks."""
    return f"{_account_prefix(account_id)}#WEBHOOKS"


def delivery(account_id: str, webhook_id: str, delivery_id: str) -> Key:
    """Return the key of a delivery. Delivery ids sort by time of the event."""
    return Key(deliveries_partition(account_id, webhook_id), f"{DELIVERIES}{_encode(delivery_id)}")


def deliveries_partition(account_id: str, webhook_id: str) -> str:
    """Return the partition key of the deliveries to a webhook."""
    return f"{_account_prefix(account_id)}#WEBHOOK#{_encode(webhook_id)}"


def import_job(account_id: str, import_id: str) -> Key:
    """Return the key of an import. Import ids sort by time of creation."""
    return Key(imports_partition(account_id), f"{IMPORTS}{_encode(import_id)}")


def import_backlog(account_id: str) -> Key:
    """Return the key of the backlog of an account's open imports."""
    return Key(imports_partition(account_id), "BACKLOG")


def imports_partition(account_id: str) -> str:
    """Return the partition key of an account's imports."""
    return f"{_account_prefix(account_id)}#IMPORTS"


def agent(account_id: str, agent_id: str) -> Key:
    """Return the key of an agent. Agent ids sort by time of creation."""
    return Key(agents_partition(account_id), f"{AGENTS}{_encode(agent_id)}")


def agents_partition(account_id: str) -> str:
    """Return the partition key of an account's agents."""
    return f"{_account_prefix(account_id)}#AGENTS"


def hook(account_id: str, hook_id: str) -> Key:
    """Return the key of a hook. Hook ids sort by time of creation."""
    return Key(hooks_partition(account_id), f"{HOOKS}{_encode(hook_id)}")


def hooks_partition(account_id: str) -> str:
    """Return the partition key of an account's hooks."""
    return f"{_account_prefix(account_id)}#HOOKS"


def call(account_id: str, call_id: str) -> Key:
    """Return the key of the first answer of a call, by our id of the call."""
    return Key(f"{_account_prefix(account_id)}#CALL#{_encode(call_id)}", "ANSWER")


def index_state(account_id: str) -> Key:
    """Return the key of the state of an account's contact index."""
    return Key(index_partition(account_id), "STATE")


def index_cells(account_id: str) -> Key:
    """Return the key of the cells of an account's contact index: its stages and statuses."""
    return Key(index_partition(account_id), "CELLS")


def missing_ids(account_id: str) -> Key:
    """Return the key of the number of an account's contact ids that have no contact."""
    return Key(index_partition(account_id), "MISSING_IDS")


def index_partition(account_id: str) -> str:
    """Return the partition key of the state and the cells of an account's contact index."""
    return f"{_account_prefix(account_id)}#INDEX"


def index_entry(account_id: str, number: int) -> Key:
    """Return the key of what the contact index has of some consecutive contacts."""
    return Key(index_entries_partition(account_id), f"{INDEX_ENTRIES}{number:020d}")


def earlier_index_entry(account_id: str, contact_id: int) -> Key:
    """Return the key of what an index of the earlier form has of one contact."""
    return Key(index_entries_partition(account_id), f"{EARLIER_INDEX_ENTRIES}{contact_id:020d}")


def index_entries_partition(account_id: str) -> str:
    """Return the partition key of what the contact index has of each contact."""
    return f"{_account_prefix(account_id)}#INDEX#ENTRIES"


def contact_of_earlier_entry(sk: str) -> int:
    """Return the contact id in a sort key of `earlier_index_entry`."""
    return int(sk.removeprefix(EARLIER_INDEX_ENTRIES))


def index_leaf(account_id: str, listed: "ContactList", chunk: int) -> Key:
    """Return the key of the contacts of a chunk that are in a list of the contact index."""
    return Key(index_list_partition(account_id, listed), f"LEAF#{chunk:020d}")


def chunk_of_leaf(sk: str) -> int:
    """Return the chunk in a sort key of `index_leaf`."""
    return int(sk.removeprefix("LEAF#"))


def index_node(account_id: str, listed: "ContactList", node: int) -> Key:
    """Return the key of the counts of several chunks of a list in the contact index."""
    return Key(index_list_partition(account_id, listed), f"{INDEX_NODES}{node:020d}")


def index_list_partition(account_id: str, listed: "ContactList") -> str:
    """Return the partition key of a list of the contact index."""
    owner = "" if listed.owner is None else f"OWNER#{_encode(listed.owner)}"
    team = "" if listed.team is None else f"TEAM#{listed.team}"
    tag = "" if listed.tag is None else f"TAG#{_encode(listed.tag)}"
    return f"{_account_prefix(account_id)}#LIST#{owner}#{team}#{tag}"


def index_word(account_id: str, word: str, contact_id: int) -> Key:
    """Return the key of a word of a contact in the contact index."""
    return Key(index_words_partition(account_id, word), f"{_encode(word)}#{contact_id:020d}")


def index_words_partition(account_id: str, word: str) -> str:
    """Return the partition key of the words that start with the same three characters."""
    return f"{_account_prefix(account_id)}#WORDS#{_encode(word[:3])}"


def word_of(sk: str) -> str:
    """Return the word in a sort key of `index_word`."""
    return _decode(sk.rpartition("#")[0])


def beginning_of_word(text: str) -> str:
    """Return what the sort keys of the words start with that start with a text."""
    return _encode(text)


def _account_prefix(account_id: str) -> str:
    return f"ACCOUNT#{_encode(account_id)}"


def _subject_partition(account_id: str, subject: Subject) -> str:
    if subject.context_type is ContextType.BUSINESS:
        return f"{_account_prefix(account_id)}#BUSINESS"
    kind = subject.context_type.upper()
    return f"{_account_prefix(account_id)}#{kind}#{_encode(subject.subject_id)}"


def _encode(text: str) -> str:
    return text.replace("%", "%25").replace("#", "%23")


def _decode(text: str) -> str:
    return text.replace("%23", "#").replace("%25", "%")
