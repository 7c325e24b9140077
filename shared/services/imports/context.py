"""The dependencies of import runs."""

from collections.abc import Callable
from datetime import datetime

from shared.domain.accounts import Accounts
from shared.domain.contacts import Contacts
from shared.domain.definitions import Definitions
from shared.domain.imports import ImportFiles, ImportQueue, Imports
from shared.domain.records import dataclass
from shared.services.imports.rows import ForEach


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """Ports, limits and clock of import runs.

    Attributes:
        imports: Stores imports and their progress.
        files: Stores uploads and reports of row errors.
        queue: Receives run messages.
        contacts: Stores contacts.
        definitions: Stores variable definitions.
        accounts: Stores accounts.
        rows_per_second: How many rows a run writes per second at most.
        imports_per_account: How many imports of an account run at once.
        for_each: Writes several rows at the same time.
        now: Returns the current time.
        sleep: Waits for a number of seconds.

    """

    imports: Imports
    files: ImportFiles
    queue: ImportQueue
    contacts: Contacts
    definitions: Definitions
    accounts: Accounts
    rows_per_second: float
    imports_per_account: int
    for_each: ForEach
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
