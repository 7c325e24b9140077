"""Options of a variable: their ids, which stay when they are renamed, and their order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from shared.domain.records import dataclass

if TYPE_CHECKING:
    from shared.domain.definitions import DefinitionDraft

_ID_CHARS = 12


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a select or multi-select variable.

    Attributes:
        option_id: Stays when the label changes.
        label: What people and every API see, and what values are stored as.
        archived: Whether it is offered no more. Values that have it stay.
        former: The labels that it had. Values that have one of them read as the label of today.
    """

    option_id: str
    label: str
    archived: bool = False
    former: tuple[str, ...] = ()


def option_id_of(label: str) -> str:
    """Return the id of an option that was created with a label."""
    digest = hashlib.sha256(label.encode(errors="surrogatepass")).hexdigest()
    return f"opt_{digest[:_ID_CHARS]}"


def options_of(definition: DefinitionDraft) -> tuple[Option, ...]:
    """Return all options of a definition in their order, archived ones included."""
    if definition.all_options:
        return definition.all_options
    return tuple(Option(option_id_of(label), label) for label in definition.select_options or ())


def offered(options: Iterable[Option]) -> tuple[str, ...]:
    """Return the labels of the options that are not archived."""
    return tuple(each.label for each in options if not each.archived)


def unless_plain(options: Sequence[Option]) -> tuple[Option, ...]:
    """Return options that their labels alone do not tell, and nothing for others."""
    plain = [Option(option_id_of(each.label), each.label) for each in options]
    return () if plain == [*options] else tuple(options)


def former_labels(options: Iterable[Option]) -> dict[str, str]:
    """Return the label of today by each former label."""
    return {former: each.label for each in options for former in each.former}


def with_labels(before: Sequence[Option], labels: Iterable[str]) -> tuple[Option, ...]:
    """Return the options that offer these labels.

    Options keep their ids by label. A label that is not among them is a new option, an archived
    one of that label is offered again, and the other archived ones stay behind them.
    """
    known = {each.label: each for each in before}
    given = [known.get(label) or Option(option_id_of(label), label) for label in labels]
    now = [Option(each.option_id, each.label, former=each.former) for each in given]
    labels_now = {each.label for each in now}
    return (*now, *(each for each in before if each.archived and each.label not in labels_now))
