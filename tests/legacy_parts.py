"""Store large values in legacy parts, which an earlier release wrote and no code writes now."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys
from shared.table.operations import as_item
from shared.table.value_items import LEGACY_PARTS_TOKEN
from shared.table.value_records import encode_record
from tests.fixtures import LONG_AGO, Fixtures

_TOKEN = "0123456789abcdef"


def set_in_legacy_parts(
    fixtures: Fixtures,
    subject: Subject,
    assignment: Assignment,
    by: Attribution = Attribution(LONG_AGO),  # noqa: B008 - it cannot be changed
    account: str = "acme",
) -> None:
    """Set a large value as the earlier release did: with its page and one legacy part."""
    fixtures.variables.save(account, subject, [replace(assignment, value="short")], [], by)
    content = str(assignment.value).encode()
    reference = {
        "parts": 1,
        "stamp": _TOKEN,
        "bytes": len(content),
        "sha256": sha256(content).digest(),
    }
    key = keys.values_page(account, subject, keys.page_of(assignment.slot))
    page: dict[str, Any] = fixtures.client.get_item(
        TableName=fixtures.table_name, Key=as_item(key), ConsistentRead=True
    )["Item"]
    page[f"s{assignment.slot}"] = encode_record(assignment, reference, by)
    page[LEGACY_PARTS_TOKEN] = {"S": _TOKEN}
    part = {
        **as_item(keys.legacy_part(account, subject, assignment.slot, 0)),
        **codec.entity_attributes("value_part"),
        "stamp": {"S": _TOKEN},
        "text": {"B": content},
    }
    fixtures.put_back([page, part])
