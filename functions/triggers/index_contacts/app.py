"""Keep the contact index up to date with the contacts that the table's stream shows."""

from collections.abc import Sequence

from shared.domain.contact_index import IndexChange
from shared.wiring.index_updates import index_trigger, index_updates


@index_trigger("index_contacts")
def lambda_handler(changes: Sequence[IndexChange]) -> None:
    """Index the changed contacts of one chunk."""
    index_updates().apply(changes)
