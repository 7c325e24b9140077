"""Describe the operation that merges contacts in the native API, and its response.

Serves the promise that every endpoint is described and every response documented. The response is
built by `shared/dialects/native/contact_merges.py`.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Model, Operation, Success
from openapi_documents.examples import EVENT
from openapi_documents.native.contacts import Contact
from openapi_documents.native.request_terms import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    REPLAYED,
    VERSION,
)
from openapi_documents.native.responses import ETAG
from openapi_documents.native.variables import VariableChange
from shared.dialects.native.contact_merges import ContactMerge
from shared.domain import errors
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source

_MERGED = "contact_456"

LIMITS: dict[Model, JsonObject] = {
    ContactMerge: {
        "properties": {
            "from": {"pattern": "^contact_[1-9][0-9]{0,17}$"},
            "prefer": {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}},
        }
    },
}


class NotKeptValue(BaseModel):
    """A value that the contact does not have after a merge. It is a suggestion."""

    variable: str = Field(examples=["membership_level"])
    contact_id: str = Field(description="The contact that had the value", examples=[_MERGED])
    suggestion_id: str = Field(examples=["sug_0b5d7c1e2f3a4b5c6d7e_contact_123"])
    value: Any = Field(
        default=None,
        description="Absent if the key does not get the values of the variable, and in a replay",
        examples=["Silver"],
    )
    source: Source | None = Field(default=None, examples=["api"])
    updated_at: datetime | None = Field(default=None, examples=["2026-11-21T05:00:00.000Z"])


class NotKept(BaseModel):
    """What a contact does not have after a merge."""

    variables: list[NotKeptValue]
    fields: dict[str, Any] = Field(
        description="Fields of the merged contact, by name. Empty in a replay",
        examples=[{"company": "Example Inc."}],
    )


class MergedContacts(BaseModel):
    """A contact after a merge, and what became of the values and the fields of both."""

    contact: Contact
    merged: str = Field(description="The contact that was merged into it", examples=[_MERGED])
    dry_run: bool = Field(description="Whether nothing was written", examples=[False])
    results: dict[str, VariableChange] = Field(
        description=(
            "By the names of variables: `set` if the value is that of the merged contact now, "
            "`suggested` if the contact keeps its own and that of the merged one is a suggestion. "
            "Variables that stay as they are, are left out."
        ),
        examples=[{"membership_level": {"outcome": "set", "version": VERSION}}],
    )
    not_kept: NotKept


_BAD_MERGE = InvalidRequest.from_faults(
    [Fault("invalid_value", "it is the contact of the path", ("from",))]
)

_OPERATIONS = {
    ("merge_contacts", "POST"): Operation(
        summary="Merge another contact into a contact",
        description=(
            "Merges the contact `from` into the one of the path, in one transaction: its values, "
            "identifiers, phone numbers, tags, conversations and suggestions. Of two values of a "
            "variable, that of the stronger source is kept, or the newer one of equal sources; "
            "`prefer` chooses otherwise. The other value becomes a suggestion. Afterwards the id "
            "of the merged contact stands for the contact that stays. With `dry_run`, the response "
            "is that of the merge, and nothing is written: send its `ETag` as `If-Match` to merge "
            "only if the contact has not changed since."
        ),
        headers=(IF_MATCH, IDEMPOTENCY_KEY),
        body=ContactMerge,
        examples={"a dry run": EVENT, "a merge": {"from": _MERGED}},
        response=Success(
            "What became of both contacts",
            MergedContacts,
            headers={"ETag": ETAG, "Idempotent-Replayed": REPLAYED},
        ),
        error_responses=(
            _BAD_MERGE,
            errors.PermissionDenied("a source that may replace a value of 'human'"),
            errors.ContactMerged(789),
            errors.TooLargeToMerge("it takes 131 writes, and a transaction has 100"),
        ),
    ),
}

GROUP = Group("Merges", "Two contacts of one person become one.", _OPERATIONS)
