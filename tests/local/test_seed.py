"""The seed loader: what a file says is what the service answers, or nothing is written."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local.database import make_client
from local.failure import LocalApiError
from local.seed import LoadReport, SeedError, load_file, main
from local.seed_plan import AccountPlan
from local.seed_writer import write_account
from local.template import read_template
from shared.domain.accounts import Account, ApiKey, Grant
from shared.domain.contacts import (
    Contact,
    Conversation,
    Identifier,
    IdentifierKind,
)
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.options import options_of
from shared.domain.tags import Tag
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.services.accounts.access import authenticate, hash_api_key
from shared.table.accounts import AccountTable, TagTable
from shared.table.dynamo import Table
from tests.api import ROOT, TEMPLATE, Api
from tests.fixtures import LONG_AGO, Fixtures
from tests.local.running_api import PATIENCE_SECONDS
from tests.ports import free_port

DEMO = ROOT / "local" / "demo-seed.json"

EXAMPLE: dict[str, Any] = {
    "id": "acme",
    "name": "Acme",
    "chatbots": ["bot_1"],
    "locale": "es-CL",
    "api_keys": [
        {
            "key": "klen_abcdef123456789",
            "name": "docs example",
            "active": True,
            "requests_per_minute": 60,
            "permissions": [
                "can_read_contacts",
                {"permission": "chatbots.contacts.variables.list", "resource": "chatbots/bot_1"},
            ],
        }
    ],
    "definitions": [
        {
            "id": 2,
            "external_id": "var_loyalty",
            "name": "membership_level",
            "display_name": "Membership Level",
            "description": "Customer's membership tier",
            "variable_type": "select",
            "context_type": "contact",
            "category": "custom",
            "is_default": False,
            "select_options": ["Bronze", "Silver", "Gold"],
            "default_value": None,
            "aliases": ["Nivel", "tier"],
        }
    ],
    "contacts": [
        {
            "id": 123,
            "uuid": "df980fc8-b6db-4820-bf22-2969482d106d",
            "external_id": "fdnklxaCACfw92b01v",
            "first_name": "John",
            "last_name": "Smith",
            "full_name": "John Smith",
            "email": "john@example.com",
            "phone_number": "+15550100",
            "wa_id": "1234567890",
            "sms_phone_number": "1234567890",
            "webchat_user_id": "u-1",
            "language": "EN",
            "time_zone": "America/New_York",
            "platform": "whatsapp",
            "created_at": "2024-01-01T10:00:00Z",
            "updated_at": "2024-01-02T10:00:00Z",
            "tags": [1, 5],
            "variables": {"membership_level": "Gold"},
        }
    ],
    "conversations": [{"id": "conv_1", "contact_id": 123, "variables": {}}],
    "tags": [{"id": 1, "value": "VIP", "entity_type": "CONTACT"}],
    "business_variables": {"support_hours": "9-5"},
}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """Where a test writes its seed file."""
    return tmp_path / "seed.json"


@pytest.fixture(scope="module")
def nowhere() -> Any:
    """A client whose every request fails, since nothing listens on its port."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        yield make_client(endpoint_url=url)


def load(fixtures: Fixtures, seed: Path, *accounts: dict[str, Any]) -> LoadReport:
    seed.write_text(json.dumps({"accounts": accounts}))
    return load_file(seed, fixtures.client, fixtures.table_name)


@contextmanager
def failing(client: Any, operation: str) -> Iterator[None]:
    """Let every request of one operation fail before it is sent."""
    event = f"before-call.dynamodb.{operation}"

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    client.meta.events.register(event, fail)
    try:
        yield
    finally:
        client.meta.events.unregister(event, fail)


def values_of(fixtures: Fixtures, subject: Subject, account: str = "acme") -> dict[str, Any]:
    return {each.name: each.value for each in fixtures.variables.list(account, subject)}


def named(
    fixtures: Fixtures, name: str, context_type: ContextType = ContextType.CONTACT
) -> Definition:
    found = fixtures.definitions.find_by_names("acme", context_type, [name])[name]
    assert isinstance(found, Definition)
    return found


def tags_of(fixtures: Fixtures) -> list[Tag]:
    return TagTable(Table(fixtures.client, fixtures.table_name)).list("acme")


