"""What can be wrong in a seed file, named by its place."""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TypeAlias

from shared.domain.errors import InvalidField, InvalidValue, MissingField

JsonPath: TypeAlias = tuple[str | int, ...]
"""The names and positions that lead to a place in a JSON document."""


class SeedError(Exception):
    """A seed that cannot be loaded: the message is a sentence, without its full stop."""


def fault(path: JsonPath, reason: str) -> SeedError:
    """What is wrong at a place of the file, such as `$.accounts[0].id: it is required`."""
    return SeedError(f"${''.join(map(_step, path))}: {reason}")


@contextmanager
def located(path: JsonPath) -> Iterator[None]:
    """Name the place for what the rules of the service refuse there.

    Raises:
        SeedError: in place of InvalidField, MissingField and InvalidValue.

    """
    try:
        yield
    except InvalidField as error:
        raise fault((*path, error.field), error.reason) from None
    except MissingField as error:
        raise fault((*path, error.field), "it is required") from None
    except InvalidValue as error:
        raise fault(path, f"it is no {error.variable_type}: {error.reason}") from None


def refuse_twins(what: str, given: Iterable[tuple[JsonPath, Hashable | None]]) -> None:
    """Hold that no value is given twice; None is none.

    Args:
        what: what the values are, for the message, which does not repeat them.
        given: each value with its place.

    Raises:
        SeedError: naming the place of the second one.

    """
    seen: set[Hashable] = set()
    for path, value in given:
        if value is not None and value in seen:
            raise fault(path, f"this {what} is given twice")
        seen.add(value)


def numbered(ids: Sequence[int | None], above: int = 0) -> list[int]:
    """Give those without an id the ones above the largest, and above the one named, in order."""
    largest = max((each for each in ids if each is not None), default=0)
    unused = count(max(largest, above) + 1)
    return [next(unused) if each is None else each for each in ids]


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if part.isidentifier() else f"[{json.dumps(part)}]"
