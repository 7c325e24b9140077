"""A webhook receives what its key sees at the time of sending, and nothing without its key."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts import ApiKey, Attribution, Grant
from shared.domain.changes import VariableChange
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.deliveries import (
    CancellationReason,
    Delivery,
    DeliveryStatus,
    DeliveryTask,
    Viewer,
)
from shared.table.account_items import api_key_item
from shared.validation.delivery_tasks import encode_task
from shared.wiring import endpoints as wiring
from shared.wiring import webhooks as webhook_wiring
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import KEY, LONG_AGO, NEVER, Fixtures
from tests.receiver import Receiver
from tests.triggers.queue import failures, record
from tests.triggers.test_queue_webhooks import CHANGES, detail, process_events

NATIVE = ("webhooks:write", "contacts:read")
MINE = {"owner": "u1"}
OURS = {"team": 7}


def key(fixtures: Fixtures, permissions: tuple[str, ...] = NATIVE, **facts: Any) -> ApiKey:
    return fixtures.key("native_0123456789", permissions=permissions, **facts)


def change_key(fixtures: Fixtures, known: ApiKey, **facts: Any) -> None:
    """Store a changed key."""
    item = api_key_item(replace(known, **facts))
    fixtures.client.put_item(TableName=fixtures.table_name, Item=item)


def hook(fixtures: Fixtures, owner: ApiKey, **facts: Any) -> None:
    fixtures.webhook("wh_1", key=owner, permissions=NATIVE, **facts)


def define(fixtures: Fixtures, **facts: Any) -> None:
    """Create the two variables of the event, and log its changes. `facts` are of the second."""
    level, age = fixtures.definition("level"), fixtures.definition("age", "number", **facts)
    earlier = [change_of(level) for _ in range(CHANGES[0]["sequence"] - 1)]
    fixtures.log(1, *earlier)
    fixtures.log(2, change_of(level), change_of(age))


def change_of(definition: Definition) -> VariableChange:
    """Build a logged change of a variable."""
    return VariableChange(definition.slot, definition.name, VariableType.TEXT, None, "a value")


def deliver_all(queued: Queue) -> None:
    """Process all messages of the delivery queue."""
    for message in queued.receive():
        assert failures("TriggerDeliverWebhook", message) == []


def delivery(fixtures: Fixtures) -> Delivery:
    (found,) = fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries
    return found


LOST = {
    "revoked": {"active": False},
    "expired": {"valid_until": LONG_AGO},
    "without permissions": {"grants": ()},
    "without contacts:read": {"grants": (Grant("webhooks:write"),)},
    "without webhooks:write": {"grants": (Grant("contacts:read"),)},
    "of one resource": {"grants": (Grant("*", "chatbots/bot_1"),)},
}


@pytest.mark.parametrize("case", LOST)
def test_an_event_is_not_begun_for_a_key_that_may_not_be_told(
    case: str, fixtures: Fixtures, queued: Queue
):
    known = key(fixtures)
    hook(fixtures, known)
    fixtures.contact()
    define(fixtures)
    change_key(fixtures, known, **LOST[case])
    assert process_events(detail(), detail(id="evt_2", type="contact.created")) == []
    assert queued.tasks() == []
    assert fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries == []


@pytest.mark.parametrize("case", LOST)
def test_what_has_begun_is_not_sent_after_the_key_was_lost(
    case: str, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    known = key(fixtures)
    hook(fixtures, known, url=receiver.url)
    fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    change_key(fixtures, known, **LOST[case])
    deliver_all(queued)
    assert receiver.received == []
    found = delivery(fixtures)
    assert found.status is DeliveryStatus.CANCELED
    assert found.canceled_reason is CancellationReason.WEBHOOK_SUSPENDED


def test_a_retry_is_not_sent_after_the_key_was_revoked(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    known = key(fixtures)
    hook(fixtures, known, url=receiver.url)
    fixtures.contact()
    define(fixtures)
    receiver.answer = 500
    assert process_events(detail()) == []
    deliver_all(queued)
    assert len(receiver.received) == 1
    fixtures.credentials.revoke(known)
    found = delivery(fixtures)
    due = replace(found, next_attempt_at=LONG_AGO, version=found.version + 1)
    fixtures.deliveries.replace("acme", due)
    deliver_all(queued)
    assert len(receiver.received) == 1
    order = DeliveryTask("acme", "wh_1", "evt_1", found.occurred_at, {"a": 1}, 1, 123)
    assert failures("TriggerDeliverWebhook", record(encode_task(order), "m")) == []
    assert len(receiver.received) == 1
    assert delivery(fixtures).status is DeliveryStatus.CANCELED


def test_a_key_that_is_revoked_while_a_delivery_is_claimed_is_sent_nothing(
    fixtures: Fixtures, queued: Queue, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    """The key is read after the claim, and nothing is sent between the two."""
    known = key(fixtures)
    hook(fixtures, known, url=receiver.url)
    fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    claim = type(fixtures.deliveries).replace

    def claim_and_revoke(self: Any, account_id: str, changed: Delivery) -> None:
        claim(self, account_id, changed)
        fixtures.credentials.revoke(known)

    monkeypatch.setattr(type(fixtures.deliveries), "replace", claim_and_revoke)
    deliver_all(queued)
    assert receiver.received == []
    assert delivery(fixtures).status is DeliveryStatus.CANCELED


CONTACTS = {
    "unowned": ({}, {}, True),
    "of a user, key of nobody": (MINE, {}, False),
    "of a user, key of him": (MINE, {"user": "u1"}, True),
    "of a user, key of another": (MINE, {"user": "u2"}, False),
    "of a team, key of nobody": (OURS, {}, False),
    "of a team, key of it": (OURS, {"teams": frozenset({7, 8})}, True),
    "of a team, key of another": (OURS, {"teams": frozenset({8})}, False),
    "unowned, key of a user": ({}, {"user": "u1"}, True),
}


@pytest.mark.parametrize("topic", ["contact.context.updated", "contact.created", "contact.updated"])
@pytest.mark.parametrize("case", CONTACTS)
def test_a_contact_that_the_key_does_not_see_is_not_told(
    case: str, topic: str, fixtures: Fixtures, queued: Queue
):
    facts, of_key, is_told = CONTACTS[case]
    hook(fixtures, key(fixtures, **of_key))
    fixtures.contact(**facts)
    define(fixtures)
    assert process_events(detail(type=topic)) == []
    assert bool(queued.tasks()) is is_told


@pytest.mark.parametrize("case", CONTACTS)
def test_the_deletion_of_a_contact_is_told_to_who_saw_it(
    case: str, fixtures: Fixtures, queued: Queue
):
    facts, of_key, is_told = CONTACTS[case]
    hook(fixtures, key(fixtures, **of_key))
    whose = {"owner": facts.get("owner"), "team": facts.get("team")}
    assert process_events(detail(type="contact.deleted", visible_to=whose)) == []
    orders = queued.tasks()
    assert bool(orders) is is_told
    assert all("visible_to" not in order["payload"]["data"] for order in orders)


def test_a_deletion_that_does_not_say_whose_contact_it_was_is_not_told(
    fixtures: Fixtures, queued: Queue
):
    hook(fixtures, key(fixtures))
    assert process_events(detail(type="contact.deleted")) == []
    assert queued.tasks() == []


def test_of_a_contact_that_is_gone_only_the_deletion_is_told_to_a_key(
    fixtures: Fixtures, queued: Queue
):
    hook(fixtures, key(fixtures))
    define(fixtures)
    for topic in ("contact.created", "contact.updated", "contact.context.updated"):
        assert process_events(detail(type=topic, id=f"evt_{topic}")) == []
    assert queued.tasks() == []


@pytest.mark.parametrize(
    ("facts", "of_key", "told"),
    [
        ({}, {}, ["level", "age"]),
        (MINE, {}, ["level"]),
        (MINE, {"user": "u1"}, ["level", "age"]),
        (OURS, {"teams": frozenset({8})}, ["level"]),
        (OURS, {"teams": frozenset({7})}, ["level", "age"]),
    ],
)
@pytest.mark.parametrize("truncated", [False, True])
def test_changes_of_variables_that_the_key_does_not_see_are_left_out(
    facts: Any, of_key: Any, told: list[str], truncated: bool, fixtures: Fixtures, queued: Queue
):
    hook(fixtures, key(fixtures, **of_key))
    fixtures.contact()
    define(fixtures, **facts)
    assert process_events(detail(truncated=truncated)) == []
    (order,) = queued.tasks()
    assert [each["variable"] for each in order["payload"]["data"]["changes"]] == told
    assert ("age" in str(order)) is ("age" in told)


@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_variable_that_takes_the_name_of_a_hidden_one_shows_nothing_of_it(
    how: str, fixtures: Fixtures, queued: Queue
):
    """An event has names, which other variables can have by the time it is processed."""
    hook(fixtures, key(fixtures))
    fixtures.key(permissions=("*",), user="u1")
    fixtures.key("klen_of_another", permissions=("*",))
    fixtures.contact()
    define(fixtures, **MINE)
    before = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, ["age"])["age"]
    assert isinstance(before, Definition)
    if how == "deleted":
        path = f"/api/v1/context-variables/{before.definition_id}/delete"
        assert Api(KEY).call("DELETE", path).status == 200
    else:
        after = replace(before, name="age_of_mine", version=before.version + 1)
        fixtures.definitions.rename("acme", before, after, None)
    draft = {"name": "age", "display_name": "Age", "variable_type": "number"}
    made = Api("klen_of_another").call(
        "POST", "/api/v1/context-variables/create", {**draft, "context_type": "contact"}
    )
    assert made.status in (200, 201)
    assert process_events(detail()) == []
    (order,) = queued.tasks()
    assert [each["variable"] for each in order["payload"]["data"]["changes"]] == ["level"]


def test_an_event_without_a_visible_change_is_not_sent(fixtures: Fixtures, queued: Queue):
    hook(fixtures, key(fixtures))
    fixtures.contact()
    define(fixtures, **MINE)
    assert process_events(detail(changes=CHANGES[1:])) == []
    assert queued.tasks() == []
    assert fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries == []


def test_a_webhook_of_vambe_is_told_what_its_key_reads_there(fixtures: Fixtures, queued: Queue):
    owner = fixtures.key("vambe_0123456789", permissions=())
    fixtures.webhook("wh_1", key=owner, form="vambe", permissions=())
    fixtures.contact()
    define(fixtures, **MINE)
    assert process_events(detail()) == []
    (order,) = queued.tasks()
    assert order["payload"]["data"]["metadata"] == {"level": "Gold"}
    change_key(fixtures, owner, grants=(Grant("can_read_contacts"),))
    assert process_events(detail(id="evt_2")) == []
    assert len(queued.tasks()) <= 1


def test_a_restricted_key_of_one_webhook_stops_the_events_of_no_other(
    fixtures: Fixtures, queued: Queue
):
    restricted = fixtures.key("vambe_0123456789", permissions=("can_read_contacts",))
    fixtures.webhook("wh_0", key=restricted, form="vambe", permissions=())
    hook(fixtures, key(fixtures))
    fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    assert [order["webhook_id"] for order in queued.tasks()] == ["wh_1"]


def test_a_webhook_of_vambe_is_not_told_of_a_hidden_contact(fixtures: Fixtures, queued: Queue):
    owner = fixtures.key("vambe_0123456789", permissions=())
    fixtures.webhook("wh_1", key=owner, form="vambe", permissions=())
    fixtures.contact(**MINE)
    define(fixtures)
    assert process_events(detail()) == []
    assert queued.tasks() == []


def test_a_webhook_of_the_account_is_told_everything(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1", key=None)
    fixtures.contact(**MINE)
    define(fixtures, **OURS)
    assert process_events(detail()) == []
    (order,) = queued.tasks()
    assert len(order["payload"]["data"]["changes"]) == 2


def test_a_webhook_of_nobody_is_told_nothing(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1", key=None, of_account=False)
    fixtures.contact()
    assert process_events(detail()) == []
    assert queued.tasks() == []


def test_a_contact_that_moves_to_another_owner_before_the_attempt_is_not_told(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, key(fixtures), url=receiver.url)
    before = fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    after = replace(before, owner="u1", version=before.version + 1)
    fixtures.contacts.replace("acme", before, after, Attribution(LONG_AGO))
    deliver_all(queued)
    assert receiver.received == []
    assert delivery(fixtures).canceled_reason is CancellationReason.EVENT_UNAVAILABLE


@pytest.mark.parametrize("topic", ["contact.context.updated", "contact.created", "contact.updated"])
@pytest.mark.parametrize("form", ["native", "vambe"])
def test_nothing_of_a_contact_that_is_deleted_before_the_attempt_is_sent_to_a_key(
    topic: str, form: str, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """It is unknown whether the key sees it: its owner may have changed before."""
    hook(fixtures, key(fixtures, ("*",)), url=receiver.url, form=form)
    contact = fixtures.contact()
    define(fixtures)
    assert process_events(detail(type=topic)) == []
    fixtures.contacts.delete("acme", contact)
    deliver_all(queued)
    assert receiver.received == []
    assert delivery(fixtures).canceled_reason is CancellationReason.EVENT_UNAVAILABLE


def test_the_deletion_of_a_contact_is_sent_to_a_key(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, key(fixtures), url=receiver.url)
    whose = {"owner": None, "team": None}
    assert process_events(detail(type="contact.deleted", visible_to=whose)) == []
    deliver_all(queued)
    assert len(receiver.received) == 1


def test_a_webhook_that_is_given_to_a_narrower_key_sends_what_that_one_sees(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """A queued payload was built for the account, so it is built again from the log."""
    fixtures.webhook("wh_1", key=None, url=receiver.url)
    fixtures.contact()
    define(fixtures, **MINE)
    assert process_events(detail()) == []
    known = fixtures.webhooks.find("acme", "wh_1")
    owner = key(fixtures)
    given = {"key_hash": owner.key_hash, "key_id": owner.key_id, "of_account": False}
    fixtures.webhooks.replace("acme", replace(known, **given, permissions=NATIVE, version=2))
    deliver_all(queued)
    (received,) = receiver.received
    sent = json.loads(received.body)
    assert [each["variable"] for each in sent["data"]["changes"]] == ["level"]


@pytest.mark.parametrize("form", ["native", "vambe"])
def test_a_webhook_that_is_given_to_the_account_sends_what_is_queued(
    form: str, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """Payloads of Vambe's API have the contact, which is read although the webhook has no key."""
    hook(fixtures, key(fixtures, ("*",)), url=receiver.url, form=form)
    fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    known = fixtures.webhooks.find("acme", "wh_1")
    given = {"key_hash": None, "key_id": None, "of_account": True}
    fixtures.webhooks.replace("acme", replace(known, **given, version=2))
    deliver_all(queued)
    assert len(receiver.received) == 1
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED


