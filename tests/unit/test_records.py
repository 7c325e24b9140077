"""The decorator of records behaves as that of the standard library."""

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest

from shared.domain import records
from shared.domain.contacts import Address

ROOT = Path(__file__).parents[2]
DECORATORS: Mapping[str, Callable[..., Any]] = {
    "the standard one": dataclasses.dataclass,
    "ours": records.dataclass,
}


def facts(decorator: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """Return the properties of a class that a decorator creates."""

    @decorator(**options)
    class Point:
        """A point."""

        x: int
        y: Any = 0
        hidden: int = dataclasses.field(default=0, repr=False)
        ignored: int = dataclasses.field(default=0, compare=False)
        kinds: ClassVar[int] = 2

    make = partial(Point, x=1)
    return {
        "fields": [each.name for each in dataclasses.fields(Point)],
        "doc": Point.__doc__,
        "slots": getattr(Point, "__slots__", None),
        "repr": repr(make(y="a")).rpartition(".")[2],
        "equal": (make() == make(), make() == make(y=2), make() != make(ignored=3), make() == 1),
        "hash": hash(make()) == hash(make(ignored=3)) if Point.__hash__ else None,
        "replaced": repr(dataclasses.replace(make(), y=5)).rpartition(".")[2],
        "as dict": dataclasses.asdict(make()),
        "copy": copy.deepcopy(make(y=[1])) == make(y=[1]),
        "match": Point.__match_args__,
    }


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"slots": True},
        {"frozen": True},
        {"frozen": True, "slots": True},
        {"frozen": True, "slots": True, "kw_only": True},
        {"frozen": True, "order": True},
    ],
    ids=str,
)
def test_a_record_does_what_a_dataclass_does(options: dict[str, Any]):
    theirs, ours = (facts(each, **options) for each in DECORATORS.values())
    assert ours == theirs


@pytest.mark.parametrize("decorator", DECORATORS.values(), ids=DECORATORS)
def test_methods_of_the_body_stay(decorator: Callable[..., Any]):
    @decorator(frozen=True)
    class Name:  # noqa: PLW1641 - the decorator adds the hash
        text: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Name) and self.text.lower() == other.text.lower()

        def __repr__(self) -> str:
            return self.text

    assert (Name("Ann") == Name("ANN"), repr(Name("Ann"))) == (True, "Ann")
    assert hash(Name("Ann")) == hash(Name("Ann"))


@pytest.mark.parametrize("decorator", DECORATORS.values(), ids=DECORATORS)
def test_errors_stay_errors(decorator: Callable[..., Any]):
    @decorator(eq=False)
    class NotThere(Exception):
        name: str

    error = NotThere("ann")
    assert error == error  # noqa: PLR0124 - an identity
    assert error != NotThere("ann")
    assert repr(error).endswith("NotThere(name='ann')")
    assert len({error, NotThere("ann")}) == 2


def test_a_subclass_has_the_fields_of_both():
    @records.dataclass(frozen=True, slots=True)
    class Point:
        x: int

    @records.dataclass(frozen=True, slots=True)
    class Pixel(Point):
        color: str = "red"

    assert Pixel(1) == Pixel(1, "red") != Pixel(2)
    assert Point(1) != Pixel(1)


def test_a_class_without_fields_is_equal_to_itself():
    @records.dataclass(frozen=True, slots=True)
    class Nothing:
        pass

    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_a_record_of_the_service_is_pickled():
    address = Address(city="Berlin")
    assert pickle.loads(pickle.dumps(address)) == address


def test_every_record_of_the_service_is_made_by_it():
    """A class with the standard decorator would make each start slower."""
    texts = {path: path.read_text() for path in (ROOT / "shared").rglob("*.py")}
    others = [
        str(path.relative_to(ROOT))
        for path, text in texts.items()
        for line in text.splitlines()
        if line.strip().startswith("from dataclasses import")
        and "dataclass" in line.removeprefix("from dataclasses import").replace(",", " ").split()
    ]
    assert others == ["shared/domain/records.py"]
