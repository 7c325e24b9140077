"""A large account with a contact index, of which only the contacts that are read are stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from benchmarks.snapshot import put_items
from shared.domain.accounts import Attribution
from shared.domain.contact_index import (
    ContactList,
    IndexedContact,
    chunk_of,
    indexed,
)
from shared.domain.contacts import Contact
from shared.table import codec, keys
from shared.table import contact_index_items as items
from shared.table.contact_index import is_dense
from shared.table.contact_index_items import CHUNKS_PER_NODE, Leaf, Node
from shared.table.contact_items import contact_item, to_contact_summary

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

LONG_AGO = datetime(2024, 1, 1, 10, tzinfo=UTC)
STAGES = ("lead", "lead", "lead", "qualified", "qualified", "customer", "won", "lost")
STATUSES = ("not_contacted", "not_contacted", "contacted", "active", "active", "closed")
RARE = "rare"
"""A stage and a tag that one contact of a thousand has."""


class Crowd:
    """The contacts with the ids from 1 to a size, each made of its number."""

    def __init__(self, account_id: str, size: int) -> None:
        self.account_id = account_id
        self.size = size

    def contact(self, contact_id: int) -> Contact:
        """Return a contact. Half belong to the account, the others to owners and teams."""
        drawn = contact_id * 2654435761 % 2**32 >> 8
        is_rare = not drawn % 1000
        owners = (None, None, None, None, "ann", "bob", f"user{drawn % 97}", None)
        teams = (None, None, None, None, None, 1, 2, 1 + drawn % 7)
        return Contact(
            contact_id=contact_id,
            created_at=LONG_AGO,
            updated_at=LONG_AGO,
            full_name=f"John Smith {contact_id}",
            stage=RARE if is_rare else STAGES[drawn // 3 % len(STAGES)],
            status=STATUSES[drawn // 29 % len(STATUSES)],
            owner=owners[drawn // 7 % len(owners)],
            team=teams[drawn // 7 % len(teams)],
            tags=("vip", RARE) if is_rare else ("vip",) if not drawn % 5 else (),
        )

    @cache  # noqa: B019 - the crowd lives as long as the measurement
    def summaries(self) -> tuple[Contact, ...]:
        """Return every contact in order of id."""
        return tuple(map(self.contact, range(1, self.size + 1)))

    @property
    def is_listed_by_its_index(self) -> bool:
        """Whether the account is large enough for lists to read the index."""
        return chunk_of(self.size) > 0

    def store(self, client: DynamoDBClient, table_name: str) -> None:
        """Store the index without the contacts."""
        put_items(client, table_name, index_items(self.account_id, self.summaries()))

    def store_contacts(
        self, client: DynamoDBClient, table_name: str, contact_ids: Iterable[int]
    ) -> None:
        """Store contacts and their words, as a page is to show them."""
        put_items(client, table_name, self._contact_items(contact_ids))

    def store_page(self, client: DynamoDBClient, table_name: str, page: Sequence[int]) -> None:
        """Store the contacts of a page, and those between them if they are read as well."""
        dense = is_dense(page)
        self.store_contacts(client, table_name, range(page[0], page[-1] + 1) if dense else page)

    def _contact_items(self, contact_ids: Iterable[int]) -> Iterator[dict[str, Any]]:
        by = Attribution(LONG_AGO)
        for contact_id in contact_ids:
            item = contact_item(self.account_id, self.contact(contact_id), by)
            yield item
            found = indexed(to_contact_summary(item))
            for word in found.words:
                key = keys.index_word(self.account_id, word, contact_id)
                yield items.word_item(key, contact_id, found)


def index_items(account_id: str, contacts: Iterable[Contact]) -> Iterator[dict[str, Any]]:
    """Yield the index of contacts that are in order of id, without entries and words."""
    codes: dict[tuple[str, str], int] = {}
    nodes: dict[tuple[ContactList, int], Node] = {}
    last_chunk = 0
    for chunk, of_chunk in groupby(contacts, lambda each: chunk_of(each.contact_id)):
        last_chunk = chunk
        for listed, leaf in _leaves(of_chunk, codes).items():
            yield items.leaf_item(keys.index_leaf(account_id, listed, chunk), leaf)
            node = nodes.setdefault((listed, chunk // CHUNKS_PER_NODE), Node({}))
            node.tallies[chunk] = leaf.tallies
    for (listed, number), node in nodes.items():
        yield items.node_item(keys.index_node(account_id, listed, number), node)
    yield items.cells_item(keys.index_cells(account_id), list(codes))
    state = {
        items.IS_COMPLETE: True,
        items.LAST_CHUNK: last_chunk,
        items.APPLIED_AT: LONG_AGO,
    }
    yield codec.entity_item(keys.index_state(account_id), "index_state", state)


def _leaves(
    of_chunk: Iterable[Contact], codes: dict[tuple[str, str], int]
) -> dict[ContactList, Leaf]:
    leaves: dict[ContactList, Leaf] = {}
    for each in of_chunk:
        code = codes.setdefault((each.stage, each.status), len(codes) + 1)
        for listed in IndexedContact(each.owner, each.team, each.tags, ()).lists:
            leaf = leaves.setdefault(listed, items.to_leaf(None))
            leaf.codes[items.position_in_chunk(each.contact_id)] = code
    return leaves
