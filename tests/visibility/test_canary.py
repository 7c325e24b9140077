"""Put a text into hidden records, and call every endpoint that reads: none returns the text."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.agents import DeclaredVariable, Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.changes import PageWrite, VariableChange
from shared.domain.contacts import Address, Conversation, PhoneNumber
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.disclosure import Purpose
from shared.domain.resolutions import CallerMatch, ResolvedCall, ValueOrigin
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import BUSINESS, Assignment, Evidence, Subject
from tests.api import Api, dialect_of, template
from tests.fixtures import HOOK_TOKEN, LONG_AGO, NEVER, Fixtures
from tests.triggers.importing import Importer

CANARY = "canary"
HIDDEN_DIGITS = "12125550177"
UUID = "df980fc8-b6db-4820-bf22-{:012d}"
VISIBLE, HIDDEN = 123, 7
OWNED: dict[str, dict[str, Any]] = {"owner": {"owner": "ann"}, "team": {"team": 7}}
KEYS: dict[str, dict[str, Any]] = {
    "of the account": {},
    "of another user and team": {"user": "bob", "teams": frozenset({8})},
    "of another tenant": {"account": "globex", "user": "ann", "teams": frozenset({7})},
}
QUERIES: dict[str, list[dict[str, str]]] = {
    "KlenListContacts": [{"search": CANARY}, {"search": HIDDEN_DIGITS}],
    "ChatcaptainListContacts": [{"limit": "1"}],
    "ChatcaptainListVariables": [{"filters": "0,1,2"}],
    "ChatcaptainSearchContacts": [
        {"query": text, "page": "1", "pageSize": "250"} for text in ("", CANARY, HIDDEN_DIGITS)
    ],
    "VambeListContacts": [
        {
            "created_after": "2020-01-01",
            "custom_field_key": "canary_of_contact",
            "custom_field_value": value,
        }
        for value in (CANARY, "x")
    ],
    "VambeSearchContacts": [{"phone": HIDDEN_DIGITS}, {"email": "canary@example.com"}],
    "NativeGetResolution": [
        {"agent": "agent_1", "id": f"contact_{VISIBLE}"},
        {"agent": "agent_1", "id": f"contact_{HIDDEN}"},
        {"agent": "agent_1", "phone": HIDDEN_DIGITS},
        {"agent": "agent_2", "id": f"contact_{VISIBLE}"},
    ],
    "NativeExplainCall": [{"variable": f"v{number}"} for number in range(6)],
    "NativeListBusinessVariables": [{"include": "unset"}],
    "NativeListContactActivity": [{"variable": "canary_of_contact"}],
    "NativeListContactVariables": [{"include": "unset"}],
    "NativeListSuggestions": [{"contact_id": "contact_123"}, {"contact_id": "contact_7"}],
}
NO_DIALECT = "docs"


def test_there_is_a_text_for_every_way_to_name_a_record(crawl: "Crawl"):
    names = {name for each in reading_endpoints() for name in parameters(each)}
    assert names <= crawl.values.keys()


@pytest.mark.parametrize("name", KEYS)
def test_no_reading_endpoint_gives_it_to_a_key(name: str, crawl: "Crawl"):
    answers = list(crawl.with_key(**KEYS[name]))
    assert len({function for function, _, _ in answers}) == len(reading_endpoints())
    found = [(function, path) for function, path, text in answers if CANARY in text]
    assert found == []


def test_its_own_user_and_team_get_it_wherever_it_can_be(crawl: "Crawl"):
    answers = crawl.with_key(user="ann", teams=frozenset({7}))
    assert {function for function, _, text in answers if CANARY in text} == {
        "ChatcaptainGetContact",
        "ChatcaptainGetContactVariable",
        "ChatcaptainGetConversationVariable",
        "ChatcaptainListContactVariables",
        "ChatcaptainListContacts",
        "ChatcaptainListConversationVariables",
        "ChatcaptainListVariables",
        "ChatcaptainSearchContacts",
        "KlenGetContact",
        "KlenListContacts",
        "KlenListDefinitions",
        "NativeExplainCall",
        "NativeGetAgent",
        "NativeGetDefinition",
        "NativeGetCall",
        "NativeGetResolution",
        "NativeListAgents",
        "NativeListDefinitions",
        "NativeGetBusinessVariable",
        "NativeGetContact",
        "NativeGetContactVariable",
        "NativeListContacts",
        "NativeListConversationVariables",
        "NativeGetImport",
        "NativeGetImportErrors",
        "NativeGetImportTemplate",
        "NativeListBusinessVariables",
        "NativeListContactActivity",
        "NativeListContactVariables",
        "NativeListImports",
        "NativeListSuggestions",
        "VambeGetContactInfo",
        "VambeListContacts",
        "VambeSearchContacts",
    }


class Crawl:
    """Calls every reading endpoint with every record that its path can name."""

    def __init__(self, fixtures: Fixtures, values: dict[str, list[str]]) -> None:
        self.fixtures = fixtures
        self.values = values

    def with_key(self, account: str = "acme", **facts: Any) -> Iterator[tuple[str, str, str]]:
        """Yield the function, the path and the response, with its headers and linked file."""
        self.fixtures.key("a-key-of-the-crawl", account, permissions=("*",), **facts)
        api = Api("a-key-of-the-crawl")
        for path, function in reading_endpoints().items():
            names = parameters(path)
            for chosen in product(*(self.values[name] for name in names)):
                filled = path
                for name, value in zip(names, chosen, strict=True):
                    filled = filled.replace(f"{{{name}}}", value)
                for query in [{}, *QUERIES.get(function, [])]:
                    headers = {"x-chatcaptain-key": "a-key-of-the-crawl"}
                    answer = api.call("GET", filled, query=query, headers=headers)
                    assert answer.status < 500, (filled, answer.document)
                    text = f"{answer.headers} {answer.document}"
                    if function == "NativeGetImportErrors" and answer.status == 200:
                        with urllib.request.urlopen(answer.document["url"]) as file:
                            text += file.read().decode()
                    if "name" in names:
                        # An error repeats the name of the path.
                        text = text.replace(chosen[names.index("name")], "")
                    yield function, filled, text


@pytest.fixture
def crawl(importer: Importer, fixtures: Fixtures) -> Crawl:
    """Create an account with hidden records of each kind, and visible ones with hidden parts."""
    fixtures.account("globex", chatbots=("bot_2",))
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", VISIBLE))
    made: list[Definition] = []
    for kind, owned in OWNED.items():
        for deleted in (False, True):
            made += definitions(
                fixtures, f"{kind}_{'deleted' if deleted else 'live'}", deleted, owned
            )
    renamed = fixtures.definition("canary_before", owner="ann")
    archived = [
        fixtures.definition(f"{context_type}_{fate}", context_type=context_type)
        for context_type in ("contact", "conversation", "business")
        for fate in ("archived", "archived_and_deleted")
    ]
    made += [renamed, *archived]
    put(fixtures, Subject.contact(VISIBLE), made)
    put(fixtures, Subject.conversation("conv_1"), made)
    put(fixtures, BUSINESS, made)
    for subject in (Subject.contact(VISIBLE), Subject.conversation("conv_1"), BUSINESS):
        suggest(fixtures, subject, made)
    log(fixtures, VISIBLE, made)
    after = replace(renamed, name="canary_of_contact", version=2)
    fixtures.definitions.rename("acme", renamed, after, None)
    for each in made:
        if each not in archived and each.name.endswith("deleted"):
            fixtures.definitions.delete("acme", each)
    made += expired(fixtures)
    hidden_contact(fixtures, made)
    archive(fixtures, archived)
    row = '{"email": "jo@example.com", "canary_contact_owner_live": "gold"}\n'
    jobs = [
        importer.done("canary,E-Mail\nx,nobody\n", user="ann", column="E-Mail", mode="auto_create"),
        importer.done(row, "ndjson", user="ann"),
    ]
    fixtures.webhook("wh_1")
    agent_of(fixtures, made)
    return Crawl(
        fixtures,
        {
            "contact_id": ["123", "7", "contact_123", "contact_7"],
            "contactId": ["external123", "external7"],
            "aiContactId": [UUID.format(VISIBLE), UUID.format(HIDDEN)],
            "chatbotId": ["bot_1", "bot_2"],
            "conversationId": ["conv_1", "conv_7"],
            "name": [*(each.name for each in made), "canary_of_contact"],
            "variableId": [each.external_id for each in made],
            "definition_id": [each.external_id for each in made],
            "webhookId": ["wh_1"],
            "webhook_id": ["wh_1"],
            "agent_id": ["agent_1", "agent_2"],
            "hook_id": ["hook_1"],
            "call_id": ["call_1"],
            "conversation_id": ["conv_1", "conv_7"],
            "token": [HOOK_TOKEN],
            "import_id": [each.import_id for each in jobs],
            "key_id": [fixtures.key("a key to look at").key_id],
        },
    )


def agent_of(fixtures: Fixtures, made: list[Definition]) -> None:
    """Create an agent that declares every hidden variable, a hook and a call with the text.

    Another agent declares all variables of a purpose.
    """
    origins = [
        Origin(each.context_type, each.name)
        for each in made
        if each.context_type is not ContextType.CONVERSATION
    ]
    declared = tuple(DeclaredVariable(f"v{n}", origin) for n, origin in enumerate(origins))
    message = " ".join(f"{{{{{each.name}}}}}" for each in declared)
    fixtures.agent("agent_1", variables=declared, first_message=message, deadline_ms=10_000)
    fixtures.agent("agent_2", purpose=Purpose.PROMPT, deadline_ms=10_000)
    fixtures.hook()
    resolved = tuple(ResolvedVariable(each.name, CANARY, VariableState.SET) for each in declared)
    call = ResolvedCall(
        "agent_1",
        CallerMatch(VISIBLE, known=True),
        Resolution("call_1", f"contact_{VISIBLE}", resolved, first_message=CANARY),
        {each.name: ValueOrigin(each.origin, Source.API, LONG_AGO) for each in declared},
        as_of=datetime.now(UTC),
    )
    fixtures.calls.pin("acme", call)


def definitions(
    fixtures: Fixtures, suffix: str, deleted: bool, owned: dict[str, Any]
) -> list[Definition]:
    """Create a hidden definition of each context type."""
    return [
        fixtures.definition(
            f"canary_{context_type}_{suffix}",
            "select",
            context_type,
            display_name="Canary",
            description=CANARY,
            select_options=(CANARY,),
            default_value=CANARY,
            aliases=("canary alias",),
            is_default=not deleted,
            **owned,
        )
        for context_type in ("contact", "conversation", "business")
    ]


def expired(fixtures: Fixtures) -> list[Definition]:
    """Create definitions whose values have expired, in every subject and in activity."""
    made = [
        fixtures.definition(
            f"{context_type}_expired", context_type=context_type, expires_after_seconds=60
        )
        for context_type in ("contact", "conversation", "business")
    ]
    for subject in (Subject.contact(VISIBLE), Subject.conversation("conv_1"), BUSINESS):
        put(fixtures, subject, made)
    log(fixtures, VISIBLE, made)
    return made


def archive(fixtures: Fixtures, made: list[Definition]) -> None:
    """Archive definitions, which hides their values, and then delete some of them."""
    for each in made:
        after = replace(each, archived=True, version=each.version + 1)
        fixtures.definitions.replace("acme", each, after)
        if each.name.endswith("archived_and_deleted"):
            fixtures.definitions.delete("acme", after)


def put(fixtures: Fixtures, subject: Subject, made: list[Definition]) -> None:
    """Set a value of each hidden definition of a subject."""
    assignments = [
        Assignment(each.slot, each.name, VariableType.TEXT, CANARY)
        for each in made
        if each.context_type is subject.context_type
    ]
    fixtures.variables.save("acme", subject, assignments, [], Attribution(LONG_AGO))


def suggest(fixtures: Fixtures, subject: Subject, made: list[Definition]) -> None:
    """Suggest another value of each hidden definition of a subject, with the text as evidence."""
    evidence = Evidence(CANARY, 1, CANARY)
    changes = [
        Assignment(
            *(each.slot, each.name, VariableType.TEXT, f"{CANARY} of an agent"),
            precedence=DEFAULT_PRECEDENCE,
            evidence=evidence,
        )
        for each in made
        if each.context_type is subject.context_type
    ]
    agent = Attribution(datetime.now(UTC), key_id="an-agent", value_source=Source.AI)
    suggested = fixtures.variables.save("acme", subject, changes, [], agent)
    assert len(suggested) == len(changes)


def log(fixtures: Fixtures, contact_id: int, made: list[Definition]) -> None:
    """Log a change of each hidden definition of contacts."""
    changes = tuple(
        VariableChange(each.slot, each.name, VariableType.TEXT, "x", CANARY)
        for each in made
        if each.context_type == "contact"
    )
    write = PageWrite("acme", str(contact_id), 0, 1, Attribution(LONG_AGO), changes)
    fixtures.activity.record("acme", contact_id, [write], NEVER)


def hidden_contact(fixtures: Fixtures, made: list[Definition]) -> None:
    """Create a contact of ann with the text in every field, and in values of visible variables."""
    own = fixtures.definition("of_the_account")
    fixtures.contact(
        HIDDEN,
        first_name=CANARY,
        last_name=CANARY,
        full_name=CANARY,
        email="canary@example.com",
        company=CANARY,
        website=CANARY,
        address=Address(street=CANARY, city=CANARY),
        wa_id=HIDDEN_DIGITS,
        phone_numbers=(PhoneNumber(1, f"+{HIDDEN_DIGITS}", primary=True, dnc_reason=CANARY),),
        channel_ids={"telegram": CANARY},
        organization_ids=(CANARY,),
        industry_context={CANARY: CANARY},
        owner="ann",
        team=7,
    )
    fixtures.contacts.add_conversation("acme", Conversation("conv_7", HIDDEN))
    topic = fixtures.definition("topic_of_the_account", context_type="conversation")
    put(fixtures, Subject.contact(HIDDEN), [*made, own])
    put(fixtures, Subject.conversation("conv_7"), [*made, topic])
    # A weaker source replaces a value that has expired.
    kept = [each for each in made if each.expires_after_seconds is None]
    suggest(fixtures, Subject.contact(HIDDEN), [*kept, own])
    suggest(fixtures, Subject.conversation("conv_7"), [*kept, topic])
    log(fixtures, HIDDEN, [*made, own])


def reading_endpoints() -> dict[str, str]:
    """Return the function of every endpoint that reads the table, by path."""
    return {
        route.path: route.function
        for route in template().routes
        if route.method == "GET"
        and not route.path.endswith("/")
        and dialect_of(route.function) not in (NO_DIALECT, "hooks")
    }


def parameters(path: str) -> list[str]:
    """Return the names of the parameters of a path."""
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]