def fail_once(fixtures: Fixtures, queued: Queue, receiver: Receiver) -> None:
    """Fail the first attempt of the delivery, and make its retry due."""
    assert process_events(detail()) == []
    receiver.answer = 500
    deliver_all(queued)
    receiver.answer = 200
    receiver.received.clear()
    make_due(fixtures)


def make_due(fixtures: Fixtures, **facts: Any) -> None:
    found = delivery(fixtures)
    due = replace(found, next_attempt_at=LONG_AGO, version=found.version + 1, **facts)
    fixtures.deliveries.replace("acme", due)


def retry(fixtures: Fixtures) -> None:
    """Make the second attempt, by a task with a payload as an earlier release queued it."""
    at = delivery(fixtures).occurred_at
    order = DeliveryTask("acme", "wh_1", "evt_1", at, {"data": {"changes": []}}, 1, 123)
    assert failures("TriggerDeliverWebhook", record(encode_task(order), "m")) == []


def variables_sent(receiver: Receiver) -> list[str]:
    (received,) = receiver.received
    return [each["variable"] for each in json.loads(received.body)["data"]["changes"]]


def test_the_task_of_a_retry_has_no_payload(fixtures: Fixtures, queued: Queue, receiver: Receiver):
    """Otherwise queues would keep values for a day, and dead-letter queues for two weeks."""
    hook(fixtures, key(fixtures), url=receiver.url)
    fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    tasks: list[DeliveryTask] = []
    receiver.answer = 500
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(webhook_wiring.delivery_queue(), "send", lambda sent, _: tasks.extend(sent))
        deliver_all(queued)
    (task,) = tasks
    assert (task.payload, task.contact_id, task.attempts_before) == (None, 123, 1)


