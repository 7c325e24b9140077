"""Pages of definitions, and the port that reads them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shared.domain.definitions import ContextType, Definition
from shared.domain.records import dataclass


class DefinitionPosition(NamedTuple):
    """The place of a definition in a list, which is in order of context type and name."""

    context_type: ContextType
    name: str


@dataclass(frozen=True, slots=True)
class DefinitionQuery:
    """A request for a page of definitions.

    Attributes:
        context_type: Only definitions of this context type. None for every one.
        after: The position of the last definition of the previous page. None for the first page.
        limit: The most definitions of the page.
        archived: List the archived definitions, and no others.
        auto_created: Only definitions that a value of an unknown name created, or only others.
            None for both.
    """

    context_type: ContextType | None = None
    after: DefinitionPosition | None = None
    limit: int = 50
    archived: bool = False
    auto_created: bool | None = None


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """Definitions, and the position after which the next page starts. None on the last page."""

    definitions: Sequence[Definition]
    following: DefinitionPosition | None


class DefinitionPages(Protocol):
    """Reads definitions page by page."""

    def read(self, account_id: str, query: DefinitionQuery) -> DefinitionPage:
        """Return a page of definitions. Strongly consistent.

        A page can have fewer definitions than the limit although more follow, because deleted
        definitions are read with the others.
        """
