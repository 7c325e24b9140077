"""Describe the operation that merges contacts in the native API, and its response."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from openapi_documents.description import EVENT, Group, Operation, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from openapi_documents.native.contacts import Contact
from openapi_documents.native.variables import VariableChange
from shared.dialects.native.contact_merges import ContactMerge
from shared.domain import errors
from shared.domain.sources import Source

_MERGED = "contact_456"


class NotKeptValue(BaseModel):
    """A value that the contact does not have after a merge. It is a suggestion."""

    variable: str = member(example="membership_level")
    contact_id: str = member("The contact that had the value", example=_MERGED)
    suggestion_id: str = member(example="sug_0b5d7c1e2f3a4b5c6d7e_contact_123")
    value: Any = member(
        "Absent if the key does not get the values of the variable, and in a replay",
        example="Silver",
        optional=True,
    )
    source: Source | None = member(example="api", optional=True)
    updated_at: datetime | None = member(example="2026-11-21T05:00:00.000Z", optional=True)


class NotKept(BaseModel):
    """What a contact does not have after a merge."""

    variables: list[NotKeptValue]
    fields: dict[str, Any] = member(
        "Fields of the merged contact, by name. Empty in a replay",
        example={"company": "Example Inc."},
    )


class MergedContacts(BaseModel):
    """A contact after a merge, and what became of the values and the fields of both."""

    contact: Contact
    merged: str = member("The contact that was merged into it", example=_MERGED)
    dry_run: bool = member("Whether nothing was written")
    results: dict[str, VariableChange] = member(
        "By the names of variables: `set` if the value is that of the merged contact now, "
        "`suggested` if the contact keeps its own and that of the merged one is a suggestion. "
        "Variables that stay as they are, are left out.",
        example={"membership_level": {"outcome": "set", "version": native.VERSION}},
    )
    not_kept: NotKept


_OPERATIONS = {
    ("merge_contacts", "POST"): Operation(
        "Merges the contact `from` into the one of the path, in one transaction: its values, "
        "identifiers, phone numbers, tags, conversations and suggestions. Of two values of a "
        "variable, that of the stronger source is kept, or the newer one of equal sources; "
        "`prefer` chooses otherwise. The other value becomes a suggestion. Afterwards the id "
        "of the merged contact stands for the contact that stays. With `dry_run`, the response "
        "is that of the merge, and nothing is written: send its `ETag` as `If-Match` to merge "
        "only if the contact has not changed since.",
        headers=(native.IF_MATCH, native.IDEMPOTENCY_KEY),
        body=ContactMerge,
        examples={"a dry run": EVENT, "a merge": {"from": _MERGED}},
        response=Success(
            "What became of both contacts",
            MergedContacts,
            headers={**native.TAGGED, **native.REPLAYABLE},
        ),
        errors=(
            native.bad_member("it is the contact of the path", "from"),
            errors.PermissionDenied("a source that may replace a value of 'human'"),
            errors.ContactMerged(789),
            errors.TooLargeToMerge("it takes 131 writes, and a transaction has 100"),
        ),
    )
}

GROUP = Group(
    "Merges",
    "Two contacts of one person become one.",
    _OPERATIONS,
    limits={
        ContactMerge: {
            "properties": {
                "from": {"pattern": "^contact_[1-9][0-9]{0,17}$"},
                "prefer": {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}},
            }
        }
    },
)
