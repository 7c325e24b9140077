"""Read definitions page by page, in the order of their keys."""

from shared.domain.definition_pages import DefinitionPage, DefinitionPosition, DefinitionQuery
from shared.domain.definitions import ContextType, Definition
from shared.table import keys
from shared.table.definition_items import to_definition
from shared.table.dynamo import Table


class DefinitionPageTable:
    """The adapter of the port `DefinitionPages`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, account_id: str, query: DefinitionQuery) -> DefinitionPage:
        """Return a page of definitions. Tombstones count against the limit, and are left out."""
        prefix = keys.NAMES if query.context_type is None else f"{keys.NAMES}{query.context_type}#"
        start = None if query.after is None else keys.definition(account_id, *query.after)
        partition = keys.definitions_partition(account_id)
        items, is_more = self._table.query_page(partition, prefix, start, query.limit)
        found = [to_definition(item) for item in items]
        following = None
        if is_more:
            # The name is encoded in the key, so it has no "#" of its own.
            context_type = ContextType(items[-1]["sk"]["S"].split("#")[1])
            following = DefinitionPosition(context_type, found[-1].name)
        live = [each for each in found if isinstance(each, Definition)]
        return DefinitionPage(live, following)
