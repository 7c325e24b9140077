"""What Vambe's requests for lists of contacts say in their queries.

Sources: Vambe, "Get contacts by days", "Get contacts by time filters", "Search contacts by phone or
email" and "Retrieve conversations by AI contact".
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.dialects.vambe.references import digits_of, uuid_of
from shared.domain.contact_lists import ContactDetailFilter, TextFilter, TimeFilter
from shared.domain.contacts import ContactSummary
from shared.domain.errors import InvalidField, MissingField
from shared.gateway.request import Request
from shared.validation.names import snake_case

MAX_FOUND = 50
"""How many contacts a search finds at most."""

_MAX_DAYS = 365
_MAX_LIMIT = 1000
_MAX_OFFSET = 1_000_000
_ENTITIES = ("customer", "ticket")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """Which contacts to list, in which order and how many of them."""

    days: int | None
    created_after: datetime | None
    updated_after: datetime | None
    field: TextFilter | None
    offset: int
    limit: int | None
    matches_none: bool

    @classmethod
    def of(cls, request: Request) -> "ContactQuery":
        """The list that a request asks for.

        Raises MissingField without any time, InvalidField for what is not as documented.
        """
        query = cls(
            days=_number_of(request, "days", least=1, most=_MAX_DAYS),
            created_after=_instant_of(request, "created_after"),
            updated_after=_instant_of(request, "updated_after"),
            field=_field_of(request),
            offset=_number_of(request, "offset", least=0, most=_MAX_OFFSET) or 0,
            limit=_number_of(request, "limit", least=1, most=_MAX_LIMIT),
            matches_none=_asks_for_what_is_not_kept(request),
        )
        if query.days is None and query.created_after is None and query.updated_after is None:
            raise MissingField("days")
        return query

    def filter(self, now: datetime) -> TimeFilter:
        """Which contacts are old and new enough."""
        times = [self.updated_after] if self.updated_after else []
        if self.days is not None:
            times.append(now - timedelta(days=self.days))
        return TimeFilter(created_after=self.created_after, updated_after=max(times, default=None))

    def page(self, latest_first: list[ContactSummary]) -> list[ContactSummary]:
        """The part of the list that is asked for, in the order in which it is.

        By the time that is filtered by when a client pages forward from there, else latest first.
        """
        if self.matches_none:
            return []
        end = None if self.limit is None else self.offset + self.limit
        return self._ordered(latest_first)[self.offset : end]

    def _ordered(self, latest_first: list[ContactSummary]) -> list[ContactSummary]:
        if self.updated_after is not None:
            return latest_first[::-1]
        if self.created_after is not None:
            return sorted(latest_first, key=lambda each: (each.created_at, each.contact_id))
        return latest_first


def search_of(request: Request) -> ContactDetailFilter:
    """The contacts that a request searches for; raises MissingField without a word to find."""
    phone, email = request.query("phone"), request.query("email")
    if not phone and not email:
        raise MissingField("phone or email")
    return ContactDetailFilter(
        digits=digits_of("phone", phone) if phone else None, email=email or None
    )


def check_days_back(request: Request) -> None:
    """Hold `daysBack` against its form; when a conversation took place is not kept.

    Raises InvalidField.
    """
    _number_of(request, "daysBack", least=0, most=_MAX_OFFSET)


def check_message_limit(request: Request) -> None:
    """Hold `limit` against its form; raises InvalidField."""
    _number_of(request, "limit", least=1, most=_MAX_LIMIT)


def _field_of(request: Request) -> TextFilter | None:
    key, value = request.query("custom_field_key"), request.query("custom_field_value")
    if not key and not value:
        return None
    if not key or not value:
        missing = "custom_field_value" if key else "custom_field_key"
        raise MissingField(missing)
    return TextFilter(tuple(dict.fromkeys((key, snake_case(key)))), value)


def _asks_for_what_is_not_kept(request: Request) -> bool:
    # No contact is in a stage or pipeline, and fields of tickets are not searched.
    entity = request.query("entity") or request.query("entity_type")
    if entity and entity not in _ENTITIES:
        raise InvalidField("entity", f"it must be one of: {', '.join(_ENTITIES)}")
    stages = [name for name in ("stage_id", "pipeline_id") if request.query(name)]
    for name in stages:
        uuid_of(name, request.query(name) or "")
    searches_tickets = entity == "ticket" and bool(request.query("custom_field_key"))
    return bool(stages) or searches_tickets


def _number_of(request: Request, name: str, least: int, most: int) -> int | None:
    given = request.query(name)
    if not given:
        return None
    if not _NUMBER.fullmatch(given) or not least <= int(given) <= most:
        raise InvalidField(name, f"it must be a number from {least} to {most}")
    return int(given)


def _instant_of(request: Request, name: str) -> datetime | None:
    given = request.query(name)
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidField(name, "it must be an ISO 8601 timestamp") from None
