"""Process fields of another system with definitions in a table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.accounts import Account, Caller
from shared.domain.definitions import ContextType, Definition, Tombstone
from shared.domain.errors import InvalidField, TooManyVariables
from shared.domain.values import Extracted, SetRules
from shared.services.variables.field_processing import ProcessedFields, process_fields
from shared.services.variables.label_extractor import LabelExtractor
from shared.services.variables.values import set_contact_variables
from tests.fixtures import LONG_AGO, Fixtures

CALLER = Caller("acme", "a-key", LONG_AGO, user="u1", teams=frozenset({7}))
Process = Callable[..., ProcessedFields]


@pytest.fixture
def acme(fixtures: Fixtures) -> Fixtures:
    """Create an account in Chile with definitions."""
    fixtures.accounts.add(Account("acme", locale="es-CL"))
    fixtures.contact()
    fixtures.definition("company_name", aliases=("Razón social",))
    fixtures.definition("budget", "number", display_name="Presupuesto")
    fixtures.definition("last_payment_date", "date")
    fixtures.definition("is_active", "boolean")
    fixtures.definition("membership_level", "select", select_options=("Bronze", "Silver", "Gold"))
    fixtures.definition("support_hours", context_type="business")
    fixtures.definition("secret_score", "number", owner="somebody else")
    fixtures.definition("team_score", "number", team=7)
    return fixtures


@pytest.fixture
def process(acme: Fixtures) -> Process:
    def run(sent: dict[str, Any], caller: Caller = CALLER) -> ProcessedFields:
        return process_fields(
            acme.definitions, acme.accounts, LabelExtractor(), caller, ContextType.CONTACT, sent
        )

    return run


@contextmanager
def requests(fixtures: Fixtures) -> Iterator[list[str]]:
    """Record the operations of DynamoDB."""
    seen: list[str] = []

    def note(model: Any, **_: Any) -> None:
        seen.append(model.name)

    fixtures.client.meta.events.register("before-call.dynamodb", note, unique_id="requests")
    yield seen
    fixtures.client.meta.events.unregister("before-call.dynamodb", unique_id="requests")


def told(processed: ProcessedFields) -> list[tuple[str, str, str | None, str]]:
    return [(each.key, each.name, each.rule, each.form) for each in processed.reports]


def test_each_field_is_matched_formatted_and_reported(process: Process):
    processed = process(
        {
            "company_name": "Acme",
            "membershipLevel": "gold",
            "Presupuesto": "$1.234",
            "razon social": "Acme SpA",
            "lastPaymentDate": "12/03/2024",
            "Is actve": "Sí",
            "favorite_color": "green",
        }
    )
    assert processed.values == {
        "company_name": "Acme",
        "membership_level": "Gold",
        "budget": 1234,
        "razon_social": "Acme SpA",
        "last_payment_date": "2024-03-12",
        "is_active": True,
        "favorite_color": "green",
    }
    assert told(processed) == [
        ("company_name", "company_name", "exact", "as_sent"),
        ("membershipLevel", "membership_level", "snake_case", "formatted"),
        ("Presupuesto", "budget", "display_name", "formatted"),
        # A key with a higher confidence has that definition, so this one keeps its own name.
        ("razon social", "razon_social", None, "as_sent"),
        ("lastPaymentDate", "last_payment_date", "snake_case", "formatted"),
        ("Is actve", "is_active", "similarity", "formatted"),
        ("favorite_color", "favorite_color", None, "as_sent"),
    ]
    assert [each.confidence for each in processed.reports[:3]] == [1.0, 1.0, 0.98]
    assert 0.8 < processed.reports[5].confidence < 0.9
    assert processed.reports[6].confidence is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("budget", "about 5k"),
        ("last_payment_date", "31/02/2024"),
        ("is_active", "maybe"),
        ("membership_level", "Diamond"),
        ("budget", {"min": 1}),
    ],
)
def test_what_does_not_fit_is_left_as_it_was_sent_and_can_be_set(
    acme: Fixtures, process: Process, key: str, value: Any
):
    processed = process({key: value})
    assert processed.values == {key: value}
    assert told(processed) == [(key, key, "exact", "unfit")]
    rules = SetRules(create_undefined=True, keep_invalid=True)
    set_contact_variables(acme.variables, acme.definitions, CALLER, 123, processed.values, rules)


def test_of_two_keys_for_one_definition_the_surer_one_has_it_in_any_order(process: Process):
    for keys in (["Company Nme", "companyName"], ["companyName", "Company Nme"]):
        processed = process({key: key for key in keys})
        assert processed.values == {"company_name": "companyName", "company_nme": "Company Nme"}


def test_two_keys_of_one_name_and_one_value_are_one(process: Process):
    processed = process({"companyName": "Acme", "company_name": "Acme"})
    assert processed.values == {"company_name": "Acme"}
    assert [each.key for each in processed.reports] == ["companyName", "company_name"]


@pytest.mark.parametrize(
    "sent",
    [
        {"companyName": "Acme", "company_name": "Another"},
        {"newField": 1, "new_field": 2},
        {"newField": 1, "new field": True},
    ],
)
def test_two_keys_of_one_name_and_two_values_are_refused(process: Process, sent: dict[str, Any]):
    with pytest.raises(InvalidField) as rejected:
        process(sent)
    assert rejected.value.field in sent


def test_only_what_the_caller_sees_is_meant(process: Process):
    processed = process({"Secret Score": "1,5", "Team Score": "1,5", "Support hours": "9-5"})
    assert processed.values == {"secret_score": "1,5", "team_score": 1.5, "support_hours": "9-5"}
    assert [each.rule for each in processed.reports] == [None, "snake_case", None]
    stranger = replace(CALLER, teams=frozenset())
    assert process({"team_score": "1,5"}, stranger).reports[0].rule is None


def test_a_deleted_definition_is_not_meant(acme: Fixtures, process: Process):
    found = acme.definitions.find_by_names("acme", ContextType.CONTACT, ["budget"])["budget"]
    acme.definitions.delete("acme", found)
    assert isinstance(
        acme.definitions.find_by_names("acme", ContextType.CONTACT, ["budget"])["budget"], Tombstone
    )
    assert told(process({"Budget": "1,5"})) == [("Budget", "budget", None, "as_sent")]


def test_an_account_without_locale_reads_what_can_be_read_in_one_way(acme: Fixtures):
    other = Caller("globex", "a-key", LONG_AGO)
    acme.accounts.add(Account("globex"))
    acme.definition("budget", "number", account="globex")
    processed = process_fields(
        *(acme.definitions, acme.accounts, LabelExtractor(), other, ContextType.CONTACT),
        {"Budget": "$1.234"},
    )
    assert processed.values == {"budget": "$1.234"}
    assert processed.reports[0].form == "unfit"


class TestCost:
    def test_names_cost_one_look_up_however_many_definitions_there_are(
        self, acme: Fixtures, process: Process
    ):
        with requests(acme) as seen:
            process({"companyName": "Acme", "is_active": "on", "membership_level": "gold"})
        assert seen == ["BatchGetItem"]

    def test_a_written_number_costs_the_account_once(self, acme: Fixtures, process: Process):
        with requests(acme) as seen:
            process({"budget": "1,5", "last_payment_date": "12/03/2024"})
        assert seen == ["BatchGetItem", "GetItem"]

    def test_keys_without_definition_cost_the_catalogue_once(
        self, acme: Fixtures, process: Process
    ):
        with requests(acme) as seen:
            process({f"unknown_{number}": "x" for number in range(20)})
        assert seen == ["BatchGetItem", "Query"]

    def test_a_free_text_costs_the_catalogue_and_the_account(
        self, acme: Fixtures, process: Process
    ):
        acme.definition("notes")
        with requests(acme) as seen:
            process({"notes": "Presupuesto: 5"})
        assert seen == ["BatchGetItem", "Query", "GetItem"]

    def test_too_many_fields_cost_nothing(self, acme: Fixtures, process: Process):
        with requests(acme) as seen, pytest.raises(TooManyVariables):
            process({f"unknown_{number}": "x" for number in range(5001)})
        assert seen == []


class TestFreeText:
    def test_a_free_text_fills_fields_and_is_kept(self, process: Process):
        text = "Presupuesto: 1.500.000 CLP. Su membership level es gold. Llamar mañana."
        processed = process({"Notes": text})
        assert processed.values == {"notes": text, "budget": 1500000, "membership_level": "Gold"}
        assert told(processed) == [
            ("Notes", "notes", None, "as_sent"),
            ("Notes", "budget", "extraction", "formatted"),
            ("Notes", "membership_level", "extraction", "formatted"),
        ]

    def test_what_is_sent_under_its_own_key_stands(self, process: Process):
        text = "Presupuesto: 5"
        processed = process({"notes": text, "budget": "about 7"})
        assert processed.values == {"notes": text, "budget": "about 7"}

    def test_what_an_extractor_invents_or_leaves_empty_is_not_set(self, acme: Fixtures):
        class Model:
            def extract(self, _: str, __: Sequence[Definition]) -> list[Extracted]:
                answers = {"shoe_size": 44, "secret_score": 5, "is_active": None, "budget": ""}
                found = [Extracted(name, value, 0.9) for name, value in answers.items()]
                return [*found, Extracted("company_name", "Acme", 0.9)]

        sent = {"notes": "They are Acme."}
        processed = process_fields(
            acme.definitions, acme.accounts, Model(), CALLER, ContextType.CONTACT, sent
        )
        assert processed.values == {**sent, "company_name": "Acme"}

    def test_texts_that_contradict_each_other_say_nothing(self, process: Process):
        sent = {"notes": "Budget: 5; is active: sí", "summary": "Budget: 6; is active: true"}
        processed = process(sent)
        assert processed.values == {**sent, "is_active": True}

    @pytest.mark.parametrize(
        "sent",
        [
            {"notes": "Budget: lots"},
            {"notes": "Budget: lots\nBudget: 5"},
            {"notes": "Secret score: 5"},
            {"notes": "Support hours: 9-5"},
            {"notes": "Budgt: 5"},
            {"greeting": "Budget: 5"},
            {"notes": ["Budget: 5"]},
            {"notes": ""},
            {"notes": "Budget: 5\n" + "x" * 8192},
            # More marks on one letter than any script has.
            {"notes": "Budget: 5\ne" + "\u0301" * 31},
        ],
    )
    def test_what_no_text_says_of_a_field_that_is_seen_is_not_set(self, process: Process, sent):
        assert process(sent).values == sent


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.dictionaries(
        st.text(max_size=12) | st.sampled_from(["notes", "Budget", "company nme", "isActive"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.lists(st.integers()),
        max_size=6,
    )
)
def test_whatever_is_sent_no_value_is_lost(process: Process, sent: dict[str, Any]):
    """Processing only reads, so that all examples can share a table."""
    try:
        processed = process(sent)
    except InvalidField:
        return
    reported = [each for each in processed.reports if each.rule != "extraction"]
    assert [each.key for each in reported] == list(sent)
    assert {each.name for each in processed.reports} == processed.values.keys()
    for each in reported:
        if each.form != "formatted":
            assert processed.values[each.name] == sent[each.key]