@pytest.mark.parametrize("how", ["a changed audience", "a narrowed filter", "a new owner"])
def test_a_retry_leaves_out_what_has_become_hidden(
    how: str, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, key(fixtures), url=receiver.url)
    contact = fixtures.contact()
    define(fixtures)
    fail_once(fixtures, queued, receiver)
    before = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, ["age"])["age"]
    known = fixtures.webhooks.find("acme", "wh_1")
    assert isinstance(before, Definition)
    assert known is not None
    if how == "a changed audience":
        after = replace(before, owner="u1", version=before.version + 1)
        fixtures.definitions.replace("acme", before, after)
    elif how == "a narrowed filter":
        narrowed = replace(known, variables=("level",), version=known.version + 1)
        fixtures.webhooks.replace("acme", narrowed)
    else:
        after = replace(contact, owner="u1", version=contact.version + 1)
        fixtures.contacts.replace("acme", contact, after, Attribution(LONG_AGO))
    retry(fixtures)
    if how == "a new owner":
        assert receiver.received == []
    else:
        assert variables_sent(receiver) == ["level"]


def test_a_retry_sends_nothing_of_a_contact_that_was_deleted_meanwhile(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    fixtures.webhook("wh_1", key=None, url=receiver.url)
    fixtures.contact()
    define(fixtures)
    fail_once(fixtures, queued, receiver)
    fixtures.activity.delete_log("acme", 123, NEVER)
    retry(fixtures)
    assert receiver.received == []
    assert delivery(fixtures).canceled_reason is CancellationReason.EVENT_UNAVAILABLE


def test_a_first_attempt_that_is_late_leaves_out_what_has_become_hidden(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """A queue can be hours behind."""
    hook(fixtures, key(fixtures), url=receiver.url)
    fixtures.contact()
    define(fixtures)
    assert process_events(detail()) == []
    made_at = delivery(fixtures).created_at
    make_due(fixtures, created_at=made_at - timedelta(minutes=5))
    known = fixtures.webhooks.find("acme", "wh_1")
    assert known is not None
    fixtures.webhooks.replace("acme", replace(known, variables=("age",), version=2))
    deliver_all(queued)
    assert variables_sent(receiver) == ["age"]


def test_all_keys_and_the_contact_are_read_in_one_batch(engine_world: Fixtures, queued: Queue):
    fixtures = engine_world
    owners = [fixtures.key(f"native_{n:010d}", permissions=NATIVE) for n in range(3)]
    for n in range(6):
        fixtures.webhook(f"wh_{n}", key=owners[n % 3], permissions=NATIVE)
    fixtures.contact()
    define(fixtures)
    asked: list[str] = []
    events = wiring.table()._client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    assert process_events(detail()) == []
    assert len(queued.tasks()) == 6
    # The webhooks; keys and contact; the slot index, which says that nothing is hidden.
    assert asked[:3] == ["Query", "BatchGetItem", "GetItem"]
    assert set(asked[3:]) == {"PutItem"}


def test_a_payload_that_cannot_be_built_again_is_not_sent_to_another_owner(
    fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """An earlier release stored the delivery without its event."""
    hook(fixtures, key(fixtures, user="u2"), url=receiver.url)
    fixtures.deliveries.add(
        "acme",
        Delivery(
            webhook_id="wh_1",
            event_id="evt_1",
            topic="contact.created",
            occurred_at=LONG_AGO,
            created_at=LONG_AGO,
            expires_at=NEVER,
        ),
    )
    made_for = Viewer("u1", frozenset())
    task = DeliveryTask("acme", "wh_1", "evt_1", LONG_AGO, {"type": "a"}, 0, 123, made_for)
    assert failures("TriggerDeliverWebhook", record(encode_task(task), "m1")) == []
    assert receiver.received == []
    found = delivery(fixtures)
    assert found.status is DeliveryStatus.CANCELED
    assert found.canceled_reason is CancellationReason.EVENT_UNAVAILABLE
