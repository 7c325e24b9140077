"""Queries of Vambe's requests for lists of contacts.

Sources: Vambe, "Get contacts by days", "Get contacts by time filters", "Search contacts by phone or
email" and "Retrieve conversations by AI contact".
"""

import re
from datetime import UTC, datetime, timedelta

from shared.dialects.vambe.references import digits_of, uuid_of
from shared.domain.contact_lists import (
    ContactDetailFilter,
    TextFilter,
    TimeFilter,
    TimeOrder,
    TimeQuery,
)
from shared.domain.errors import InvalidField, MissingField
from shared.domain.records import dataclass
from shared.gateway.request import Request
from shared.validation.names import snake_case

MAX_FOUND = 50
"""The most contacts that a search returns."""

_MAX_DAYS = 365
_MAX_LIMIT = 1000
_MAX_OFFSET = 1_000_000
_ENTITIES = ("customer", "ticket")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """The parameters of a list of contacts."""

    days: int | None
    created_after: datetime | None
    updated_after: datetime | None
    field: TextFilter | None
    offset: int
    limit: int | None
    matches_none: bool

    @classmethod
    def of(cls, request: Request) -> "ContactQuery":
        """Parse the query of a request.

        Raises:
            MissingField: The query has no time filter.
            InvalidField: A parameter is not valid.

        """
        query = cls(
            days=_number_of(request, "days", least=1, most=_MAX_DAYS),
            created_after=_instant_of(request, "created_after"),
            updated_after=_instant_of(request, "updated_after"),
            field=_field_of(request),
            offset=_number_of(request, "offset", least=0, most=_MAX_OFFSET) or 0,
            limit=_number_of(request, "limit", least=1, most=_MAX_LIMIT),
            matches_none=_filters_by_unsupported_data(request),
        )
        if query.days is None and query.created_after is None and query.updated_after is None:
            raise MissingField("days")
        return query

    def time_query(self, now: datetime) -> TimeQuery:
        """Return the range of contacts that the query asks for.

        With a time filter, the order is ascending by that time, so that clients can page forward
        from it. Otherwise the latest contacts come first.
        """
        order = TimeOrder.LATEST
        if self.updated_after is not None:
            order = TimeOrder.UPDATED
        elif self.created_after is not None:
            order = TimeOrder.CREATED
        limit = 0 if self.matches_none else self.limit
        return TimeQuery(self._filter(now), self.field, order, self.offset, limit)

    def _filter(self, now: datetime) -> TimeFilter:
        times = [self.updated_after] if self.updated_after else []
        if self.days is not None:
            times.append(now - timedelta(days=self.days))
        return TimeFilter(created_after=self.created_after, updated_after=max(times, default=None))


def search_of(request: Request) -> ContactDetailFilter:
    """Parse the query of a search. Raises MissingField if it has no search term."""
    phone, email = request.query("phone"), request.query("email")
    if not phone and not email:
        raise MissingField("phone or email")
    return ContactDetailFilter(
        digits=digits_of("phone", phone) if phone else None, email=email or None
    )


def check_days_back(request: Request) -> None:
    """Validate `daysBack`. It filters nothing, as the dates of conversations are not stored.

    Raises:
        InvalidField: It is not a valid number.

    """
    _number_of(request, "daysBack", least=0, most=_MAX_OFFSET)


def check_message_limit(request: Request) -> None:
    """Validate `limit`, which filters nothing. Raises InvalidField."""
    _number_of(request, "limit", least=1, most=_MAX_LIMIT)


def _field_of(request: Request) -> TextFilter | None:
    key, value = request.query("custom_field_key"), request.query("custom_field_value")
    if not key and not value:
        return None
    if not key or not value:
        missing = "custom_field_value" if key else "custom_field_key"
        raise MissingField(missing)
    return TextFilter(tuple(dict.fromkeys((key, snake_case(key)))), value)


def _filters_by_unsupported_data(request: Request) -> bool:
    # Stages and pipelines are not stored, and ticket fields are not searched: no contact matches.
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
