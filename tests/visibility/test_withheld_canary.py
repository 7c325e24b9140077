"""Store a text for every reason to withhold a value, and read everything with weaker keys.

Texts are values, suggestions, evidence and changes, on every subject, also of deleted and renamed
variables. No weaker key gets one by a reading endpoint, a file of row errors, an event, a webhook
or a redelivery, and no function logs one.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.agents import DeclaredVariable, Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.changes import VariableChange
from shared.domain.contacts import Conversation
from shared.domain.definitions import Definition, VariableType
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.imports import ImportJob
from shared.domain.resolutions import CallerMatch, ResolvedCall, ValueOrigin
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import BUSINESS, Assignment, Evidence, Subject
from shared.wiring.endpoints import suggestions
from tests.api import Api, handler
from tests.deliveries import Queue
from tests.fixtures import HOOK_TOKEN, LONG_AGO, Fixtures
from tests.receiver import Receiver
from tests.triggers.importing import Importer
from tests.triggers.queue import failures
from tests.triggers.test_queue_webhooks import process_events
from tests.triggers.test_record_changes import Changes
from tests.visibility.test_canary import UUID, Crawl

JOHN = Subject.contact(123)
SUBJECTS = (JOHN, Subject.conversation("conv_1"), BUSINESS)
REASONS: dict[str, dict[str, Any]] = {
    "personal": {"sensitivity": Sensitivity.PERSONAL},
    "sensitive": {"sensitivity": Sensitivity.SENSITIVE},
    "purpose": {"purposes": frozenset({Purpose.HUMAN, Purpose.EXPORT})},
}
FATES = ("live", "deleted", "renamed")
KEYS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "without clearance": ({"sensitivity": Sensitivity.PUBLIC}, {"personal", "sensitive"}),
    "cleared for personal values": ({"sensitivity": Sensitivity.PERSONAL}, {"sensitive"}),
    "that reads for prompts": ({"purpose": Purpose.PROMPT}, {"purpose"}),
    "that reads for tools, without clearance": (
        {"purpose": Purpose.TOOL, "sensitivity": Sensitivity.PUBLIC},
        set(REASONS),
    ),
    "of another tenant": ({"account": "globex"}, set(REASONS)),
}


def text_of(reason: str) -> str:
    """Return the text of values that are withheld for a reason."""
    return f"canary-{reason}"


@pytest.mark.parametrize("name", KEYS)
def test_no_reading_endpoint_gives_a_weaker_key_a_text(name: str, crawl: Crawl, logged: StringIO):
    facts, withheld = KEYS[name]
    texts = [text_of(reason) for reason in withheld]
    found = [
        (function, path, each)
        for function, path, answer in crawl.with_key(**facts)
        for each in texts
        if each in answer
    ]
    assert found == []
    assert_not_logged(logged)


def test_a_key_that_is_cleared_gets_it_wherever_a_value_can_be(crawl: Crawl, logged: StringIO):
    answers = list(crawl.with_key())
    for reason in REASONS:
        assert {name for name, _, answer in answers if text_of(reason) in answer} == {
            "ChatcaptainGetContact",
            "ChatcaptainGetContactVariable",
            "ChatcaptainGetConversationVariable",
            "ChatcaptainListContactVariables",
            "ChatcaptainListConversationVariables",
            "KlenGetContact",
            "NativeExplainCall",
            "NativeGetBusinessVariable",
            "NativeGetCall",
            "NativeGetContactVariable",
            # An agent reads for the purpose `prompt`.
            *({"NativeGetResolution"} if reason != "purpose" else ()),
            "NativeListBusinessVariables",
            "NativeListContactActivity",
            "NativeListContactVariables",
            "NativeListConversationVariables",
            "NativeListSuggestions",
            "VambeGetContactInfo",
        }
    assert_not_logged(logged)


def test_a_weaker_key_decides_no_suggestion_of_a_text(crawl: Crawl):
    fixtures = crawl.fixtures
    stored = suggestions().page("acme", None, 100, datetime.now(UTC)).suggestions
    withheld = [each for each in stored if text_of("sensitive") in str(each.value)]
    assert {each.subject for each in withheld} == set(SUBJECTS)
    fixtures.key("a-weaker-key-012345", permissions=("*",), sensitivity=Sensitivity.PERSONAL)
    api = Api("a-weaker-key-012345")
    for each in withheld:
        for verb in ("accept", "reject"):
            answer = api.call("POST", f"/v1/suggestions/{each.suggestion_id}/{verb}")
            assert answer.status == 404, answer.document


def test_no_event_and_no_webhook_has_a_text(
    changes: Changes, queued: Queue, receiver: Receiver, fixtures: Fixtures, logged: StringIO
):
    clearances = {"wh_weak": Sensitivity.PUBLIC, "wh_strong": Sensitivity.SENSITIVE}
    for webhook_id, sensitivity in clearances.items():
        key = fixtures.key(f"a-key-of-{webhook_id}-01", permissions=("*",), sensitivity=sensitivity)
        fixtures.webhook(webhook_id, key=key, url=f"{receiver.url}/{webhook_id}")
    fixtures.webhook("wh_account", key=None, url=f"{receiver.url}/wh_account")
    made = [fixtures.definition(f"pay_{reason}", **facts) for reason, facts in REASONS.items()]
    put(fixtures, JOHN, made)
    put(fixtures, JOHN, made, " again")
    assert changes.process() == []
    events = [each for each in changes.published() if each["type"] == "contact.context.updated"]
    assert text_of("sensitive") not in str(events)
    assert text_of("personal") in str(events)
    assert process_events(*events) == []
    deliver(queued)
    assert_sent(receiver)
    receiver.received.clear()
    api = Api("a-key-of-wh_strong-01")
    for webhook_id in ("wh_weak", "wh_strong", "wh_account"):
        path = f"/v1/webhooks/{webhook_id}/deliveries"
        for each in api.call("GET", path).document["data"]:
            again = api.call("POST", f"{path}/{each['id']}/redeliver")
            assert again.status == 200, again.document
    deliver(queued)
    assert_sent(receiver)
    assert_not_logged(logged)


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Capture the logs of functions. Their logger keeps the stream of its start."""
    handler("NativeGetContact")
    (output,) = logging.getLogger("contact-context").handlers
    collected = StringIO()
    before = output.setStream(collected)
    yield collected
    output.setStream(before)


