"""Refer from a page to the parts of a large text, and build those parts.

A text over 8,192 bytes is split, compressed and stored in items of a partition beside that of its
subject. The slot of the page has a reference: the id of the write that stored the parts, and the
size and the SHA-256 of the text. The key of a part has all of these except the size, so a part is
never changed: a reader gets the text that the page refers to, or notices that a part is missing.
"""

import zlib
from collections.abc import Mapping
from dataclasses import astuple
from hashlib import sha256
from typing import Any, NamedTuple, Self

from shared.domain.records import dataclass
from shared.table import codec, keys
from shared.table.keys import Key
from shared.table.operations import Item

PART_BYTES = 300_000
"""How many bytes of text a part has. An item of 400 KB has room for them even uncompressed."""

_WRITE_ID = "write"


class InconsistentRead(Exception):
    """A large value was changed while it was read."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a page has in place of a large text.

    Attributes:
        write_id: The id of the write that stored the parts, in hexadecimal.
        size: The size of the text in bytes.
        sha256: The SHA-256 of the text in hexadecimal.
    """

    write_id: str
    size: int
    sha256: str

    @classmethod
    def to(cls, text: str, write_id: str) -> Self:
        """Build the reference to a text whose parts a write stores."""
        content = text.encode()
        return cls(write_id, len(content), sha256(content).hexdigest())

    @classmethod
    def of(cls, value: Any) -> Self | None:
        """Build a reference from the value of a record.

        Returns None if the value is not a reference, and for legacy parts, which have no id of a
        write.
        """
        if not isinstance(value, dict) or _WRITE_ID not in value:
            return None
        return cls(value[_WRITE_ID].hex(), value["bytes"], value["sha256"])

    def to_value(self) -> Mapping[str, Any]:
        """Return the value of the record. Bytes take half of their hexadecimal form."""
        return {
            _WRITE_ID: bytes.fromhex(self.write_id),
            "bytes": self.size,
            "sha256": bytes.fromhex(self.sha256),
        }


class PageReference(NamedTuple):
    """A reference with its place: the partition key of the subject, and the slot."""

    subject_pk: str
    slot: int
    reference: Reference

    def part_keys(self) -> list[Key]:
        """Return the keys of the parts, in the order of the text."""
        write_id, size, digest = astuple(self.reference)
        count = -(-size // PART_BYTES)
        return [
            keys.part(self.subject_pk, self.slot, digest, write_id, number)
            for number in range(count)
        ]

    def part_items(self, text: str) -> list[Item]:
        """Build the parts of the text."""
        content = text.encode()
        starts = range(0, len(content), PART_BYTES)
        packed = [zlib.compress(content[start : start + PART_BYTES]) for start in starts]
        return [
            codec.entity_item(key, "part", {"packed": each})
            for key, each in zip(self.part_keys(), packed, strict=True)
        ]

    def join(self, parts: Mapping[Key, Item]) -> str:
        """Build the text from its parts.

        Raises:
            InconsistentRead: A part does not exist, or is not what the reference names.
        """
        wanted = self.part_keys()
        if not parts.keys() >= {*wanted}:
            raise InconsistentRead
        content = b"".join(_unpacked(parts[key]) for key in wanted)
        if sha256(content).hexdigest() != self.reference.sha256:
            raise InconsistentRead
        return content.decode()


def _unpacked(part: Item) -> bytes:
    # Limited, so that no item can take more memory than a part.
    return zlib.decompressobj().decompress(part["packed"]["B"], PART_BYTES)
