"""Measure the requests and capacity units of calls as an account grows.

It serves the README's promise that a set costs the same however large the account is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from benchmarks.client import Call, Client
from benchmarks.recorder import Recorder
from benchmarks.scenario import Cost, cost_of
from benchmarks.stage import CHATBOT, CONTACT_ID, EXTERNAL_ID, UUID, Stage, changes, names
from shared.table.keys import VALUES_PER_PAGE

SET_ONE_PAGE = "set 4 variables of one page"
GET_CONTACT = "get the contact"
GET_VARIABLE = "get one variable"
FIND = "find a contact by an identifier"
LIST_DEFINITIONS = "list the definitions"
LIST_CONTACTS = "list contacts, the first page"

_CONTACT = f"/api/v1/contacts/{CONTACT_ID}"
_LISTED_AT_MOST = 10_000
"""The embedded engine searches all items of an index for each range of it. `large_lists` measures
lists of up to a million contacts."""


@dataclass(frozen=True)
class Growth:
    """The cost of requests by name at each size.

    A request that was not made at a size has no entry for it.
    """

    grows: str
    costs: Mapping[str, Mapping[int, Cost]]

    def is_flat(self, request: str) -> bool:
        """Return whether a request costs the same at all sizes."""
        costs = {
            (len(cost.requests), cost.read_units, cost.write_units)
            for cost in self.costs[request].values()
        }
        return len(costs) == 1


@dataclass(frozen=True)
class _Axis:
    """A dimension of growth with its sizes. `fill` creates the data and returns the requests."""

    grows: str
    sizes: Sequence[int]
    fill: Callable[[Stage, int], Mapping[str, Call]]


VARIABLES_SET = "variables set by one request"
VARIABLES_HELD = "variables that the contact has"
DEFINITIONS = "definitions in the account"
CONTACTS = "contacts in the account"

EMBEDDED_CONTACTS, MOST_CONTACTS = 100_000, 1_000_000
"""Maximum of contacts on the embedded engine, and on DynamoDB Local.

The embedded engine needs a gigabyte for 100,000 contacts. DynamoDB Local needs less memory for
each, and ten minutes for all.
"""


def measure_growth(
    make_stage: Callable[[str], Stage],
    client: Client,
    recorder: Recorder,
    contacts: int,
) -> list[Growth]:
    """Measure all dimensions with up to `contacts` contacts."""
    measured = []
    for axis in _AXES:
        costs: dict[str, dict[int, Cost]] = {}
        for size in tqdm(axis.sizes, desc=axis.grows):
            stage = make_stage(f"growth-{_AXES.index(axis)}-{size:07d}")
            calls = axis.fill(stage, size)
            api_key = stage.open()
            stage.warm_up(api_key)
            for name, call in calls.items():
                cost = cost_of(call, api_key, client, recorder)
                costs.setdefault(name, {})[size] = cost.after_key
        measured.append(Growth(axis.grows, costs))
    measured.append(_with_contacts(make_stage("growth-contacts"), client, recorder, contacts))
    return measured


def _with_contacts(stage: Stage, client: Client, recorder: Recorder, contacts: int) -> Growth:
    stage.add_contact(stage.define(VALUES_PER_PAGE))
    api_key = stage.open()
    calls = {
        SET_ONE_PAGE: _set(4),
        GET_CONTACT: Call("GET", _CONTACT),
        FIND: Call("GET", f"/api/public/contact/{UUID}/info"),
        LIST_CONTACTS: Call("GET", "/api/v1/contacts"),
    }
    costs: dict[str, dict[int, Cost]] = {}
    stage.warm_up(api_key)
    there = 1
    counts = [10**power for power in range(1, 7)]
    for count in tqdm([each for each in counts if each <= contacts], desc=CONTACTS):
        stage.add_listed_contacts(count - there, first=CONTACT_ID + there)
        if count <= _LISTED_AT_MOST:
            stage.index_contacts(count)
        there = count
        for name, call in calls.items():
            if name != LIST_CONTACTS or count <= _LISTED_AT_MOST:
                cost = cost_of(call, api_key, client, recorder)
                costs.setdefault(name, {})[count] = cost.after_key
    return Growth(CONTACTS, costs)


def _variables_set(stage: Stage, count: int) -> Mapping[str, Call]:
    defined = stage.define(100)
    stage.add_contact(defined)
    return {"set so many": _set(count), GET_CONTACT: Call("GET", _CONTACT)}


def _variables_held(stage: Stage, count: int) -> Mapping[str, Call]:
    defined = stage.define(count)
    stage.add_contact(defined[:VALUES_PER_PAGE])
    stage.set_values(defined[VALUES_PER_PAGE:])
    variable = f"/v1/chatbots/{CHATBOT}/contacts/variables/{EXTERNAL_ID}/{defined[0].external_id}"
    return {
        SET_ONE_PAGE: _set(4),
        GET_CONTACT: Call("GET", _CONTACT),
        GET_VARIABLE: Call("GET", variable),
    }


def _definitions(stage: Stage, count: int) -> Mapping[str, Call]:
    stage.add_contact(stage.define(count)[:10])
    return {
        SET_ONE_PAGE: _set(4),
        GET_CONTACT: Call("GET", _CONTACT),
        LIST_DEFINITIONS: Call("GET", "/api/v1/context-variables"),
    }


def _set(count: int) -> Call:
    return Call("POST", f"{_CONTACT}/context", {"variables": changes(names(count))})


_AXES = (
    _Axis(VARIABLES_SET, (1, 2, 4, 8, 16, 32, 33, 64, 100), _variables_set),
    _Axis(VARIABLES_HELD, (10, 32, 100, 320, 1_000, 2_000, 5_000), _variables_held),
    _Axis(DEFINITIONS, (10, 32, 100, 320, 1_000), _definitions),
)