@pytest.fixture
def crawl(importer: Importer, fixtures: Fixtures) -> Crawl:
    """Create an account with a text for each reason, in every place of a value."""
    fixtures.account("globex", chatbots=("bot_2",))
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    made = [
        fixtures.definition(f"pay_{context_type}_{reason}_{fate}", "text", context_type, **facts)
        for context_type in ("contact", "conversation", "business")
        for reason, facts in REASONS.items()
        for fate in FATES
    ]
    for subject in SUBJECTS:
        put(fixtures, subject, made)
        suggest(fixtures, subject, made)
    changes = [
        VariableChange(each.slot, each.name, VariableType.TEXT, f"{text} before", text)
        for each in made
        if each.context_type == "contact"
        for text in [text_of(reason_of(each))]
    ]
    fixtures.log(1, *changes)
    agent_of(fixtures, [each for each in made if each.name.endswith("live")])
    names = [each.name for each in made]
    for each in made:
        if each.name.endswith("deleted"):
            fixtures.definitions.delete("acme", each)
        elif each.name.endswith("renamed"):
            after = replace(each, name=f"{each.name}_now", version=2)
            fixtures.definitions.rename("acme", each, after, None)
            names.append(after.name)
    return Crawl(
        fixtures,
        {
            "contact_id": ["123", "contact_123"],
            "contactId": ["external123"],
            "aiContactId": [UUID.format(123)],
            "chatbotId": ["bot_1"],
            "conversationId": ["conv_1"],
            "name": names,
            "variableId": [each.external_id for each in made],
            "webhookId": ["wh_1"],
            "webhook_id": ["wh_1"],
            "import_id": [import_with_errors(importer, fixtures).import_id],
            "key_id": [fixtures.key("a key to look at").key_id],
            "conversation_id": ["conv_1"],
            "definition_id": [each.external_id for each in made],
            "agent_id": ["agent_1"],
            "hook_id": ["hook_1"],
            "call_id": ["call_1"],
            "token": [HOOK_TOKEN],
        },
    )


