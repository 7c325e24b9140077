"""Build the writes that set the limit of an account on its item and on its API keys."""

from shared.table import codec
from shared.table.keys import Key
from shared.table.operations import EXISTS, Write, update


def limit_write(key: Key, attribute: str, limit: int | None) -> Write:
    """Build the write that sets a limit of an existing item, or removes it for None."""
    if limit is not None:
        return update(key, {attribute: codec.encode(limit)}, condition=EXISTS)
    # An update needs something to set: the schema version is the same as before.
    version = codec.entity_attributes("")["v"]
    return update(key, {"v": version}, removes=[attribute], condition=EXISTS)
