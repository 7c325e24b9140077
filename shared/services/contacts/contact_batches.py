"""Upsert many contacts in one request, each with a result of its own."""

import time
from collections.abc import Iterator, Mapping, Sequence

from shared.domain.accounts import Caller
from shared.domain.contact_changes import BatchItem, ChangedContact, Upsert
from shared.domain.contacts import Identifier
from shared.domain.definitions import ContextType
from shared.domain.errors import ContextError, Fault, InvalidRequest, Unavailable
from shared.domain.upserts import UpsertMode
from shared.services.contacts.contact_changes import upsert_contact
from shared.services.contacts.contact_request import ContactStores, Known
from shared.validation.names import is_variable_name

_SECONDS = 15.0
"""How long contacts are written. One upsert takes at most twelve seconds more."""


def upsert_contacts(
    stores: ContactStores, caller: Caller, items: Sequence[BatchItem]
) -> Iterator[ChangedContact | ContextError]:
    """Upsert contacts in their order, and yield the result of each, an error for a failed one.

    An item with an identifier of an earlier item is refused: which of the two should count is not
    known. The definitions of all variables are read once.
    """
    known = _definitions_of(stores, caller, items)
    first_with: dict[Identifier, int] = {}
    started = time.monotonic()
    for number, item in enumerate(items):
        try:
            if isinstance(item.upsert, ContextError):
                raise item.upsert
            _refuse_repeated(item.upsert, number, first_with)
            if time.monotonic() - started > _SECONDS:
                raise Unavailable
            yield upsert_contact(stores, caller, item.upsert, item.key, known)
        except ContextError as error:
            yield error


def _refuse_repeated(upsert: Upsert, number: int, first_with: dict[Identifier, int]) -> None:
    """Note the identifiers of an item; raises InvalidRequest if an earlier item has one."""
    faults = [
        Fault(
            "invalid_value",
            f"item {first_with[each]} has it already",
            ("identifiers", str(each.kind)),
        )
        for each in upsert.identifiers
        if each in first_with
    ]
    for each in upsert.identifiers:
        first_with.setdefault(each, number)
    if faults:
        raise InvalidRequest.from_faults(faults)


def _definitions_of(
    stores: ContactStores, caller: Caller, items: Sequence[BatchItem]
) -> Known | None:
    """Read the definitions of the variables of all items; None if other names may be meant."""
    sent: list[Mapping[str, object]] = []
    for item in items:
        if isinstance(item.upsert, Upsert):
            if item.upsert.variables.mode is not UpsertMode.STRICT:
                return None
            sent.append(item.upsert.variables.values)
    names = dict.fromkeys(name for values in sent for name in values if is_variable_name(name))
    definitions = stores.values.definitions
    return definitions.find_by_names(caller.account_id, ContextType.CONTACT, [*names])