class TestTheExampleOfTheFormat:
    """Every field of the documented example arrives where the service looks for it."""

    @pytest.fixture(autouse=True)
    def report(self, fixtures: Fixtures, seed: Path) -> LoadReport:
        return load(fixtures, seed, EXAMPLE)

    def test_the_report_counts_what_was_loaded(self, report: LoadReport) -> None:
        assert report.summary == (
            "Loaded 1 account, 1 API key, 2 definitions, 1 contact and 2 values."
        )

    def test_the_account_is_there(self, fixtures: Fixtures) -> None:
        account = fixtures.accounts.find("acme")
        assert account is not None
        assert (account.name, account.chatbots) == ("Acme", ("bot_1",))
        assert account.locale == "es-CL"

    def test_the_key_lets_its_caller_in_with_its_permissions(self, fixtures: Fixtures) -> None:
        caller = authenticate(fixtures.credentials, "klen_abcdef123456789", datetime.now(UTC))
        assert caller.account_id == "acme"
        assert caller.grants == (
            Grant("can_read_contacts"),
            Grant("chatbots.contacts.variables.list", "chatbots/bot_1"),
        )

    def test_a_short_key_gets_a_limit_unless_the_file_gives_one(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        given = [
            {"key": "12345678"},
            {"key": "123456789", "requests_per_minute": 600},
            {"key": "1234567890123456"},
        ]
        report = load(fixtures, seed, {"id": "globex", "api_keys": given})
        assert report.summary.endswith(
            "\n1 API key of fewer than 16 characters got a limit of 60 requests per minute: "
            "give requests_per_minute in the file for another."
        )
        limits = {key.hint: key.requests_per_minute for key in fixtures.credentials.list("globex")}
        assert limits == {"...78": 60, "...89": 600, "1234...3456": None}

    def test_a_key_has_what_the_file_says_of_its_values(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        agent = {"source": "ai", "purpose": "tool", "sensitive": True}
        facts = [agent, {}, {"sensitivity": "public"}]
        given = [{"key": f"key_{number}_0123456789", **each} for number, each in enumerate(facts)]
        load(fixtures, seed, {"id": "globex", "api_keys": given})
        stored = [fixtures.credentials.find(hash_api_key(each["key"])) for each in given]
        found = [(each.source, each.purpose, each.sensitivity) for each in stored if each]
        assert found == [
            ("ai", "tool", "sensitive"),
            ("api", None, "personal"),
            ("api", None, "public"),
        ]

    def test_a_definition_has_every_rule_of_the_file(self, fixtures: Fixtures, seed: Path) -> None:
        facts: dict[str, Any] = {
            "group": "Billing",
            "fallback": "a code",
            "question": "Which?",
            "when_stale": "ask",
            "min_assurance": "otp",
            "max_length": 9,
            "pattern": "a+",
            "stale_after_seconds": 60,
            "expires_after_seconds": 90,
            "is_required": True,
            "archived": True,
        }
        given = [
            {"name": "code", **facts},
            {"name": "age", "variable_type": "number", "min_value": 1, "max_value": 9.5},
            {
                "name": "tier",
                "variable_type": "select",
                "select_options": ["Gold"],
                "archived_options": ["Tin"],
            },
            {"name": "seat", "variable_type": "json", "json_schema": {"type": "object"}},
        ]
        load(fixtures, seed, {"id": "globex", "definitions": given})
        code, age, tier, seat = fixtures.definitions.list("globex")
        assert {name: getattr(code, name) for name in facts} == facts
        index = fixtures.definitions.slot_index("globex", code.context_type)
        assert index.audiences == {code.slot: code.audience}
        assert (age.min_value, age.max_value) == (1, 9.5)
        assert seat.json_schema == '{"type":"object"}'
        labels = {each.label: each.archived for each in options_of(tier)}
        assert (tier.select_options, labels) == (("Gold",), {"Gold": False, "Tin": True})

    def test_a_key_is_read_only_when_the_file_says_so(self, fixtures: Fixtures, seed: Path) -> None:
        given = [{"key": "read_only_0123456789", "read_only": True}, {"key": "writes_0123456789"}]
        load(fixtures, seed, {"id": "globex", "api_keys": given})
        now = datetime.now(UTC)
        assert authenticate(fixtures.credentials, "read_only_0123456789", now).read_only
        assert not authenticate(fixtures.credentials, "writes_0123456789", now).read_only

    def test_the_key_is_kept_as_a_hash_only(self, fixtures: Fixtures) -> None:
        assert "abcdef123456789" not in repr(fixtures.items())
        (key,) = fixtures.credentials.list("acme")
        assert (key.name, key.requests_per_minute, key.hint) == ("docs example", 60, "klen...6789")

    def test_the_definition_keeps_its_ids_and_options(self, fixtures: Fixtures) -> None:
        found = named(fixtures, "membership_level")
        assert (found.definition_id, found.external_id) == (2, "var_loyalty")
        assert found.select_options == ("Bronze", "Silver", "Gold")
        assert found.aliases == ("Nivel", "tier")
        assert fixtures.definitions.find("acme", 2) == found

    def test_the_contact_has_every_field(self, fixtures: Fixtures) -> None:
        contact = fixtures.contacts.find("acme", 123)
        assert contact is not None
        given = {
            field: value
            for field, value in EXAMPLE["contacts"][0].items()
            if field not in ("id", "created_at", "updated_at", "tags", "variables")
        }
        assert {field: getattr(contact, field) for field in given} == given
        assert contact.created_at == datetime(2024, 1, 1, 10, tzinfo=UTC)
        assert contact.updated_at == datetime(2024, 1, 2, 10, tzinfo=UTC)

    def test_the_contact_is_found_by_each_identifier(self, fixtures: Fixtures) -> None:
        identifiers = [
            Identifier(IdentifierKind.UUID, "df980fc8-b6db-4820-bf22-2969482d106d"),
            Identifier(IdentifierKind.EXTERNAL_ID, "fdnklxaCACfw92b01v"),
            Identifier(IdentifierKind.EMAIL, "john@example.com"),
            Identifier(IdentifierKind.PHONE, "+15550100"),
            Identifier(IdentifierKind.WHATSAPP, "1234567890"),
            Identifier(IdentifierKind.SMS, "1234567890"),
            Identifier(IdentifierKind.WEBCHAT, "u-1"),
        ]
        found = [fixtures.ids_with(each) for each in identifiers]
        assert found == [[123]] * len(identifiers)

    def test_the_phone_number_is_the_primary_one(self, fixtures: Fixtures) -> None:
        contact = fixtures.contacts.find("acme", 123)
        assert contact is not None
        (phone,) = contact.phone_numbers
        assert (phone.phone_id, phone.number, phone.primary) == (1, "+15550100", True)

    def test_the_contact_has_the_words_of_its_tags(self, fixtures: Fixtures) -> None:
        """A tag that only contacts know of, such as the example's 5, is called by its number."""
        contact = fixtures.contacts.find("acme", 123)
        assert contact is not None
        assert contact.tags == ("VIP", "5")
        assert tags_of(fixtures) == [Tag(1, "VIP"), Tag(5, "5")]

    def test_the_values_are_there(self, fixtures: Fixtures) -> None:
        assert values_of(fixtures, Subject.contact(123)) == {"membership_level": "Gold"}
        assert values_of(fixtures, BUSINESS) == {"support_hours": "9-5"}

    def test_the_next_ids_are_above_the_largest(self, fixtures: Fixtures) -> None:
        largest = named(fixtures, "support_hours", ContextType.BUSINESS).definition_id
        assert largest == 3
        assert fixtures.definition("next").definition_id == 4
        assert fixtures.contacts.allocate_ids("acme") == 124

    def test_the_next_definition_does_not_take_over_values(self, fixtures: Fixtures) -> None:
        assert fixtures.definition("next").slot == named(fixtures, "membership_level").slot + 1


class TestWhatIsLeftOut:
    """Everything but an account's id can be left out, or is made up where that can be."""

    def test_a_file_without_accounts_loads_nothing(self, fixtures: Fixtures, seed: Path) -> None:
        seed.write_text("{}")
        report = load_file(seed, fixtures.client, fixtures.table_name)
        assert report.summary == (
            "Loaded 0 accounts, 0 API keys, 0 definitions, 0 contacts and 0 values."
        )

    def test_a_file_may_begin_with_a_byte_order_mark(self, fixtures: Fixtures, seed: Path) -> None:
        seed.write_bytes(b'\xef\xbb\xbf{"accounts": [{"id": "acme"}]}')
        assert load_file(seed, fixtures.client, fixtures.table_name).accounts == 1

    def test_ids_are_given_above_the_largest_in_the_order_of_the_file(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        load(
            fixtures,
            seed,
            {
                "id": "acme",
                "definitions": [
                    {"name": "a"},
                    {"name": "b", "id": 7, "context_type": "business"},
                    {"name": "c"},
                ],
                "contacts": [{"first_name": "A"}, {"id": 40}, {"first_name": "C"}],
                "tags": [{"value": "x"}, {"id": 3, "value": "y"}],
            },
        )
        ids = {each.name: each.definition_id for each in fixtures.definitions.list("acme")}
        assert ids == {"a": 8, "b": 7, "c": 9}
        contacts = {each.contact_id: each.first_name for each in fixtures.contacts.list("acme")}
        assert contacts == {40: "", 41: "A", 42: "C"}
        assert [tag.tag_id for tag in tags_of(fixtures)] == [3, 4]

    def test_a_definition_is_a_text_of_contacts_under_its_displayed_name(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        load(fixtures, seed, {"id": "acme", "definitions": [{"name": "lead_source"}]})
        found = named(fixtures, "lead_source")
        assert found.variable_type is VariableType.TEXT
        assert found.display_name == "Lead Source"
        assert found.external_id

    def test_a_contact_gets_its_full_name_uuid_and_external_id(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        load(fixtures, seed, {"id": "acme", "contacts": [{"first_name": "Jo", "last_name": "Doe"}]})
        contact = fixtures.contacts.find("acme", 1)
        assert contact is not None
        assert contact.full_name == "Jo Doe"
        assert contact.uuid
        assert contact.external_id
        assert contact.updated_at == contact.created_at

    def test_an_identifier_may_be_as_long_as_allowed(self, fixtures: Fixtures, seed: Path) -> None:
        """The longest account id and an email of which every byte is escaped in its key."""
        email = "#" * 500
        load(fixtures, seed, {"id": "a" * 64, "contacts": [{"id": 1, "email": email}]})
        identifier = Identifier(IdentifierKind.EMAIL, email)
        assert fixtures.ids_with(identifier, "a" * 64) == [1]

    def test_a_conversation_gets_an_id(self, fixtures: Fixtures, seed: Path) -> None:
        contacts = [{"id": 1}]
        conversations = [{"contact_id": 1, "variables": {"topic": "Billing"}}]
        load(fixtures, seed, {"id": "acme", "contacts": contacts, "conversations": conversations})
        (item,) = [
            each
            for each in fixtures.items()
            if each["entity"]["S"] == "conversation" and each["sk"]["S"] == "PROFILE"
        ]
        subject = Subject.conversation(item["conversation_id"]["S"])
        assert values_of(fixtures, subject) == {"topic": "Billing"}

    def test_a_key_is_active_without_limits(self, fixtures: Fixtures, seed: Path) -> None:
        load(fixtures, seed, {"id": "acme", "api_keys": [{"key": "1234567890123456"}]})
        key = fixtures.credentials.find(hash_api_key("1234567890123456"))
        assert isinstance(key, ApiKey)
        assert key.active
        assert (key.grants, key.requests_per_minute, key.user) == ((), None, None)


class TestValues:
    """Values take the form of their definition, or the text form where there is none."""

    def test_names_without_definition_get_texts(self, fixtures: Fixtures, seed: Path) -> None:
        texts: list[tuple[Any, str]] = [
            ("as it is", "as it is"),
            ("", ""),
            (95, "95"),
            (1.5, "1.5"),
            (2.0, "2"),
            (0.00001, "0.00001"),
            (1e-7, "1e-7"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (True, "true"),
            (False, "false"),
            (["a", "b"], "a, b"),
            ([1, None, True], "1, , true"),
            ({"a": 1, "b": ["ü"]}, '{"a":1,"b":["ü"]}'),
        ]
        variables = {f"extra_{i}": value for i, (value, _) in enumerate(texts)}
        load(fixtures, seed, {"id": "acme", "contacts": [{"id": 1, "variables": variables}]})
        expected = {f"extra_{i}": text for i, (_, text) in enumerate(texts)}
        assert values_of(fixtures, Subject.contact(1)) == expected
        kinds = {each.variable_type for each in fixtures.definitions.list("acme")}
        assert kinds == {VariableType.TEXT}

    def test_one_definition_is_made_for_a_name_that_several_contacts_have(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        contacts = [{"id": 1, "variables": {"extra": 1}}, {"id": 2, "variables": {"extra": "two"}}]
        load(fixtures, seed, {"id": "acme", "contacts": contacts})
        assert len(fixtures.definitions.list("acme")) == 1
        assert values_of(fixtures, Subject.contact(1)) == {"extra": "1"}
        assert values_of(fixtures, Subject.contact(2)) == {"extra": "two"}

    def test_null_is_no_value_and_makes_no_definition(self, fixtures: Fixtures, seed: Path) -> None:
        load(fixtures, seed, {"id": "acme", "contacts": [{"id": 1, "variables": {"extra": None}}]})
        assert values_of(fixtures, Subject.contact(1)) == {}
        assert fixtures.definitions.list("acme") == []

    def test_a_value_takes_the_form_of_its_definition(self, fixtures: Fixtures, seed: Path) -> None:
        definitions = [
            {"name": "balance", "variable_type": "number"},
            {"name": "is_active", "variable_type": "boolean"},
        ]
        contacts = [{"id": 1, "variables": {"balance": "250.50", "is_active": "yes"}}]
        load(fixtures, seed, {"id": "acme", "definitions": definitions, "contacts": contacts})
        assert values_of(fixtures, Subject.contact(1)) == {"balance": 250.5, "is_active": True}

    def test_a_name_means_another_variable_on_each_kind_of_subject(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        load(
            fixtures,
            seed,
            {
                "id": "acme",
                "definitions": [{"name": "n", "context_type": "conversation"}, {"name": "n"}],
                "contacts": [{"id": 1, "variables": {"n": "contact"}}],
                "conversations": [{"id": "c", "contact_id": 1, "variables": {"n": "conversation"}}],
                "business_variables": {"n": "business"},
            },
        )
        assert values_of(fixtures, Subject.contact(1)) == {"n": "contact"}
        assert values_of(fixtures, Subject.conversation("c")) == {"n": "conversation"}
        assert values_of(fixtures, BUSINESS) == {"n": "business"}

    def test_a_default_value_is_kept(self, fixtures: Fixtures, seed: Path) -> None:
        load(
            fixtures, seed, {"id": "acme", "definitions": [{"name": "n", "default_value": "none"}]}
        )
        assert named(fixtures, "n").default_value == "none"

    def test_owners_and_teams_are_kept(self, fixtures: Fixtures, seed: Path) -> None:
        load(
            fixtures,
            seed,
            {
                "id": "acme",
                "api_keys": [{"key": "12345678", "user": "u1", "teams": [7, 8]}],
                "definitions": [{"name": "n", "owner": "u1", "team": 7}],
                "contacts": [{"id": 1, "owner": "u2", "team": 8}],
            },
        )
        caller = authenticate(fixtures.credentials, "12345678", datetime.now(UTC))
        assert (caller.user, caller.teams) == ("u1", frozenset({7, 8}))
        assert (named(fixtures, "n").owner, named(fixtures, "n").team) == ("u1", 7)
        contact = fixtures.contacts.find("acme", 1)
        assert isinstance(contact, Contact)
        assert (contact.owner, contact.team) == ("u2", 8)

    @pytest.mark.parametrize(
        ("written", "at"),
        [
            ("2024-01-01T10:00:00Z", datetime(2024, 1, 1, 10, tzinfo=UTC)),
            ("2024-01-01T10:00:00+02:00", datetime(2024, 1, 1, 8, tzinfo=UTC)),
            ("2024-01-01T10:00:00", datetime(2024, 1, 1, 10, tzinfo=UTC)),
            ("2024-01-01", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-12-31T23:59:59.9999Z", datetime(2024, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ],
    )
    def test_a_time_is_kept_to_the_millisecond_in_utc(
        self, fixtures: Fixtures, seed: Path, written: str, at: datetime
    ) -> None:
        load(fixtures, seed, {"id": "acme", "contacts": [{"id": 1, "created_at": written}]})
        contact = fixtures.contacts.find("acme", 1)
        assert contact is not None
        assert contact.created_at == at


class TestMuch:
    """Nothing that one transaction can't hold is refused, nor mixed up."""

    def test_more_definitions_than_a_transaction_holds(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        names = [f"n{i}" for i in range(45)]
        load(fixtures, seed, {"id": "acme", "definitions": [{"name": name} for name in names]})
        assert [each.name for each in fixtures.definitions.list("acme")] == names

    def test_more_pages_of_values_than_a_transaction_holds(
        self, engine_world: Fixtures, seed: Path
    ) -> None:
        """A value on each of 100 pages, 32 variables apart: too many writes for one transaction."""
        definitions = [{"name": f"n{i}"} for i in range(3200)]
        variables = {f"n{i}": str(i) for i in range(0, 3200, 32)}
        contacts = [{"id": 1, "variables": variables}]
        load(
            engine_world,
            seed,
            {"id": "acme", "definitions": definitions, "contacts": contacts},
        )
        assert values_of(engine_world, Subject.contact(1)) == variables

    def test_more_bytes_than_a_transaction_holds(self, engine_world: Fixtures, seed: Path) -> None:
        """600 of the longest values: over 4 MB on contact, conversation and business alike."""
        variables = {f"n{i}": "x" * 8192 for i in range(600)}
        load(
            engine_world,
            seed,
            {
                "id": "acme",
                "contacts": [{"id": 1, "variables": variables}],
                "conversations": [{"id": "c", "contact_id": 1, "variables": variables}],
                "business_variables": variables,
            },
        )
        for subject in (Subject.contact(1), Subject.conversation("c"), BUSINESS):
            assert values_of(engine_world, subject) == variables

    def test_many_contacts_are_all_there_with_their_own_values(
        self, engine_world: Fixtures, seed: Path
    ) -> None:
        """Many enough that several threads write them at once."""
        contacts = [
            {"id": i, "email": f"{i}@example.com", "variables": {"n": str(i)}}
            for i in range(1, 301)
        ]
        load(engine_world, seed, {"id": "acme", "contacts": contacts})
        found = [engine_world.contacts.find_with_values("acme", i) for i in range(1, 301)]
        seen = {each.contact.email: each.values[0].value for each in found if each}
        assert seen == {f"{i}@example.com": str(i) for i in range(1, 301)}


class InterruptedPlan(Sequence[tuple[Conversation, Sequence[Assignment]]]):
    """Conversations to write, amid whose handing out to the threads Ctrl-C comes."""

    def __len__(self) -> int:
        return 200

    def __getitem__(self, i: Any) -> Any:
        if i == len(self):
            raise KeyboardInterrupt
        return Conversation(f"conv_{i}", 1), []


def test_ctrl_c_writes_nothing_that_had_not_begun(engine_world: Fixtures) -> None:
    contact = Contact(contact_id=1, created_at=LONG_AGO, updated_at=LONG_AGO)
    plan = AccountPlan(
        account=Account("acme"),
        keys=[],
        definitions=[],
        contacts=[(contact, [])],
        conversations=InterruptedPlan(),
        tags=[],
        webhooks=[],
        imports=[],
        agents=[],
        hooks=[],
        business=[],
    )
    with pytest.raises(KeyboardInterrupt):
        write_account(Table(engine_world.client, engine_world.table_name), plan, LONG_AGO)
    written = [each for each in engine_world.items() if "conv_" in json.dumps(each)]
    assert len(written) < len(plan.conversations) / 2


def in_account(**fields: Any) -> str:
    return json.dumps({"accounts": [{"id": "acme", **fields}]})


def in_definition(**fields: Any) -> str:
    return in_account(definitions=[{"name": "ok"}, {"name": "level", **fields}])


def in_contact(**fields: Any) -> str:
    return in_account(contacts=[{"id": 1}, fields])


def in_key(**fields: Any) -> str:
    return in_account(api_keys=[{"key": "12345678", **fields}])


CONTACT_123 = "$.accounts[0].contacts[1]"

REFUSED = {
    # What is no JSON, or no text.
    "not JSON": ('{"accounts": [,]}', "the file is not JSON"),
    "empty": ("", "the file is not JSON"),
    "not UTF-8": (b'{"accounts": "\xff"}', "the file is not UTF-8"),
    "nested too deeply for any reader": ("[" * 100_000, "nested deeper than"),
    "nested too deeply": ('{"a":' * 70 + "1" + "}" * 70, "nested deeper than"),
    "a number too long to read": (f'{{"accounts": {"1" * 5000}}}', "a number is too long"),
    "a name twice": ('{"accounts": [{"id": "a", "id": "b"}]}', "$.accounts[0]: a name is given"),
    "NaN": (
        in_contact(variables={"x": float("nan")}),
        f"{CONTACT_123}.variables.x: it is a number",
    ),
    "infinity": ('{"accounts": 1e999}', "$.accounts: it is a number"),
    "a lone surrogate": (
        in_account(name="\ud800"),
        "$.accounts[0].name: it holds a lone surrogate",
    ),
    "a lone surrogate in a name": (
        in_contact(variables={"\ud800": "x"}),
        f"{CONTACT_123}.variables: a name holds a lone surrogate",
    ),
    # Fields.
    "no object": ("[]", "$: "),
    "an unknown field of the file": ('{"acounts": []}', "$.acounts: there is no such field"),
    "an unknown field of an account": (in_account(x=1), "$.accounts[0].x: there is no such field"),
    "an unknown field of a definition": (in_definition(x=1), "$.accounts[0].definitions[1].x: "),
    "an unknown field of a contact": (in_contact(x=1), f"{CONTACT_123}.x: there is no such field"),
    "an unknown field of a key": (in_key(x=1), "$.accounts[0].api_keys[0].x: there is no such"),
    "an unknown field with an odd name": (
        in_account(**{"a b": 1}),
        '$.accounts[0]["a b"]: there is no such field',
    ),
    "no account id": ('{"accounts": [{}]}', "$.accounts[0].id: it is required"),
    "no key": (in_account(api_keys=[{}]), "$.accounts[0].api_keys[0].key: it is required"),
    "no name": (in_account(definitions=[{}]), "$.accounts[0].definitions[0].name: it is required"),
    "no tag value": (in_account(tags=[{}]), "$.accounts[0].tags[0].value: it is required"),
    "no contact of a conversation": (
        in_account(conversations=[{}]),
        "$.accounts[0].conversations[0].contact_id: it is required",
    ),
    # Types and forms.
    "an id as text": (in_contact(id="2"), f"{CONTACT_123}.id: input should be a valid integer"),
    "an id as a boolean": (in_contact(id=True), f"{CONTACT_123}.id: "),
    "an id as a fraction": (in_contact(id=2.0), f"{CONTACT_123}.id: "),
    "an id of zero": (in_contact(id=0), f"{CONTACT_123}.id: "),
    "an id beyond measure": (in_contact(id=10**18), f"{CONTACT_123}.id: "),
    "an account id with capitals": (json.dumps({"accounts": [{"id": "A"}]}), "$.accounts[0].id: "),
    "a uuid that is none": (in_contact(uuid="no"), f"{CONTACT_123}.uuid: it must be a UUID"),
    "a uuid that is a number": (in_contact(uuid=1), f"{CONTACT_123}.uuid: it must be a UUID"),
    "a time that is none": (in_contact(created_at="noon"), f"{CONTACT_123}.created_at: it must be"),
    "a time as a number": (in_contact(created_at=1704103200), f"{CONTACT_123}.created_at: "),
    "a time before all years": (
        in_contact(created_at="0001-01-01T00:00:00+14:00"),
        f"{CONTACT_123}.created_at: it must be in the years",
    ),
    "variables in a list": (in_contact(variables=[]), f"{CONTACT_123}.variables: "),
    "a name of 501 characters": (in_contact(first_name="x" * 501), f"{CONTACT_123}.first_name: "),
    "an identifier too long for a key of the table": (
        in_contact(email="\U0001f600" * 126),
        f"{CONTACT_123}.email: it has at most 500 bytes",
    ),
    "an empty phone number": (in_contact(phone_number=""), f"{CONTACT_123}.phone_number: "),
    "a key of 7 characters": (in_key(key="1234567"), "$.accounts[0].api_keys[0].key: a key has"),
    "a key with a line break": (in_key(key="1234567\n8"), "$.accounts[0].api_keys[0].key: "),
    "a key of ours, mistyped": (
        in_key(key="ctx_" + "0" * 56),
        "$.accounts[0].api_keys[0].key: a key has",
    ),
    "a source that is none": (in_key(source="x"), "$.accounts[0].api_keys[0].source: "),
    "a purpose of webhooks alone": (
        in_key(purpose="webhook"),
        "$.accounts[0].api_keys[0].purpose: it must be prompt",
    ),
    "a limit of no requests": (
        in_key(requests_per_minute=0),
        "$.accounts[0].api_keys[0].requests_per_minute: ",
    ),
    "a team beyond 64 bits": (
        in_key(teams=[7, 2**63]),
        "$.accounts[0].api_keys[0].teams[1]: ",
    ),
    "a key's name with a line break": (
        in_key(name="a\nb"),
        "$.accounts[0].api_keys[0].name: it holds a control character",
    ),
    "an account's name with an escape code": (
        in_account(name="\x1b[31mred"),
        "$.accounts[0].name: it holds a control character",
    ),
    "a permission that is a number": (
        in_key(permissions=["ok", 1]),
        "$.accounts[0].api_keys[0].permissions[1]: ",
    ),
    "a permission without its word": (
        in_key(permissions=[{"resource": "chatbots/bot_1"}]),
        "$.accounts[0].api_keys[0].permissions[0].permission: it is required",
    ),
    # Definitions.
    "a variable name with a space": (
        in_definition(name="a b"),
        "$.accounts[0].definitions[1].name: a name has",
    ),
    "an unknown type": (
        in_definition(variable_type="money"),
        "$.accounts[0].definitions[1].variable_type: input should be 'text', 'number'",
    ),
    "an unknown context type": (
        in_definition(context_type="car"),
        "$.accounts[0].definitions[1].context_type: ",
    ),
    "an unknown category": (in_definition(category="x"), "$.accounts[0].definitions[1].category: "),
    "an empty display name": (
        in_definition(display_name=""),
        "$.accounts[0].definitions[1].display_name: ",
    ),
    "a select without options": (
        in_definition(variable_type="select"),
        "$.accounts[0].definitions[1].select_options: it is required",
    ),
    "options of a text": (
        in_definition(select_options=["a"]),
        "$.accounts[0].definitions[1].select_options: only select and multi_select have options",
    ),
    "archived options of a text": (
        in_definition(archived_options=["a"]),
        "$.accounts[0].definitions[1].select_options: only select and multi_select have options",
    ),
    "a schema with a reference": (
        in_definition(json_schema={"items": {"$ref": "#"}}),
        "$.accounts[0].definitions[1].json_schema: /items/$ref references are not followed",
    ),
    "a pattern that is not linear": (
        in_definition(pattern="(?=a)"),
        "$.accounts[0].definitions[1].pattern: not linear",
    ),
    "too many aliases": (
        in_definition(aliases=["a"] * 21),
        "$.accounts[0].definitions[1].aliases: there are at most 20 aliases",
    ),
    "an empty alias": (
        in_definition(aliases=[""]),
        "$.accounts[0].definitions[1].aliases: an alias has 1 to 200 characters",
    ),
    "a default value that does not fit": (
        in_definition(variable_type="number", default_value="much"),
        "$.accounts[0].definitions[1].default_value: it is no number",
    ),
    # Values.
    "a value that does not fit": (
        in_account(
            definitions=[{"name": "level", "variable_type": "select", "select_options": ["Gold"]}],
            contacts=[{"id": 1}, {"variables": {"level": "gold"}}],
        ),
        f"{CONTACT_123}.variables.level: it is no select: it must be one of: Gold",
    ),
    "a business value that does not fit": (
        in_account(
            definitions=[{"name": "n", "variable_type": "number", "context_type": "business"}],
            business_variables={"n": "many"},
        ),
        "$.accounts[0].business_variables.n: it is no number",
    ),
    "a conversation's value that does not fit": (
        in_account(
            definitions=[{"name": "d", "variable_type": "date", "context_type": "conversation"}],
            contacts=[{"id": 1}],
            conversations=[{"contact_id": 1, "variables": {"d": "2024-02-30"}}],
        ),
        "$.accounts[0].conversations[0].variables.d: it is no date",
    ),
    "a text without definition that is too long": (
        in_contact(variables={"x": "x" * 1_000_001}),
        f"{CONTACT_123}.variables.x: it is no text: it is longer than",
    ),
    "a name that no variable can have": (
        in_contact(variables={"a b": 1}),
        f'{CONTACT_123}.variables["a b"]: a name has',
    ),
    # What is given twice, or leads nowhere.
    "an account twice": (
        json.dumps({"accounts": [{"id": "a"}, {"id": "b"}, {"id": "a"}]}),
        "$.accounts[2].id: this id is given twice",
    ),
    "a key in two accounts": (
        json.dumps(
            {
                "accounts": [
                    {"id": "a", "api_keys": [{"key": "12345678"}]},
                    {"id": "b", "api_keys": [{"key": "abcdefgh"}, {"key": "12345678"}]},
                ]
            }
        ),
        "$.accounts[1].api_keys[1].key: this API key is given twice",
    ),
    "a locale of another form": (
        json.dumps({"accounts": [{"id": "a", "locale": "es_CL"}]}),
        "$.accounts[0].locale: a locale is a language",
    ),
    "a chatbot in two accounts": (
        json.dumps({"accounts": [{"id": "a", "chatbots": ["c"]}, {"id": "b", "chatbots": ["c"]}]}),
        "$.accounts[1].chatbots[0]: this chatbot is given twice",
    ),
    "a definition id twice": (
        in_account(definitions=[{"name": "a", "id": 1}, {"name": "b", "id": 1}]),
        "$.accounts[0].definitions[1].id: this id is given twice",
    ),
    "a definition's external id twice": (
        in_account(definitions=[{"name": n, "external_id": "e"} for n in "ab"]),
        "$.accounts[0].definitions[1].external_id: this external id is given twice",
    ),
    "a definition's name twice": (
        in_account(definitions=[{"name": "a"}, {"name": "a"}]),
        "$.accounts[0].definitions[1].name: this name of a context type is given twice",
    ),
    "a contact id twice": (in_contact(id=1), f"{CONTACT_123}.id: this id is given twice"),
    "a uuid twice, written differently": (
        in_account(
            contacts=[
                {"uuid": "df980fc8-b6db-4820-bf22-2969482d106d"},
                {"uuid": "DF980FC8-B6DB-4820-BF22-2969482D106D"},
            ]
        ),
        f"{CONTACT_123}.uuid: this uuid is given twice",
    ),
    "a contact's external id twice": (
        in_account(contacts=[{"external_id": "e"}, {"external_id": "e"}]),
        f"{CONTACT_123}.external_id: this external_id is given twice",
    ),
    "a tag id twice": (
        in_account(tags=[{"id": 1, "value": "a"}, {"id": 1, "value": "b"}]),
        "$.accounts[0].tags[1].id: this id is given twice",
    ),
    "a tag twice on a contact": (
        in_contact(tags=[1, 1]),
        f"{CONTACT_123}.tags[1]: this tag is given twice",
    ),
    "a conversation id twice": (
        in_account(contacts=[{"id": 1}], conversations=[{"id": "c", "contact_id": 1}] * 2),
        "$.accounts[0].conversations[1].id: this id is given twice",
    ),
    "a conversation of nobody": (
        in_account(contacts=[{"id": 1}], conversations=[{"contact_id": 2}]),
        "$.accounts[0].conversations[0].contact_id: the account has no contact with the id 2",
    ),
}


AGENT: dict[str, Any] = {
    "id": "agent_1",
    "name": "Reception",
    "variables": [{"as": "plan", "from": "level", "fallback": "none"}],
}
TOKEN = f"h.mfrw2zi.retell.hook_1.{'0' * 48}"
HOOK: dict[str, Any] = {
    "id": "hook_1",
    "agent": "agent_1",
    "platform": "retell",
    "token": TOKEN,
    "api_key": "native_0123456789",
}


def with_hook(**facts: Any) -> dict[str, Any]:
    return {
        "id": "acme",
        "api_keys": [{"key": "native_0123456789", "permissions": ["*"], "teams": [7]}],
        "definitions": [{"name": "level"}],
        "contacts": [{"phone_number": "+15550100", "variables": {"level": "Gold"}}],
        "agents": [AGENT],
        "hooks": [HOOK],
        **facts,
    }


AT = "$.accounts[0]"
REFUSED |= {
    f"{part} with {next(iter(wrong))} {next(iter(wrong.values()))!r}": (
        json.dumps({"accounts": [with_hook(**{f"{part}s": [{**right, **wrong}]})]}),
        f"{AT}.{part}s[0].{message}",
    )
    for part, right, wrong, message in [
        ("agent", AGENT, {"id": "a/b"}, "id: string should match"),
        ("agent", AGENT, {"variables": [{"from": "nobody"}]}, "variables[0].from: the account has"),
        ("agent", AGENT, {"variables": [{"from": "a b"}]}, "variables[0].from: it must be the"),
        (
            "agent",
            AGENT,
            {"variables": [{"from": 1}]},
            "variables[0].from: input should be a valid string",
        ),
        ("agent", AGENT, {"variables": {"purpose": "x"}}, "variables.purpose: input should be"),
        ("agent", AGENT, {"variables": {"as": "x"}}, "variables.purpose: it is required"),
        ("agent", AGENT, {"variables": "prompt"}, "variables: input should be a valid list"),
        ("agent", AGENT, {"first_message": "Hi {{x}}"}, "first_message: it declares no variable"),
        ("agent", AGENT, {"language": "no tag"}, "language: it must be a language tag"),
        ("hook", HOOK, {"agent": "agent_2"}, "agent: it is no agent of this account"),
        ("hook", HOOK, {"api_key": "native_other_0123"}, "api_key: it is no key of this account"),
        ("hook", HOOK, {"platform": "nobody"}, "platform: it must be one of"),
        ("hook", HOOK, {"id": "hook_2"}, "token: it must be a token"),
        ("hook", HOOK, {"token": "secret"}, "token: it must be a token"),
        ("hook", HOOK, {"signature": {"algorithm": "x"}}, "signature"),
    ]
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_is_named_by_its_place_and_the_table_not_even_asked(
    nowhere: Any, seed: Path, content: str | bytes, message: str
) -> None:
    seed.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SeedError) as rejected:
        load_file(seed, nowhere, "contact-context")
    assert message in str(rejected.value)


def test_a_file_without_mistakes_would_ask_the_table(nowhere: Any, seed: Path) -> None:
    """What makes the test above say that nothing is written."""
    seed.write_text(in_account())
    with pytest.raises(LocalApiError, match="Could not connect"):
        load_file(seed, nowhere, "contact-context")


def test_a_mistake_in_the_last_account_keeps_the_first_from_being_written(
    fixtures: Fixtures, seed: Path
) -> None:
    with pytest.raises(SeedError, match=r"\$\.accounts\[1\]\.contacts\[0\]\.id"):
        load(fixtures, seed, {"id": "fine"}, {"id": "other", "contacts": [{"id": -1}]})
    assert fixtures.items() == []


def test_a_key_given_twice_is_not_repeated_in_the_message(fixtures: Fixtures, seed: Path) -> None:
    with pytest.raises(SeedError) as rejected:
        load(fixtures, seed, {"id": "a", "api_keys": [{"key": "12345678"}, {"key": "12345678"}]})
    assert "12345678" not in str(rejected.value)


class TestATableInUse:
    """A file goes into a table only as a whole and only once."""

    def test_an_account_that_is_there_is_refused(self, fixtures: Fixtures, seed: Path) -> None:
        load(fixtures, seed, {"id": "acme"})
        before = fixtures.items()
        with pytest.raises(SeedError, match="account 'acme' is already in the table") as rejected:
            load(fixtures, seed, {"id": "other"}, {"id": "acme"})
        assert str(rejected.value).startswith("$.accounts[1].id: ")
        assert fixtures.items() == before

    def test_a_key_that_is_there_is_refused(self, fixtures: Fixtures, seed: Path) -> None:
        load(fixtures, seed, {"id": "acme", "api_keys": [{"key": "12345678"}]})
        before = fixtures.items()
        with pytest.raises(SeedError, match="API key is already in the table") as rejected:
            load(fixtures, seed, {"id": "other", "api_keys": [{"key": "12345678"}]})
        assert str(rejected.value).startswith("$.accounts[0].api_keys[0].key: ")
        assert fixtures.items() == before

    def test_values_are_never_mixed_into_slots_that_are_taken(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        fixtures.definition("taken")
        with pytest.raises(SeedError, match="somebody else wrote to account 'acme' meanwhile"):
            load(fixtures, seed, {"id": "acme", "definitions": [{"name": "n"}]})

    def test_a_second_account_is_another_world(self, fixtures: Fixtures, seed: Path) -> None:
        load(fixtures, seed, {"id": "a", "contacts": [{"id": 1, "first_name": "A"}]})
        load(fixtures, seed, {"id": "b", "contacts": [{"id": 1, "first_name": "B"}]})
        names = [each.first_name for each in fixtures.contacts.list("a")]
        assert names == ["A"]

    def test_an_account_that_was_written_in_part_has_no_keys(
        self, fixtures: Fixtures, seed: Path
    ) -> None:
        # The contact's transaction fails, after the account and before its key.
        with (
            failing(fixtures.client, "TransactWriteItems"),
            pytest.raises(SeedError, match="stopped answering amid account 'acme'"),
        ):
            load(
                fixtures, seed, {"id": "acme", "contacts": [{}], "api_keys": [{"key": "12345678"}]}
            )
        assert fixtures.accounts.find("acme")
        assert fixtures.credentials.list("acme") == []

    def test_a_table_that_is_not_there_is_named(self, engine_client: Any, seed: Path) -> None:
        seed.write_text('{"accounts": [{"id": "acme"}]}')
        with pytest.raises(LocalApiError, match="The table missing can't be used"):
            load_file(seed, engine_client, "missing")


class TestTheDemo:
    """The demo data are what the README and the vendor's own pages show."""

    @pytest.fixture
    def client(self, fixtures: Fixtures) -> Api:
        load_file(DEMO, fixtures.client, fixtures.table_name)
        return Api("klen_abcdef123456789")

    def test_the_vendors_example_of_a_list_is_recognized(self, client: Api) -> None:
        listed = client.call("GET", "/api/v1/context-variables").document["variables"]
        assert listed[:3] == [
            {
                "id": 1,
                "name": "last_payment_date",
                "display_name": "Last Payment Date",
                "description": "Date of customer's last payment",
                "variable_type": "date",
                "context_type": "contact",
                "is_default": False,
                "select_options": None,
            },
            {
                "id": 2,
                "name": "membership_level",
                "display_name": "Membership Level",
                "description": "Customer's current membership tier",
                "variable_type": "select",
                "context_type": "contact",
                "is_default": False,
                "select_options": ["Bronze", "Silver", "Gold", "Platinum"],
            },
            {
                "id": 3,
                "name": "support_hours",
                "display_name": "Support Hours",
                "description": "Business support hours",
                "variable_type": "text",
                "context_type": "business",
                "is_default": True,
                "select_options": None,
            },
        ]

    def test_the_vendors_example_of_a_set_succeeds(self, client: Api) -> None:
        variables = {
            "last_payment_date": "2023-12-01",
            "membership_level": "Gold",
            "account_balance": 250.50,
            "is_active": True,
        }
        body = {"variables": variables, "auto_create_variables": True}
        answer = client.call("POST", "/api/v1/contacts/123/context", body)
        assert answer.document == {
            "message": "Contact context variables updated successfully",
            "contact_id": 123,
        }

    def test_the_two_accounts_share_nothing_but_a_contact_id(self, client: Api) -> None:
        ours = client.call("GET", "/api/v1/contacts/123").document
        theirs = client.call("GET", "/api/v1/contacts/123", key="klen_globex1234567890").document
        assert (ours["full_name"], theirs["full_name"]) == ("John Smith", "Maria Garcia")


class TestTheCommand:
    """`python -m local.seed` says in one sentence what it did or why it did not."""

    def test_it_loads_a_file_and_says_so(
        self, fixtures: Fixtures, seed: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        seed.write_text('{"accounts": [{"id": "acme"}]}')
        assert main([str(seed), "--table", fixtures.table_name]) == 0
        assert capsys.readouterr().out.startswith("Loaded 1 account, ")
        assert fixtures.accounts.find("acme")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["{seed}"], "The seed {seed} can't be loaded: $.accounts[0].id: it is required.\n"),
            (["{seed}-gone"], "The seed {seed}-gone can't be read: No such file or directory.\n"),
            ([], "The following arguments are required: file.\n"),
            (["{seed}", "--endpoint-url", "nonsense"], "Invalid endpoint: nonsense\n"),
        ],
        ids=["a mistake in the file", "no such file", "no file given", "an address that is none"],
    )
    @pytest.mark.usefixtures("fixtures")
    def test_it_says_why_it_did_not(
        self,
        seed: Path,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        message: str,
    ) -> None:
        seed.write_text('{"accounts": [{}]}')
        assert main([each.format(seed=seed) for each in arguments]) == 2
        assert capsys.readouterr().err.endswith(message.format(seed=seed))

    def test_a_local_engine_needs_no_aws_account(self, engine_world: Fixtures, seed: Path) -> None:
        """The command runs in a process that has neither credentials nor a region nor a profile."""
        seed.write_text('{"accounts": [{"id": "acme"}]}')
        unset = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        command = [sys.executable, "-m", "local.seed", str(seed)]
        options = [
            "--table",
            engine_world.table_name,
            "--endpoint-url",
            environment.pop("AWS_ENDPOINT_URL_DYNAMODB"),
        ]
        done = subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env={**environment, "AWS_PROFILE": "gone"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert engine_world.accounts.find("acme")

    def test_it_makes_the_table_of_the_template_once(
        self, engine_url: str, seed: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A second file goes into the table that the first one made."""
        options = ["--create-table", "--table", "made-by-seed", "--endpoint-url", engine_url]
        client: Any = make_client(endpoint_url=engine_url)
        for account in ("acme", "globex"):
            seed.write_text(json.dumps({"accounts": [{"id": account}]}))
            assert main([str(seed), *options]) == 0, capsys.readouterr().err

        made = client.describe_table(TableName="made-by-seed")["Table"]
        expiry = client.describe_time_to_live(TableName="made-by-seed")["TimeToLiveDescription"]
        assert made["KeySchema"] == read_template(TEMPLATE).table.arguments["KeySchema"]
        assert [index["IndexName"] for index in made["GlobalSecondaryIndexes"]] == [
            "contacts_by_account"
        ]
        assert expiry["AttributeName"] == "expires_at"
        accounts = AccountTable(Table(client, "made-by-seed"))
        assert accounts.find("acme")
        assert accounts.find("globex")

    def test_a_table_on_aws_is_not_its_to_make(
        self, seed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Made by hand it would lack backups and protection, and stand in its stack's way."""
        monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
        seed.write_text('{"accounts": [{"id": "acme"}]}')
        assert main([str(seed), "--create-table", "--region", "us-east-1"]) == 2
        assert capsys.readouterr().err == (
            "--create-table needs the --endpoint-url of a local engine: "
            "on AWS, sam deploy makes the table.\n"
        )

    def test_an_engine_that_does_not_answer_is_named(
        self, seed: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """`docker run` returns before the engine listens."""
        seed.write_text('{"accounts": [{"id": "acme"}]}')
        url = f"http://127.0.0.1:{free_port()}"
        assert main([str(seed), "--create-table", "--endpoint-url", url]) == 2
        assert "can't be used: Could not connect to the endpoint" in capsys.readouterr().err

    def test_ctrl_c_ends_it_with_a_sentence(self, seed: Path) -> None:
        """The file is a pipe: once the test can open it, the command is waiting for its content."""
        os.mkfifo(seed)
        command = [sys.executable, "-m", "local.seed", str(seed)]
        options = ["--endpoint-url", "http://127.0.0.1:1"]
        loader = subprocess.Popen([*command, *options], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            with seed.open("w"):
                loader.send_signal(signal.SIGINT)
                _, printed = loader.communicate(timeout=PATIENCE_SECONDS)
        finally:
            loader.kill()
            loader.wait()
        assert (loader.returncode, printed) == (130, "Stopped: what is written stays.\n")


WEBHOOK = {"id": "wh_1", "url": "https://example.com/", "topics": ["*"]}


def test_a_webhook_belongs_to_the_key_that_it_names_or_to_the_account(
    fixtures: Fixtures, seed: Path
) -> None:
    owned = {**WEBHOOK, "id": "wh_2", "api_key": "native_0123456789"}
    keys = [{"key": "native_0123456789", "permissions": ["*"]}]
    load(fixtures, seed, {"id": "acme", "api_keys": keys, "webhooks": [WEBHOOK, owned]})
    first, second = fixtures.webhooks.list("acme")
    (key,) = fixtures.credentials.list("acme")
    assert (first.of_account, first.key_hash) == (True, None)
    assert (second.of_account, second.key_hash, second.key_id) == (False, key.key_hash, key.key_id)
    assert second.permissions == ("webhooks:write", "contacts:read")


def test_a_webhook_of_a_key_of_another_account_is_refused(fixtures: Fixtures, seed: Path) -> None:
    webhook = {**WEBHOOK, "api_key": "native_0123456789"}
    with pytest.raises(SeedError, match=r"webhooks\[0\]\.api_key"):
        load(fixtures, seed, {"id": "acme", "webhooks": [webhook]})


def test_a_hook_answers_for_its_agent_by_its_key(fixtures: Fixtures, seed: Path) -> None:
    load(fixtures, seed, with_hook())
    inbound = {"event": "call_inbound", "call_inbound": {"from_number": "+15550100"}}
    answer = Api(None).call("POST", f"/h/{TOKEN}", inbound)
    assert answer.document["call_inbound"]["dynamic_variables"]["plan"] == "Gold"
    (hook,), (key,) = fixtures.hooks.list("acme"), fixtures.credentials.list("acme")
    assert (hook.key_id, hook.teams, hook.sensitivity) == (key.key_id, (7,), key.sensitivity)


def test_an_agent_of_a_purpose_gets_what_there_is_for_it(fixtures: Fixtures, seed: Path) -> None:
    agent = {**AGENT, "variables": {"purpose": "prompt"}, "first_message": "Hi {{tier}}."}
    definitions = [{"name": "level"}, {"name": "note", "purposes": ["human"]}]
    load(fixtures, seed, with_hook(agents=[agent], definitions=definitions))
    inbound = {"event": "call_inbound", "call_inbound": {"from_number": "+15550100"}}
    answer = Api(None).call("POST", f"/h/{TOKEN}", inbound).document["call_inbound"]
    found = answer["dynamic_variables"]
    assert {name for name in found if not name.startswith("context_")} == {"level"}
    assert found["level"] == "Gold"


def test_a_hook_reads_for_the_purpose_of_its_key(fixtures: Fixtures, seed: Path) -> None:
    key = {"key": "native_0123456789", "permissions": ["*"], "purpose": "tool"}
    definitions = [{"name": "level", "purposes": ["prompt"]}]
    load(fixtures, seed, with_hook(api_keys=[key], definitions=definitions))
    inbound = {"event": "call_inbound", "call_inbound": {"from_number": "+15550100"}}
    answer = Api(None).call("POST", f"/h/{TOKEN}", inbound)
    assert answer.document["call_inbound"]["dynamic_variables"]["plan"] == "none"
    assert [each.purpose for each in fixtures.hooks.list("acme")] == ["tool"]