def agent_of(fixtures: Fixtures, made: list[Definition]) -> None:
    """Create an agent that declares variables, a hook without clearance, and a call."""
    declared = tuple(
        DeclaredVariable(f"v{number}", Origin(each.context_type, each.name))
        for number, each in enumerate(each for each in made if each.context_type != "conversation")
    )
    message = " ".join(f"{{{{{each.name}}}}}" for each in declared)
    fixtures.agent("agent_1", variables=declared, first_message=message, deadline_ms=10_000)
    fixtures.hook(sensitivity=Sensitivity.PUBLIC)
    texts = {each.name: text_of(reason_of(each)) for each in made}
    resolved = tuple(
        ResolvedVariable(each.name, texts[each.origin.variable], VariableState.SET)
        for each in declared
    )
    call = ResolvedCall(
        "agent_1",
        CallerMatch(123, known=True),
        Resolution("call_1", "contact_123", resolved, first_message=" ".join(texts.values())),
        {each.name: ValueOrigin(each.origin, Source.API, LONG_AGO) for each in declared},
        as_of=datetime.now(UTC),
    )
    fixtures.calls.pin("acme", call)


def import_with_errors(importer: Importer, fixtures: Fixtures) -> ImportJob:
    """Import rows with texts that are not valid values: of select, number and date."""
    for reason, facts in REASONS.items():
        options = {"select_options": ("Silver", "Gold"), **facts}
        fixtures.definition(f"tier_{reason}", "select", **options)
        fixtures.definition(f"age_{reason}", "number", **facts)
        fixtures.definition(f"born_{reason}", "date", **facts)
    rows = [
        {"email": "john@example.com", f"{kind}_{reason}": text_of(reason)}
        for reason in REASONS
        for kind in ("tier", "age", "born")
    ]
    job = importer.done("".join(f"{json.dumps(row)}\n" for row in rows), "ndjson")
    assert job.progress.failed == len(rows)
    return job


def put(fixtures: Fixtures, subject: Subject, made: list[Definition], suffix: str = "") -> None:
    """Set the text of each definition of a subject, as a person."""
    evidence = Evidence("CA1", 1, "said by a person")
    assignments = [
        replace(assignment(each, f"{text_of(reason_of(each))}{suffix}"), evidence=evidence)
        for each in made
        if each.context_type is subject.context_type
    ]
    person = Attribution(datetime.now(UTC), value_source=Source.HUMAN)
    assert not fixtures.variables.save("acme", subject, assignments, [], person)


def suggest(fixtures: Fixtures, subject: Subject, made: list[Definition]) -> None:
    """Suggest another text for each definition of a subject, with the text as evidence."""
    assignments = [
        replace(
            assignment(each, f"{text_of(reason_of(each))} of an agent"),
            evidence=Evidence("CA1", 1, text_of(reason_of(each))),
        )
        for each in made
        if each.context_type is subject.context_type
    ]
    agent = Attribution(datetime.now(UTC), key_id="an-agent", value_source=Source.AI)
    suggested = fixtures.variables.save("acme", subject, assignments, [], agent)
    assert len(suggested) == len(assignments)


def assignment(definition: Definition, value: str) -> Assignment:
    return Assignment(
        *(definition.slot, definition.name, VariableType.TEXT, value),
        precedence=DEFAULT_PRECEDENCE,
    )


def reason_of(definition: Definition) -> str:
    """Return the reason for which values of a definition are withheld."""
    (found,) = (reason for reason in REASONS if f"_{reason}" in definition.name)
    return found


def deliver(queued: Queue) -> None:
    """Process all messages of the delivery queue."""
    tasks = queued.receive()
    assert tasks
    for task in tasks:
        assert failures("TriggerDeliverWebhook", task) == []
        queued.remove(task)


def assert_sent(receiver: Receiver) -> None:
    sent: dict[str, list[Any]] = defaultdict(list)
    for each in receiver.received:
        changed = json.loads(each.body)["data"]["changes"]
        sent[each.path.rpartition("/")[2]] += [(one["variable"], one["new"]) for one in changed]
    assert sent.keys() == {"wh_weak", "wh_strong", "wh_account"}
    no_webhook_gets = {
        ("pay_sensitive", "sensitivity"),
        ("pay_purpose", "purpose"),
    }
    for webhook_id, changed in sent.items():
        withheld = {(name, new["withheld"]) for name, new in changed if isinstance(new, dict)}
        shown = {name for name, new in changed if isinstance(new, str)}
        if webhook_id == "wh_weak":
            assert (withheld, shown) == ({*no_webhook_gets, ("pay_personal", "sensitivity")}, set())
        else:
            assert (withheld, shown) == (no_webhook_gets, {"pay_personal"})


def assert_not_logged(logged: StringIO) -> None:
    assert "contact-context" in logged.getvalue()
    assert "canary" not in logged.getvalue()
