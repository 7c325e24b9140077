"""Make dataclasses that cost a function less when it starts.

The standard decorator generates and compiles six methods for a frozen class. This one has it
generate the constructor, and shares the functions of comparison, hash and representation.
A type checker sees the standard decorator, and alone enforces that a frozen class stays
unchanged. `docs/adr/0047-records.md` has the measurement.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        eq: bool = True,
        order: bool = False,
        **options: Any,
    ) -> Any:
        """Do what `dataclasses.dataclass` does, except for refusing assignments."""

        def make(cls: type) -> type:
            if order:
                return dataclasses.dataclass(cls, frozen=frozen, eq=eq, order=order, **options)
            made = dataclasses.dataclass(cls, eq=False, repr=False, **options)
            _share(made, cls, "__repr__", _represent)
            if eq:
                made.__compared__ = staticmethod(_compared_of(made))
                _share(made, cls, "__eq__", _equals)
                _share(made, cls, "__hash__", _hash_of if frozen else None)
            return made

        return make if cls is None else make(cls)


def _share(made: type, cls: type, name: str, function: Callable[..., Any] | None) -> None:
    """Set a method of a class unless its body defines the method."""
    # A body with `__eq__` alone has None as its `__hash__`.
    if vars(cls).get(name) is None:
        setattr(made, name, function)


def _compared_of(made: type) -> Callable[[Any], Any]:
    names = [each.name for each in dataclasses.fields(made) if each.compare]
    return attrgetter(*names) if names else _nothing


def _nothing(_: object) -> tuple[()]:
    return ()


def _equals(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or self.__compared__(self) == self.__compared__(other)


def _hash_of(self: Any) -> int:
    return hash(self.__compared__(self))


def _represent(self: Any) -> str:
    shown = (
        f"{each.name}={getattr(self, each.name)!r}"
        for each in dataclasses.fields(self)
        if each.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"
