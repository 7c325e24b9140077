"""Errors of a seed file with their JSON paths."""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TypeAlias

from shared.domain.errors import InvalidField, InvalidValue, MissingField

JsonPath: TypeAlias = tuple[str | int, ...]
"""The names and indexes of a path in a JSON document."""


class SeedError(Exception):
    """A seed file is not valid. The message is a sentence without a full stop."""


def fault(path: JsonPath, reason: str) -> SeedError:
    """Create an error with its path, such as `$.accounts[0].id: it is required`."""
    return SeedError(f"${''.join(map(_step, path))}: {reason}")


@contextmanager
def located(path: JsonPath) -> Iterator[None]:
    """Add the path to validation errors of the service.

    Raises:
        SeedError: In place of InvalidField, MissingField and InvalidValue.
    """
    try:
        yield
    except InvalidField as error:
        raise fault((*path, error.field), error.reason) from None
    except MissingField as error:
        raise fault((*path, error.field), "it is required") from None
    except InvalidValue as error:
        raise fault(path, f"it is no {error.variable_type}: {error.reason}") from None


def reason_of(kind: str, message: str) -> str:
    """Return the reason of a fault of a model, by its kind in pydantic or in an error response."""
    if kind in ("missing", "required"):
        return "it is required"
    if kind in ("extra_forbidden", "unknown_member"):
        return "there is no such field"
    return message[0].lower() + message[1:]


def check_unique(what: str, given: Iterable[tuple[JsonPath, Hashable | None]]) -> None:
    """Check that values are unique, and ignore None.

    Args:
        what: The noun for the values in the message, which omits the values.
        given: The values with their paths.

    Raises:
        SeedError: A value is repeated. The message has the path of the second one.
    """
    seen: set[Hashable] = set()
    for path, value in given:
        if value is not None and value in seen:
            raise fault(path, f"this {what} is given twice")
        seen.add(value)


def check_unique_field(what: str, parts: Sequence[object], at: JsonPath, field: str = "id") -> None:
    """Check that a field is unique in a list of parts of the file, like `check_unique`."""
    check_unique(what, (((*at, i, field), getattr(each, field)) for i, each in enumerate(parts)))


def numbered(ids: Sequence[int | None], above: int = 0) -> list[int]:
    """Replace each None with the next id above the largest one and above `above`."""
    largest = max((each for each in ids if each is not None), default=0)
    unused = count(max(largest, above) + 1)
    return [next(unused) if each is None else each for each in ids]


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if part.isidentifier() else f"[{json.dumps(part)}]"
