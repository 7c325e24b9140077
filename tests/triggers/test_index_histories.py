"""After random histories, every list and search by the contact index equals that of all contacts.

The contacts are created, changed, deleted and merged by the service's own API. The index is kept
from the table's stream, whose records come late, twice and out of order, and then it is built again
after records were lost, while contacts change.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest

from local.event_filter import passes
from shared.domain.accounts import Attribution
from shared.domain.contact_index import CONTACTS_PER_CHUNK
from shared.table.contact_index_items import CHUNKS_PER_NODE
from shared.table.index_states import IndexStates
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Answer, Api, template
from tests.chatbot import Chatbot
from tests.fixtures import LONG_AGO, Fixtures
from tests.triggers.queue import trigger
from tests.triggers.stream import Stream

CALLERS: dict[str, dict[str, Any]] = {
    "shared": {},
    "ann": {"user": "ann", "teams": frozenset({1, 2})},
    "bob": {"user": "bob"},
}
OWNERS, TEAMS = (None, None, "ann", "bob"), (None, None, 1, 2)
TAGS = ("VIP", "new", "Zoë's")
STAGES, STATUSES = ("lead", "lead", "lead", "won"), ("not_contacted", "called")
NAMES = ("John Smith", "Smith Johnson", "Zoë Åberg", "Jo O'Neil", "Ann-Marie Smithson")

FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"stage": "lead"},
    {"status": "called"},
    {"tag": "VIP"},
    {"tag": "Zoë's", "stage": "won"},
    {"tag": "new", "stage": "lead", "status": "not_contacted"},
    {"stage": "unknown"},
)
SEARCHES = ("smi", "smith joh", "john@", "1212")

STEPS, CHECKS = 20, 2


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--rounds")))


class History:
    """Requests of several callers, chosen by chance, and the records of what they changed."""

    def __init__(self, seed: int, fixtures: Fixtures, stream: Stream) -> None:
        self._random = Random(seed)
        self._fixtures = fixtures
        self._stream = stream
        self._highest = CONTACTS_PER_CHUNK - 5
        self._ids: list[str] = []
        self._emails = count()
        self._records: list[dict[str, Any]] = []
        self._patterns = next(
            each.patterns for each in template().sources if each.function == "TriggerIndexContacts"
        )

    def step(self) -> None:
        """Send a request, or several that create contacts with ids in a row."""
        draw = self._random
        self._caller = draw.choice([*CALLERS])
        steps: list[Callable[[], None]] = [self._create, self._create_some]
        if len(self._ids) > 1:
            steps += [self._update, self._update, self._give, self._delete, self._merge]
        draw.choice(steps)()

    def index(self) -> None:
        """Deliver all records, some of them twice, in any order."""
        self._collect()
        self._deliver(len(self._records))

    def rebuild(self) -> None:
        """Lose the records, and build the index again while contacts change."""
        self._collect()
        self._records.clear()
        for _ in IndexUpdates(wiring.table()).rebuild("acme"):
            self.step()

    def _collect(self) -> None:
        new = [each for each in self._stream.new_records() if passes(self._patterns, each)]
        self._records += new + self._random.sample(new, len(new) // 4)
        self._random.shuffle(self._records)

    def _deliver(self, number: int) -> None:
        delivered, self._records = self._records[:number], self._records[number:]
        if delivered:
            failed = trigger("TriggerIndexContacts", {"Records": delivered})
            assert failed == {"batchItemFailures": []}

    def _create(self) -> None:
        # Most are in the chunk of the contact before, some in another node.
        gap = self._random.choice((0, 9, CONTACTS_PER_CHUNK, CONTACTS_PER_CHUNK * CHUNKS_PER_NODE))
        self._fixtures.contacts.reserve("acme", self._highest + gap)
        self._add()

    def _create_some(self) -> None:
        for _ in range(12):
            self._add()
        self._collect()
        self._deliver(len(self._records) // 2)

    def _add(self) -> None:
        created = self._call("POST", "", self._facts())
        self._ids.append(created.document["id"])
        self._highest = int(created.document["id"].removeprefix("contact_"))

    def _update(self) -> None:
        facts = self._facts()
        sent = self._random.sample(sorted(facts), 3)
        self._call("PATCH", f"/{self._any()}", {name: facts[name] for name in sent})

    def _give(self) -> None:
        """Give a contact to any user and team, which no API key may."""
        contacts = self._fixtures.contacts
        contact = contacts.find("acme", int(self._any().removeprefix("contact_")))
        if contact is not None:
            owner, team = self._random.choice(OWNERS), self._random.choice(TEAMS)
            given = replace(contact, owner=owner, team=team, version=contact.version + 1)
            contacts.replace("acme", contact, given, Attribution(LONG_AGO))

    def _delete(self) -> None:
        self._call("DELETE", f"/{self._any()}")

    def _merge(self) -> None:
        survivor, other = self._random.sample(self._ids, 2)
        self._call("POST", f"/{survivor}/merge", {"from": other})

    def _any(self) -> str:
        return self._random.choice(self._ids)

    def _call(self, method: str, path: str, document: Any = None) -> Answer:
        api = Api(f"native_{self._caller}")
        answer = api.call(method, f"/v1/contacts{path}", document)
        # Others' contacts are hidden, and contacts of different owners are not merged.
        refused = (404, 409, 410, 422) if path else ()
        assert answer.status in (200, 201, 204, *refused), answer.document
        return answer

    def _facts(self) -> dict[str, Any]:
        draw = self._random
        return {
            "full_name": draw.choice(NAMES),
            "email": draw.choice((None, f"john{next(self._emails)}@example.com")),
            "phone_numbers": draw.choice(([], [{"number": f"+1212{draw.randrange(10**6):07}"}])),
            "stage": draw.choice(STAGES),
            "status": draw.choice(STATUSES),
            "tags": draw.sample(TAGS, draw.randrange(3)),
            "owner": draw.choice((None, CALLERS[self._caller].get("user"))),
            "team": draw.choice((None, *sorted(CALLERS[self._caller].get("teams", ())))),
        }


def lists(caller: str) -> Iterator[tuple[str, Any]]:
    """Yield every list and search of a caller, from its first page to its last."""
    for query in (*FILTERS, {"search": "smi"}, {"search": "ohn", "stage": "lead"}):
        yield f"Klen {query}", klen_pages(Api(f"klen_{caller}"), query)
    for query in (*FILTERS, *({"search": each} for each in SEARCHES)):
        yield f"native {query}", native_pages(Api(f"native_{caller}"), query)
    bot = Chatbot({}, f"CCSB-{caller}")
    yield "ChatCaptain", chatcaptain_pages(bot)
    for text in ("", "smi"):
        yield f"ChatCaptain {text}", [chatcaptain_search(bot, text, page) for page in (1, 2)]
    vambe = Api(f"vambe_{caller}")
    since = (LONG_AGO - timedelta(days=1)).isoformat()
    for parameters in (
        {"created_after": since},
        {"created_after": since, "limit": "7", "offset": "5"},
        {"updated_after": since},
    ):
        answer = vambe.call("GET", "/api/public/contacts", query=parameters)
        yield f"Vambe {parameters}", answer.document
    for parameters in ({"phone": "1212"}, {"email": "john1"}):
        answer = vambe.call("GET", "/api/public/contacts/search", query=parameters)
        yield f"Vambe {parameters}", answer.document


def klen_pages(api: Api, query: dict[str, str]) -> list[Any]:
    found: list[Any] = []
    pages = 1
    while len(found) < pages:
        sent = {**query, "page": str(len(found) + 1), "limit": "30"}
        document = api.call("GET", "/api/v1/contacts", query=sent).document
        found.append(document)
        pages = document["pages"]
    return found


def native_pages(api: Api, query: dict[str, str]) -> list[Any]:
    """All contacts: a page of a search can be short."""
    found: list[Any] = []
    sent = {**query, "limit": "30"}
    while True:
        document = api.call("GET", "/v1/contacts", query=sent).document
        found += document["data"]
        if document["next_cursor"] is None:
            return found
        sent["cursor"] = document["next_cursor"]


def chatcaptain_pages(bot: Chatbot) -> list[Any]:
    found: list[Any] = []
    sent = {"limit": "30"}
    while True:
        page = bot.ok("GET", "/contacts", query=sent)
        found += page["contacts"]
        if "nextPageToken" not in page:
            return found
        sent["pageToken"] = page["nextPageToken"]


def chatcaptain_search(bot: Chatbot, text: str, page: int) -> Any:
    query = {"query": text, "page": str(page), "pageSize": "30"}
    results = bot.ok("GET", "/contacts/search", query=query)["results"]
    return results["found"], [each["document"] for each in results["hits"]]


def is_read_by_the_index() -> bool:
    """Whether the lists of the account read its index now."""
    answer = Api("klen_shared").call("GET", "/api/v1/contacts")
    return "index-as-of" in answer.headers


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("streamed")
def test_lists_by_the_index_equal_those_of_all_contacts(
    seed: int, fixtures: Fixtures, engine_url: str, monkeypatch: pytest.MonkeyPatch
):
    # So that the index has Vambe's list by creation, too.
    monkeypatch.setattr("shared.services.contacts.time_lists.MOST_SORTED", 1)
    fixtures.account("acme", chatbots=("bot_1",))
    for name, facts in CALLERS.items():
        fixtures.key(f"klen_{name}", **facts)
        fixtures.key(f"vambe_{name}", permissions=(), **facts)
        fixtures.key(f"native_{name}", permissions=("*",), **facts)
        fixtures.key(f"CCSB-{name}", permissions=("*",), resource="chatbots/bot_1", **facts)
    fixtures.contacts.reserve("acme", CONTACTS_PER_CHUNK - 5)
    history = History(seed, fixtures, Stream(engine_url, fixtures.table_name))
    states = IndexStates(wiring.table())
    for check in range(CHECKS):
        for _ in range(STEPS):
            history.step()
        if check:
            history.rebuild()
        history.index()
        assert is_read_by_the_index()
        by_index = {name: dict(lists(name)) for name in CALLERS}
        states.give_up("acme")
        assert not is_read_by_the_index()
        for name in CALLERS:
            for query, expected in lists(name):
                assert by_index[name][query] == expected, (name, query)
