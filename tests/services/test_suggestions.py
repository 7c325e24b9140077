"""Values of stronger sources stay, and values of weaker ones become suggestions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from benchmarks.capacity import Index, write_units
from shared.domain.accounts import Caller
from shared.domain.contacts import Conversation
from shared.domain.definitions import Definition
from shared.domain.errors import (
    ContactNotFound,
    PermissionDenied,
    SuggestionDecided,
    SuggestionNotFound,
)
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.suggestions import Suggestion, SuggestionState
from shared.domain.values import (
    AUTO_CREATE,
    BUSINESS,
    LENIENT_TEXT,
    Evidence,
    SourcedValue,
    StoredValue,
    Subject,
    VariablesSet,
)
from shared.services.contacts.conversations import set_conversation_variables
from shared.services.contacts.writes import update_contact
from shared.services.variables import suggestions as service
from shared.services.variables.values import (
    clear_variables,
    set_business_variables,
    set_contact_variables,
)
from shared.table import page_writes
from shared.table.dynamo import Table
from shared.table.suggestions import SuggestionTable
from tests.api import template
from tests.fixtures import LONG_AGO, Fixtures

ANN = Caller("acme", "key-of-ann", LONG_AGO, value_source=Source.HUMAN)
CRM = Caller("acme", "key-of-crm", LONG_AGO, channel="klen")
FILE = replace(CRM, value_source=Source.IMPORT)
AGENT = Caller("acme", "key-of-agent", LONG_AGO, value_source=Source.AI)
OPERATOR = replace(CRM, value_source=Source.SYSTEM)
JOHN = Subject.contact(123)


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    fresh_table.account()
    fresh_table.contact()
    return fresh_table


def store(fixtures: Fixtures, caller: Caller, contact_id: int = 123, **values) -> VariablesSet:
    return set_contact_variables(
        fixtures.variables, fixtures.definitions, caller, contact_id, values, AUTO_CREATE
    )


def stored(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, StoredValue]:
    return {each.name: each for each in fixtures.variables.list("acme", subject)}


def held(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, object]:
    return {name: each.value for name, each in stored(fixtures, subject).items()}


def table_of(fixtures: Fixtures) -> SuggestionTable:
    return SuggestionTable(Table(fixtures.client, fixtures.table_name))


def suggested(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, object]:
    page = table_of(fixtures).page_of("acme", subject, None, 100, LONG_AGO)
    assert page.following is None
    return {each.name: each.value for each in page.suggestions}


def only(fixtures: Fixtures, subject: Subject = JOHN) -> Suggestion:
    (found,) = table_of(fixtures).page_of("acme", subject, None, 100, LONG_AGO).suggestions
    return found


def accept(fixtures: Fixtures, caller: Caller, suggestion_id: str) -> Suggestion:
    return service.accept_suggestion(
        *(table_of(fixtures), fixtures.variables, fixtures.contacts, caller, suggestion_id)
    )


def reject(fixtures: Fixtures, caller: Caller, suggestion_id: str) -> Suggestion:
    return service.reject_suggestion(table_of(fixtures), fixtures.contacts, caller, suggestion_id)


class TestWrites:
    @pytest.mark.parametrize(
        ("first", "second", "wins"),
        [
            (ANN, CRM, False),
            (ANN, AGENT, False),
            (ANN, FILE, False),
            (ANN, ANN, True),
            (CRM, FILE, True),
            (FILE, CRM, True),
            (CRM, AGENT, False),
            (FILE, AGENT, False),
            (AGENT, AGENT, True),
            (AGENT, CRM, True),
            (CRM, ANN, True),
            (ANN, OPERATOR, True),
            (OPERATOR, AGENT, True),
        ],
    )
    def test_a_source_replaces_values_of_its_equals_and_of_weaker_ones(
        self, first: Caller, second: Caller, wins: bool, fixtures: Fixtures
    ):
        store(fixtures, first, plan="Gold")
        outcome = store(fixtures, second, plan="Silver")
        assert held(fixtures) == {"plan": "Silver" if wins else "Gold"}
        assert suggested(fixtures) == ({} if wins else {"plan": "Silver"})
        assert [each.name for each in outcome.suggestions] == ([] if wins else ["plan"])
        assert [each.value for each in outcome.variables] == ["Silver"]

    def test_the_other_values_of_a_request_are_stored(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver", city="Quito")
        assert held(fixtures) == {"plan": "Gold", "city": "Quito"}
        assert suggested(fixtures) == {"plan": "Silver"}

    def test_values_on_several_pages_are_told_apart(self, fixtures: Fixtures):
        names = [f"name_{number}" for number in range(70)]
        store(fixtures, ANN, **dict.fromkeys(names[::2], "of Ann"))
        store(fixtures, AGENT, **dict.fromkeys(names, "of the agent"))
        expected = dict.fromkeys(names, "of the agent") | dict.fromkeys(names[::2], "of Ann")
        assert held(fixtures) == expected
        assert suggested(fixtures) == dict.fromkeys(names[::2], "of the agent")

    @pytest.mark.parametrize("value", ["Gold", "x" * 9000])
    def test_the_value_that_stands_is_no_suggestion(self, value: str, fixtures: Fixtures):
        store(fixtures, ANN, plan=value)
        assert not store(fixtures, AGENT, plan=value).suggestions
        assert stored(fixtures)["plan"].source is Source.HUMAN

    def test_null_suggests_to_remove_the_value(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        outcome = store(fixtures, AGENT, plan=None)
        assert [each.value for each in outcome.suggestions] == [None]
        assert held(fixtures) == {"plan": "Gold"}

    @pytest.mark.parametrize("standing", ["small", "a" * 9000])
    @pytest.mark.parametrize("value", ["small one", "b" * 9000])
    def test_large_values_are_suggested_and_protected(
        self, standing: str, value: str, fixtures: Fixtures
    ):
        store(fixtures, ANN, plan=standing)
        store(fixtures, AGENT, plan=value, city="Quito")
        assert held(fixtures) == {"plan": standing, "city": "Quito"}
        assert suggested(fixtures) == {"plan": value}

    @pytest.mark.parametrize("wins", [0, 3])
    def test_more_suggestions_than_a_transaction_has_writes_are_stored(
        self, wins: int, fixtures: Fixtures
    ):
        names = [f"name_{number}" for number in range(150)]
        store(fixtures, ANN, **dict.fromkeys(names, "Gold"))
        store(fixtures, OPERATOR, **dict.fromkeys(names[:wins]))
        outcome = store(fixtures, AGENT, **dict.fromkeys(names, "Silver"))
        lost = dict.fromkeys(names[wins:], "Silver")
        assert {each.name: each.value for each in outcome.suggestions} == lost
        values = table_of(fixtures).page_of("acme", JOHN, None, 200, LONG_AGO).suggestions
        assert {each.name: each.value for each in values} == lost
        assert held(fixtures) == dict.fromkeys(names[wins:], "Gold") | dict.fromkeys(
            names[:wins], "Silver"
        )

    @pytest.mark.parametrize("number", [1, 2, 99, 130])
    def test_a_contact_that_is_deleted_meanwhile_gets_no_suggestions(
        self, number: int, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        names = [f"name_{each}" for each in range(number)]
        store(fixtures, ANN, **dict.fromkeys(names, "Gold"))
        store_suggestion = page_writes.suggestion_write
        other = Fixtures(fixtures.client, fixtures.table_name)

        def meanwhile(*arguments: Any) -> Any:
            monkeypatch.setattr(page_writes, "suggestion_write", store_suggestion)
            other.contacts.delete("acme", other.contacts.find("acme", 123))
            return store_suggestion(*arguments)

        monkeypatch.setattr(page_writes, "suggestion_write", meanwhile)
        with pytest.raises(ContactNotFound):
            store(fixtures, AGENT, **dict.fromkeys(names, "Silver"))
        assert not [item for item in fixtures.items() if item["entity"]["S"] == "suggestion"]

    def test_existing_definitions_stay_last_write_wins(self, fixtures: Fixtures):
        fixtures.definition("plan")
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        assert held(fixtures) == {"plan": "Silver"}

    def test_a_value_from_before_sources_is_that_of_an_api(self, fixtures: Fixtures):
        plan = fixtures.definition("plan", precedence=DEFAULT_PRECEDENCE)
        facts = {"L": [{"S": "plan"}, {"S": "Gold"}, {"S": "select"}, {"N": "1704103200000"}]}
        fixtures.client.update_item(
            TableName=fixtures.table_name,
            Key={"pk": {"S": "ACCOUNT#acme#CONTACT#123"}, "sk": {"S": "VALUES#000000"}},
            UpdateExpression=f"SET s{plan.slot} = :value",
            ExpressionAttributeValues={":value": facts},
        )
        store(fixtures, AGENT, plan="Silver")
        assert held(fixtures) == {"plan": "Gold"}
        store(fixtures, FILE, plan="Bronze")
        assert held(fixtures) == {"plan": "Bronze"}

    @pytest.mark.parametrize(
        "precedence",
        [
            ((Source.AI,), (Source.HUMAN,), (Source.IMPORT, Source.API)),
            ((Source.HUMAN, Source.IMPORT), (Source.API, Source.AI)),
            ((Source.API,), (Source.AI,), (Source.HUMAN,), (Source.IMPORT,)),
        ],
    )
    def test_a_definition_says_which_source_is_stronger(self, precedence, fixtures: Fixtures):
        fixtures.definition("plan", precedence=precedence)
        callers = {Source.HUMAN: ANN, Source.API: CRM, Source.IMPORT: FILE, Source.AI: AGENT}
        order = [source for group in precedence for source in group]
        ranks = {source: rank for rank, group in enumerate(precedence) for source in group}
        for first in order:
            for second in order:
                store(fixtures, OPERATOR, plan=None)
                store(fixtures, callers[first], plan="first")
                store(fixtures, callers[second], plan="second")
                wins = ranks[second] <= ranks[first]
                assert held(fixtures) == {"plan": "second" if wins else "first"}

    @pytest.mark.parametrize(("age", "wins"), [(3599, False), (3601, True)])
    def test_any_source_replaces_a_stale_value(self, age: int, wins: bool, fixtures: Fixtures):
        fixtures.definition("plan", precedence=DEFAULT_PRECEDENCE, stale_after_seconds=3600)
        store(fixtures, ANN, plan="Gold")
        store(fixtures, replace(AGENT, requested_at=LONG_AGO + timedelta(seconds=age)), plan="New")
        assert held(fixtures) == {"plan": "New" if wins else "Gold"}

    def test_more_conditions_than_an_expression_has_are_checked_all_the_same(
        self, fixtures: Fixtures
    ):
        scattered = ((Source.HUMAN,), (Source.IMPORT,), (Source.API,), (Source.AI,))
        facts = {"precedence": scattered, "stale_after_seconds": 3600}
        names = [fixtures.definition(f"name_{number}", **facts).name for number in range(32)]
        store(fixtures, CRM, **dict.fromkeys(names, "of the CRM"))
        store(fixtures, FILE, name_7="of the file")
        store(fixtures, CRM, **dict.fromkeys(names, "again"))
        assert held(fixtures) == dict.fromkeys(names, "again") | {"name_7": "of the file"}
        assert suggested(fixtures) == {"name_7": "again"}

    def test_a_contact_is_changed_and_its_values_are_suggested(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        update_contact(
            *(fixtures.contacts, fixtures.definitions, AGENT, 123),
            lambda contact: replace(contact, first_name="Jo"),
            {"plan": "Silver", "city": "Quito"},
            AUTO_CREATE,
        )
        assert fixtures.contacts.find("acme", 123).first_name == "Jo"
        assert held(fixtures) == {"plan": "Gold", "city": "Quito"}
        assert suggested(fixtures) == {"plan": "Silver"}

    def test_the_business_and_conversations_have_suggestions_too(self, fixtures: Fixtures):
        conversation = Conversation("conv_1", 123)
        fixtures.contacts.add_conversation("acme", conversation)
        ports = (fixtures.variables, fixtures.definitions)
        for caller, value in ((ANN, "of Ann"), (AGENT, "of the agent")):
            values = {"topic": value}
            set_business_variables(*ports, caller, values, AUTO_CREATE)
            set_conversation_variables(
                *(*ports, fixtures.contacts, caller, conversation, values, LENIENT_TEXT)
            )
        for subject in (BUSINESS, Subject.conversation("conv_1")):
            assert held(fixtures, subject) == {"topic": "of Ann"}
            assert suggested(fixtures, subject) == {"topic": "of the agent"}
            accept(fixtures, ANN, only(fixtures, subject).suggestion_id)
            assert held(fixtures, subject) == {"topic": "of the agent"}

    def test_removing_all_values_keeps_the_stronger_ones(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, city="Quito")
        clear_variables(fixtures.variables, AGENT, JOHN)
        assert held(fixtures) == {"plan": "Gold"}
        assert suggested(fixtures) == {"plan": None}
        clear_variables(fixtures.variables, ANN, JOHN)
        assert held(fixtures) == {}

    @pytest.mark.parametrize("caller", [AGENT, ANN])
    def test_a_deleted_variable_keeps_its_precedence(self, caller: Caller, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        (plan,) = fixtures.definitions.list("acme")
        assert isinstance(plan, Definition)
        fixtures.definitions.delete("acme", plan)
        store(fixtures, caller, plan=None)
        assert held(fixtures) == ({} if caller is ANN else {"plan": "Gold"})


class TestDecisions:
    def test_a_suggestion_says_who_suggests_what(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        evidence = Evidence("call-1", 3, "I want Silver")
        store(fixtures, AGENT, plan=SourcedValue("Silver", Source.AI, 0.5, evidence))
        found = only(fixtures)
        assert (found.name, found.value, found.source) == ("plan", "Silver", Source.AI)
        assert found.suggested_by == AGENT.attribution
        assert (found.confidence, found.evidence) == (0.5, evidence)
        assert found.standing_version == stored(fixtures)["plan"].version
        assert found.expires_at == LONG_AGO + timedelta(days=30)
        assert found.state is SuggestionState.PENDING

    def test_accepting_sets_the_value_as_the_acceptor(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        decided = accept(fixtures, ANN, only(fixtures).suggestion_id)
        assert decided.state is SuggestionState.ACCEPTED
        assert only(fixtures) == decided
        value = stored(fixtures)["plan"]
        assert (value.value, value.source) == ("Silver", Source.HUMAN)

    def test_accepting_a_removal_removes_the_value(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan=None)
        accept(fixtures, ANN, only(fixtures).suggestion_id)
        assert held(fixtures) == {}

    def test_rejecting_leaves_the_value(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        reject(fixtures, ANN, only(fixtures).suggestion_id)
        assert only(fixtures).state is SuggestionState.REJECTED
        assert held(fixtures) == {"plan": "Gold"}

    @pytest.mark.parametrize("decide", [accept, reject])
    @pytest.mark.parametrize("again", [accept, reject])
    def test_a_suggestion_is_decided_once(self, decide, again, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        decide(fixtures, ANN, only(fixtures).suggestion_id)
        with pytest.raises(SuggestionDecided):
            again(fixtures, ANN, only(fixtures).suggestion_id)

    def test_a_source_that_may_not_set_a_value_may_not_accept_it(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        with pytest.raises(PermissionDenied):
            accept(fixtures, AGENT, only(fixtures).suggestion_id)
        assert held(fixtures) == {"plan": "Gold"}
        assert only(fixtures).state is SuggestionState.PENDING

    def test_a_repeated_write_is_the_same_suggestion(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        first = store(fixtures, AGENT, plan="Silver").suggestions
        again = replace(AGENT, requested_at=LONG_AGO + timedelta(hours=1), request_id="another")
        second = store(fixtures, again, plan="Silver").suggestions
        assert [each.suggestion_id for each in first] == [each.suggestion_id for each in second]
        assert only(fixtures).suggested_by == AGENT.attribution
        assert only(fixtures).expires_at == LONG_AGO + timedelta(days=30, hours=1)

    def test_a_rejected_suggestion_comes_back_only_when_another_value_stands(
        self, fixtures: Fixtures
    ):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        reject(fixtures, ANN, only(fixtures).suggestion_id)
        store(fixtures, AGENT, plan="Silver")
        assert only(fixtures).state is SuggestionState.REJECTED
        store(fixtures, ANN, plan="Bronze")
        store(fixtures, AGENT, plan="Silver")
        states = table_of(fixtures).page_of("acme", JOHN, None, 100, LONG_AGO).suggestions
        assert sorted(each.state for each in states) == ["pending", "rejected"]

    @pytest.mark.parametrize(
        "suggestion_id", ["", "x", "sug_", "sug_1_contact_123", "sug_1_nobody_1", "s" * 700]
    )
    def test_an_unknown_suggestion_is_not_found(self, suggestion_id: str, fixtures: Fixtures):
        for decide in (accept, reject):
            with pytest.raises(SuggestionNotFound):
                decide(fixtures, ANN, suggestion_id)

    def test_a_suggestion_for_a_deleted_variable_cannot_be_accepted(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        (plan,) = fixtures.definitions.list("acme")
        fixtures.definitions.delete("acme", plan)
        with pytest.raises(SuggestionNotFound):
            accept(fixtures, ANN, only(fixtures).suggestion_id)

    def test_a_renamed_variable_has_its_suggestions_under_its_new_name(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        (plan,) = fixtures.definitions.list("acme")
        fixtures.definitions.rename("acme", plan, replace(plan, name="level", version=2), None)
        assert suggested(fixtures) == {"level": "Silver"}
        accept(fixtures, ANN, only(fixtures).suggestion_id)
        assert held(fixtures) == {"level": "Silver"}


class TestLists:
    def test_the_suggestions_of_an_account_are_listed_newest_first(self, fixtures: Fixtures):
        ids = [123, 124, 125]
        fixtures.contact(124)
        fixtures.contact(125)
        for minute, contact_id in enumerate(ids):
            store(fixtures, ANN, contact_id, plan="Gold")
            at = LONG_AGO + timedelta(minutes=minute)
            store(fixtures, replace(AGENT, requested_at=at), contact_id, plan="Silver")
        seen: list[str] = []
        after = None
        for _ in range(3):
            page = service.list_suggestions(
                table_of(fixtures), fixtures.contacts, ANN, after, limit=1
            )
            seen += [each.subject.subject_id for each in page.suggestions]
            after = page.following
        assert seen == ["125", "124", "123"]
        assert after is None

    def test_the_suggestions_for_a_subject_are_listed_in_pages(self, fixtures: Fixtures):
        for minute, name in enumerate("abc"):
            store(fixtures, ANN, **{name: "x"})
            at = LONG_AGO + timedelta(minutes=minute)
            store(fixtures, replace(AGENT, requested_at=at), **{name: "y"})
        ports = (table_of(fixtures), fixtures.contacts, ANN, JOHN)
        first = service.list_suggestions_for(*ports, None, 2)
        second = service.list_suggestions_for(*ports, first.following, 2)
        names = [each.name for page in (first, second) for each in page.suggestions]
        assert (names, second.following) == (["c", "b", "a"], None)

    def test_expired_suggestions_are_not_listed(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        store(fixtures, AGENT, plan="Silver")
        late = replace(ANN, requested_at=LONG_AGO + timedelta(days=31))
        ports = (table_of(fixtures), fixtures.contacts, late)
        assert not service.list_suggestions(*ports, None, 10).suggestions
        with pytest.raises(SuggestionNotFound):
            accept(fixtures, late, only(fixtures).suggestion_id)

    def test_suggestions_for_what_the_caller_does_not_see_do_not_exist(self, fixtures: Fixtures):
        fixtures.contact(7, owner="bob")
        bob = replace(ANN, user="bob")
        store(fixtures, bob, 7, plan="Gold")
        store(fixtures, replace(AGENT, user="bob"), 7, plan="Silver")
        fixtures.definition("note", owner="bob", precedence=DEFAULT_PRECEDENCE)
        store(fixtures, bob, note="x")
        store(fixtures, replace(AGENT, user="bob"), note="y")
        ports = (table_of(fixtures), fixtures.contacts)
        assert not service.list_suggestions(*ports, ANN, None, 10).suggestions
        found = service.list_suggestions(*ports, bob, None, 10).suggestions
        assert sorted(each.name for each in found) == ["note", "plan"]
        for each in found:
            with pytest.raises(SuggestionNotFound):
                accept(fixtures, ANN, each.suggestion_id)

    def test_suggestions_and_evidence_go_with_their_contact(self, fixtures: Fixtures):
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
        evidence = SourcedValue("Gold", evidence=Evidence(quote="Gold"))
        store(fixtures, ANN, plan=evidence)
        store(fixtures, AGENT, plan="Silver")
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 123))
        assert not [item for item in fixtures.items() if "#123" in item["pk"]["S"]]


class TestEvidence:
    def test_evidence_belongs_to_the_value_that_it_came_with(self, fixtures: Fixtures):
        evidence = Evidence("call-1", 3, "I want Gold")
        store(fixtures, ANN, plan=SourcedValue("Gold", evidence=evidence), city="Quito")
        values = stored(fixtures)
        find = fixtures.variables.find_evidence
        assert find("acme", JOHN, values["plan"]) == evidence
        assert find("acme", JOHN, values["city"]) is None
        store(fixtures, ANN, plan="Silver")
        assert find("acme", JOHN, stored(fixtures)["plan"]) is None
        # The evidence of an earlier value is not that of a later one.
        assert find("acme", JOHN, replace(values["plan"], version="another")) is None

    def test_evidence_goes_when_all_values_are_removed(self, fixtures: Fixtures):
        store(fixtures, ANN, plan=SourcedValue("Gold", evidence=Evidence(quote="Gold")))
        clear_variables(fixtures.variables, ANN, JOHN)
        assert "evidence" not in [item["entity"]["S"] for item in fixtures.items()]


class TestCost:
    def test_a_winning_write_sends_no_request_more(self, fixtures: Fixtures):
        fixtures.definition("free")
        store(fixtures, AGENT, free="x")
        store(fixtures, AGENT, plan="Bronze")
        without = operations(fixtures, lambda: store(fixtures, AGENT, free="y"))
        with_precedence = operations(fixtures, lambda: store(fixtures, AGENT, plan="Silver"))
        assert with_precedence == without == ["BatchGetItem", "UpdateItem"]

    def test_a_losing_write_sends_the_suggestion_more(self, fixtures: Fixtures):
        store(fixtures, ANN, plan="Gold")
        sent = operations(fixtures, lambda: store(fixtures, AGENT, plan="Silver"))
        # The transaction checks that the contact still exists.
        assert sent == ["BatchGetItem", "UpdateItem", "TransactWriteItems"]
        sent = operations(fixtures, lambda: store(fixtures, AGENT, plan="Bronze", city="Quito"))
        assert sent[-1] == "TransactWriteItems"

    def test_a_suggestion_takes_one_write_unit_and_one_of_the_index(self, fixtures: Fixtures):
        store(fixtures, ANN, membership_level="Gold")
        store(fixtures, AGENT, membership_level="fifteen letters")
        (item,) = [each for each in fixtures.items() if each["entity"]["S"] == "suggestion"]
        table = template().table.arguments
        (index,) = table["GlobalSecondaryIndexes"]
        of_table = [key["AttributeName"] for key in table["KeySchema"]]
        assert write_units(None, item) == 1
        assert Index.of(index, of_table).write_units(None, item) == 1


def operations(fixtures: Fixtures, do: Callable[[], object]) -> list[str]:
    """Return the operations of DynamoDB that `do` makes, in order."""
    found: list[str] = []

    def note(model: Any, **_: Any) -> None:
        found.append(model.name)

    events = fixtures.client.meta.events
    events.register("before-call.dynamodb", note, unique_id="note")
    do()
    events.unregister("before-call.dynamodb", unique_id="note")
    return found
