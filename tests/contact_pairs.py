"""Create two contacts of one person, merge them, and read the result."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.definitions import Definition
from shared.domain.sources import Source
from shared.domain.values import Evidence, Subject
from shared.services.variables.assignments import make_assignment
from tests.api import Answer, Api
from tests.fixtures import LONG_AGO, Fixtures

SURVIVOR = "/v1/contacts/contact_123"
OLD = "/v1/contacts/contact_456"
TODAY = (datetime.now(UTC) - LONG_AGO).days
"""The number of days from `LONG_AGO` to today. Suggestions of that day have expired."""


def merge(native: Api, document: Any = None, **more: Any) -> Answer:
    return native.call(
        "POST", f"{SURVIVOR}/merge", {"from": "contact_456", **(document or {})}, **more
    )


def save(
    fixtures: Fixtures,
    contact_id: int,
    definition: Definition,
    value: Any,
    source: Source = Source.API,
    days: int = 0,
    evidence: Evidence | None = None,
) -> None:
    """Set a variable of a contact, `days` after `LONG_AGO`."""
    by = Attribution(LONG_AGO + timedelta(days=days), value_source=source)
    assignment = replace(make_assignment(definition, value), evidence=evidence)
    fixtures.variables.save("acme", Subject.contact(contact_id), [assignment], [], by)


def values(native: Api, path: str = SURVIVOR) -> dict[str, Any]:
    shown = native.call("GET", f"{path}/variables").document["variables"]
    return {name: each["value"] for name, each in shown.items()}


def suggested(native: Api) -> dict[str, Any]:
    """Return the pending suggestions for the survivor, by variable."""
    answer = native.call("GET", "/v1/suggestions", query={"contact_id": "contact_123"})
    return {each["variable"]: each["value"] for each in answer.document["data"]}
