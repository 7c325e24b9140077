"""The admin command: accounts and API keys, on any table, with one sentence for each error."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from local.admin import main
from shared.domain.accounts import Account, Audience, Caller, Grant
from shared.domain.definitions import ContextType
from shared.domain.disclosure import EVERY_PURPOSE, Purpose, Sensitivity
from shared.domain.errors import InvalidApiKey, RateLimitExceeded, WriteConflict
from shared.domain.request_limits import check_limits
from shared.domain.sources import Source
from shared.services.accounts.access import (
    KEY_PREFIX,
    account_in_key,
    authenticate,
    count_request,
    is_possible_key,
    new_api_key,
)
from shared.services.accounts.administration import stored_key
from shared.table import keys
from shared.table.accounts import AccountTable
from shared.table.dynamo import Table
from shared.table.operations import as_item
from shared.table.request_tokens import RequestTokenTable
from tests.api import ROOT
from tests.fixtures import Fixtures

Capture = pytest.CaptureFixture[str]

CREATE_KEY = ("key", "create", "--account", "acme", "--permission", "can_read_contacts")


@pytest.fixture
def table(fixtures: Fixtures) -> Fixtures:
    """Create the table of the environment with the account acme."""
    fixtures.accounts.add(Account("acme", "Acme", ("bot_1",)))
    return fixtures


def run(capsys: Capture, *arguments: str) -> str:
    """Run a command that succeeds, and give its stdout."""
    status = main(arguments)
    printed = capsys.readouterr()
    assert status == 0, printed.err
    return printed.out


def error_response(capsys: Capture, *arguments: str) -> str:
    """Run a command that fails, and give its only line."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err.strip()


def enter(fixtures: Fixtures, secret: str, after: timedelta = timedelta()) -> Caller:
    return authenticate(fixtures.credentials, secret, datetime.now(UTC) + after)


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


class TestAccounts:
    def test_an_account_is_made_and_shown(self, fixtures: Fixtures, capsys: Capture) -> None:
        chatbots = ("--chatbot", "bot_1", "--chatbot", "bot_2")
        more = ("--name", "My Account", "--locale", "es-CL", *chatbots)
        run(capsys, "account", "create", "my-account_1", *more)
        expected = Account("my-account_1", "My Account", ("bot_1", "bot_2"), "es-CL")
        assert fixtures.accounts.find("my-account_1") == expected
        shown = run(capsys, "account", "show", "my-account_1")
        assert re.search(r"name +My Account\n.*bot_1, bot_2\nlocale +es-CL\nAPI keys +0, 0", shown)

    def test_the_keys_of_an_account_are_counted(self, table: Fixtures, capsys: Capture) -> None:
        run(capsys, *CREATE_KEY)
        run(capsys, *CREATE_KEY)
        run(capsys, "key", "revoke", "--account", "acme", table.credentials.list("acme")[0].key_id)
        assert "2, 1 of them active" in run(capsys, "account", "show", "acme")

    def test_an_account_is_made_once(self, table: Fixtures, capsys: Capture) -> None:
        message = error_response(capsys, "account", "create", "acme", "--name", "Another")
        assert message == "There is an account 'acme' already."
        assert table.accounts.find("acme") == Account("acme", "Acme", ("bot_1",))

    def test_data_of_an_earlier_version_is_indexed(self, table: Fixtures, capsys: Capture) -> None:
        table.definition("of_all")
        owned = table.definition("secret", owner="ann")
        index = keys.slot_index("acme", ContextType.CONTACT)
        table.client.delete_item(TableName=table.table_name, Key=as_item(index))
        for _ in range(2):
            printed = run(capsys, "account", "index", "acme")
            assert printed == "Indexed 1 definitions that have an owner or a team.\n"
            found = table.definitions.slot_index("acme", ContextType.CONTACT)
            assert found.audiences == {owned.slot: owned.audience}
        assert error_response(capsys, "account", "index", "x") == "There is no account 'x'."

    def test_definitions_are_read_again(self, table: Fixtures, capsys: Capture) -> None:
        table.definition("of_all")
        printed = run(capsys, "account", "flush", "acme")
        assert printed == "Every function reads the 1 definitions of 'acme' again.\n"
        assert error_response(capsys, "account", "flush", "x") == "There is no account 'x'."

    @pytest.mark.parametrize("account_id", ["", "Acme", "a#b", "ä", "a" * 65, "acme\n"])
    def test_an_id_has_lowercase_letters_digits_dashes_and_underscores(
        self, fixtures: Fixtures, capsys: Capture, account_id: str
    ) -> None:
        message = error_response(capsys, "account", "create", account_id)
        assert message.startswith("The id is not valid: an id has 1 to 64 lowercase letters")
        assert fixtures.items() == []

    def test_a_name_has_no_control_characters(self, fixtures: Fixtures, capsys: Capture) -> None:
        assert "control character" in error_response(
            capsys, "account", "create", "a", "--name", "x\ty"
        )
        assert fixtures.items() == []

    def test_what_an_account_is_called_is_shown_on_its_own_line(
        self, fixtures: Fixtures, capsys: Capture
    ) -> None:
        fixtures.accounts.add(Account("acme", "a\nAPI keys 9", ("b\x1b[2J",)))
        shown = run(capsys, "account", "show", "acme")
        assert shown.count("\n") == 5
        assert "\x1b" not in shown

    def test_a_name_has_at_most_200_characters(self, fixtures: Fixtures, capsys: Capture) -> None:
        assert "200 characters" in error_response(
            capsys, "account", "create", "a", "--name", "x" * 201
        )
        assert fixtures.items() == []

    @pytest.mark.parametrize(
        "locale", ["ES", "es_CL", "es-cl", "spanish", "es-CL-x", "es-", "es\n"]
    )
    def test_a_locale_is_a_language_and_a_country(
        self, fixtures: Fixtures, capsys: Capture, locale: str
    ) -> None:
        message = error_response(capsys, "account", "create", "a", "--locale", locale)
        assert message.startswith("The locale is not valid: a locale is a language")
        assert fixtures.items() == []

    @pytest.mark.usefixtures("fixtures")
    def test_an_unknown_account_is_not_shown(self, capsys: Capture) -> None:
        assert (
            error_response(capsys, "account", "show", "nobody") == "There is no account 'nobody'."
        )


class TestMakingKeys:
    def test_the_key_alone_is_on_stdout_and_lets_its_holder_in(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        printed = run(capsys, *CREATE_KEY)
        secret = printed.removesuffix("\n")
        assert secret.startswith(KEY_PREFIX)
        assert is_possible_key(secret)
        caller = enter(table, secret)
        assert (caller.account_id, caller.grants) == ("acme", (Grant("can_read_contacts"),))

    def test_two_keys_are_never_the_same(self, table: Fixtures, capsys: Capture) -> None:
        assert run(capsys, *CREATE_KEY) != run(capsys, *CREATE_KEY)
        first, second = table.credentials.list("acme")
        assert first.key_id != second.key_id

    def test_the_key_itself_is_nowhere_in_the_table(self, table: Fixtures, capsys: Capture) -> None:
        secret = run(capsys, *CREATE_KEY).strip()
        hidden = secret.removeprefix(KEY_PREFIX)[:-4]
        assert hidden not in json.dumps(table.items())

    def test_a_permission_may_be_for_one_resource(self, table: Fixtures, capsys: Capture) -> None:
        word = "chatbots.contacts.variables.list"
        more = ("--permission", f"{word}@chatbots/bot_1")
        caller = enter(table, run(capsys, *CREATE_KEY, *more).strip())
        assert caller.may(word, "chatbots/bot_1")
        assert not caller.may(word, "chatbots/bot_2")
        assert caller.may("can_read_contacts", "chatbots/bot_2")

    def test_a_key_may_speak_for_a_user_and_teams(self, table: Fixtures, capsys: Capture) -> None:
        whom = ("--user", "u1", "--team", "7", "--team", "8")
        caller = enter(table, run(capsys, *CREATE_KEY, *whom).strip())
        assert (caller.user, caller.teams) == ("u1", frozenset({7, 8}))

    def test_a_key_is_held_to_its_limit(self, table: Fixtures, capsys: Capture) -> None:
        secret = run(capsys, *CREATE_KEY, "--requests-per-minute", "1").strip()
        caller = enter(table, secret)
        tokens = RequestTokenTable(Table(table.client, table.table_name))
        check_limits(count_request(table.credentials, tokens, caller))
        with pytest.raises(RateLimitExceeded):
            check_limits(count_request(table.credentials, tokens, caller))

    @pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+00:00"])
    def test_a_key_ends_at_its_expiry(self, table: Fixtures, capsys: Capture, form: str) -> None:
        expiry = datetime.now(UTC) + timedelta(days=2)
        secret = run(capsys, *CREATE_KEY, "--expires", expiry.strftime(form)).strip()
        enter(table, secret)
        with pytest.raises(InvalidApiKey):
            enter(table, secret, after=timedelta(days=3))

    def test_a_key_of_elsewhere_keeps_working(
        self, table: Fixtures, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stdin(monkeypatch, b"CCSB-example-of-another-product\r\n")
        assert run(capsys, *CREATE_KEY, "--import-key") == ""
        assert enter(table, "CCSB-example-of-another-product").account_id == "acme"

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "a key has 8 to 256 printable characters"),
            (b"1234567", "a key has 8 to 256 printable characters"),
            (b"x" * 257, "a key has 8 to 256 printable characters"),
            (b"1234\t5678", "a key has 8 to 256 printable characters"),
            (KEY_PREFIX.encode() + b"0" * 56, "its right checksum"),
            (b"12345678\xff", "The key on stdin is not UTF-8."),
        ],
    )
    def test_what_can_be_no_key_is_not_brought_over(
        self,
        table: Fixtures,
        capsys: Capture,
        monkeypatch: pytest.MonkeyPatch,
        content: bytes,
        reason: str,
    ) -> None:
        stdin(monkeypatch, content)
        assert reason in error_response(capsys, *CREATE_KEY, "--import-key")
        assert table.credentials.list("acme") == []

    def test_a_short_key_of_elsewhere_needs_a_limit(
        self, table: Fixtures, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stdin(monkeypatch, b"x" * 15)
        message = error_response(capsys, *CREATE_KEY, "--import-key")
        assert "fewer than 16 characters needs a limit of requests per minute" in message
        assert table.credentials.list("acme") == []
        stdin(monkeypatch, b"x" * 15)
        run(capsys, *CREATE_KEY, "--import-key", "--requests-per-minute", "9")
        assert enter(table, "x" * 15).requests_per_minute == 9
        stdin(monkeypatch, b"x" * 16)
        run(capsys, *CREATE_KEY, "--import-key")
        assert enter(table, "x" * 16).requests_per_minute is None

    def test_a_short_key_that_is_stored_already_keeps_working(self, table: Fixtures) -> None:
        table.key("12345678")
        assert enter(table, "12345678").requests_per_minute is None

    def test_a_key_is_read_only_when_it_is_asked_for(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        assert enter(table, run(capsys, *CREATE_KEY, "--read-only").strip()).read_only
        assert not enter(table, run(capsys, *CREATE_KEY).strip()).read_only

    def test_a_key_belongs_to_one_account(
        self, table: Fixtures, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table.accounts.add(Account("other"))
        table.key("brought-over-key", account="other")
        before = table.items()
        stdin(monkeypatch, b"brought-over-key")
        assert (
            error_response(capsys, *CREATE_KEY, "--import-key") == "This API key is in use already."
        )
        assert table.items() == before

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--expires", "2020-01-01"), "The expiry is not valid: it has passed."),
            (("--expires", "tomorrow"), "'tomorrow': it must be an ISO date or time"),
            (("--expires", "0001-01-01T00:00:00+14:00"), "in the years 1 to 9999"),
            (("--requests-per-minute", "0"), "'0' is no number from 1 on"),
            (("--requests-per-minute", "many"), "'many' is no number from 1 on"),
            (("--team", "seven"), "'seven' is no team's number"),
            (("--team", "1" * 41), "is no team's number from 0 to 9223372036854775807"),
            (("--team", "-1"), "is no team's number"),
            (("--name", "a\nb"), "it holds a control character"),
            (("--name", "\x1b[31mred"), "it holds a control character"),
            (("--name", "\udcff"), "it is no text"),
            (("--name", "x" * 201), "it has at most 200 characters"),
            (("--permission", "@chatbots/bot_1"), "is no PERMISSION or PERMISSION@RESOURCE"),
            (("--permission", "can_read_contacts@"), "is no PERMISSION or PERMISSION@RESOURCE"),
            (("--account", "nobody"), "There is no account 'nobody'."),
            (("--colour", "red"), "Unrecognized arguments: --colour red."),
        ],
    )
    def test_a_mistake_makes_no_key(
        self, table: Fixtures, capsys: Capture, arguments: tuple[str, ...], message: str
    ) -> None:
        before = table.items()
        assert message in error_response(capsys, *CREATE_KEY, *arguments)
        assert table.items() == before

    @pytest.mark.usefixtures("table")
    def test_a_key_without_permissions_is_made_when_it_is_asked_for(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        secret = run(capsys, "key", "create", "--account", "acme", "--no-permissions").strip()
        assert enter(table, secret).grants == ()

    def test_a_key_has_permissions_or_none_and_not_both(self, capsys: Capture) -> None:
        assert "not allowed with" in error_response(capsys, *CREATE_KEY, "--no-permissions")

    def test_a_key_without_permission_is_not_made(self, capsys: Capture) -> None:
        assert "--permission" in error_response(capsys, "key", "create", "--account", "acme")

    def test_a_key_has_a_source_a_purpose_and_a_sensitivity(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        facts = ("--source", "ai", "--purpose", "tool", "--sensitivity", "personal")
        caller = enter(table, run(capsys, *CREATE_KEY, *facts).strip())
        assert (caller.purpose, caller.sensitivity) == (Purpose.TOOL, Sensitivity.PERSONAL)
        assert table.credentials.list("acme")[0].source is Source.AI
        other = enter(table, run(capsys, *CREATE_KEY).strip())
        assert (other.purpose, other.sensitivity) == (None, Sensitivity.SENSITIVE)

    @pytest.mark.parametrize(
        "facts", [("--source", "x"), ("--purpose", "webhook"), ("--sensitivity", "high")]
    )
    def test_other_words_are_refused(self, capsys: Capture, facts: tuple[str, str]) -> None:
        assert "invalid" in error_response(capsys, *CREATE_KEY, *facts)

    @pytest.mark.parametrize("account_id", ["acme", "a", "my-account_1", "9" * 64])
    def test_a_key_carries_its_account(self, account_id: str) -> None:
        secret = new_api_key(account_id)
        assert account_in_key(secret) == account_id
        assert is_possible_key(secret)

    @pytest.mark.parametrize(
        "secret", ["klen_abcdef123456789", "ctx_" + "0" * 56, "ctx_!_1", "ctx_a_", "ctx_74_1"]
    )
    def test_a_key_of_another_form_carries_none(self, secret: str) -> None:
        assert account_in_key(secret) is None


class TestRotatingKeys:
    def test_both_keys_work_until_the_overlap_ends(self, table: Fixtures, capsys: Capture) -> None:
        facts = ("--source", "ai", "--read-only", "--user", "u1", "--requests-per-minute", "60")
        old = run(capsys, *CREATE_KEY, *facts).strip()
        (key,) = table.credentials.list("acme")
        new = run(capsys, "key", "rotate", "--account", "acme", key.key_id, "--overlap", "2h")
        first, second = (enter(table, secret.strip()) for secret in (old, new))
        same = ("grants", "read_only", "user", "requests_per_minute", "account_id", "sensitivity")
        assert [getattr(first, name) for name in same] == [getattr(second, name) for name in same]
        assert table.credentials.list("acme")[1].source is Source.AI
        with pytest.raises(InvalidApiKey):
            enter(table, old, after=timedelta(hours=3))
        enter(table, new.strip(), after=timedelta(hours=3))

    def test_a_key_never_ends_later_than_before(self, table: Fixtures, capsys: Capture) -> None:
        expiry = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        run(capsys, *CREATE_KEY, "--expires", expiry.isoformat())
        (key,) = table.credentials.list("acme")
        run(capsys, "key", "rotate", "--account", "acme", key.key_id)
        assert [each.valid_until for each in table.credentials.list("acme")] == [expiry, expiry]

    def test_a_key_that_has_ended_is_not_rotated(self, table: Fixtures, capsys: Capture) -> None:
        run(capsys, *CREATE_KEY)
        (key,) = table.credentials.list("acme")
        rotate = ("key", "rotate", "--account", "acme")
        run(capsys, "key", "revoke", "--account", "acme", key.key_id)
        expected = f"The API key '{key.key_id}' is revoked or has expired."
        assert error_response(capsys, *rotate, key.key_id) == expected
        assert "no API key with the id 'x'" in error_response(capsys, *rotate, "x")
        for overlap in ("", "h", "1w", "-1h", "9" * 30 + "d"):
            assert "is no time" in error_response(
                capsys, *rotate, key.key_id, f"--overlap={overlap}"
            )

    def test_a_key_that_is_revoked_meanwhile_is_not_rotated(self, table: Fixtures) -> None:
        key = table.key()
        successor = stored_key("acme", key, "a-new-key-of-acme", datetime.now(UTC))
        table.credentials.revoke(key)
        with pytest.raises(WriteConflict):
            table.credentials.rotate(key, successor, datetime.now(UTC))
        assert table.credentials.find(successor.key_hash) is None


class TestListingKeys:
    def test_a_key_is_listed_by_all_but_itself(self, table: Fixtures, capsys: Capture) -> None:
        facts = ("--name", "nightly import", "--requests-per-minute", "60")
        more = ("--expires", "2999-01-31", "--permission", "chatbots.variables.list@chatbots/bot_1")
        secret = run(capsys, *CREATE_KEY, *facts, *more).strip()
        (key,) = table.credentials.list("acme")
        listed = run(capsys, "key", "list", "--account", "acme")
        assert secret not in listed
        row = listed.splitlines()[1]
        assert row.startswith(f"{key.key_id}  {KEY_PREFIX}...{secret[-4:]}  nightly import  active")
        assert "  60  " in row
        assert "  2999-01-31T00:00:00Z  " in row
        assert row.endswith("can_read_contacts chatbots.variables.list@chatbots/bot_1")

    def test_the_list_says_whom_a_key_speaks_for_and_whether_it_is_read_only(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        run(capsys, *CREATE_KEY, "--user", "u\x1b1", "--team", "12", "--team", "7", "--read-only")
        table.key("a-key-without-user-and-teams")
        listed = run(capsys, "key", "list", "--account", "acme").splitlines()
        columns = "STATE +READ-ONLY .* LAST USED +SOURCE +PURPOSE +SENSITIVITY +USER +TEAMS +PERM"
        assert re.search(columns, listed[0])
        by_state = {"yes" in line.split(): line for line in listed[1:]}
        assert re.search(r"active +yes .* u\\x1b1 +7 12 +can_read_contacts$", by_state[True])
        assert re.search(r"active +- .* - +- +can_read_contacts can", by_state[False])

    def test_the_hint_of_a_short_key_gives_little_away(
        self, table: Fixtures, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stdin(monkeypatch, b"12345678")
        run(capsys, *CREATE_KEY, "--import-key", "--requests-per-minute", "60")
        assert table.credentials.list("acme")[0].hint == "...78"

    def test_a_key_past_its_time_is_listed_as_expired(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        table.key("long-forgotten-key", valid_until=datetime(2025, 1, 1, tzinfo=UTC))
        assert "  expired  " in run(capsys, "key", "list", "--account", "acme")

    def test_a_name_of_odd_characters_cannot_forge_a_row_or_color_the_console(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        """Such a key was stored before names were validated."""
        table.key("oddly-named-key", name="a\nb\x1b[31m\u202ec\\ é")
        listed = run(capsys, "key", "list", "--account", "acme")
        assert listed.count("\n") == 2
        assert r"a\nb\x1b[31m\u202ec\ é" in listed

    def test_another_accounts_keys_are_not_listed(self, table: Fixtures, capsys: Capture) -> None:
        table.accounts.add(Account("other"))
        table.key("the-other-account-key", account="other")
        mine = table.key("the-key-of-this-account")
        listed = run(capsys, "key", "list", "--account", "acme").splitlines()
        assert [line.split()[0] for line in listed] == ["ID", mine.key_id]

    @pytest.mark.usefixtures("table")
    def test_no_keys_are_said_to_be_none(self, capsys: Capture) -> None:
        assert main(["key", "list", "--account", "acme"]) == 0
        printed = capsys.readouterr()
        assert (printed.out, printed.err) == ("", "The account 'acme' has no API keys.\n")

    @pytest.mark.usefixtures("fixtures")
    def test_an_unknown_account_has_no_list(self, capsys: Capture) -> None:
        message = error_response(capsys, "key", "list", "--account", "nobody")
        assert message == "There is no account 'nobody'."


class TestRevokingKeys:
    def test_a_revoked_key_is_refused_at_once(self, table: Fixtures, capsys: Capture) -> None:
        secret = run(capsys, *CREATE_KEY).strip()
        enter(table, secret)
        (key,) = table.credentials.list("acme")
        run(capsys, "key", "revoke", "--account", "acme", key.key_id)
        with pytest.raises(InvalidApiKey):
            enter(table, secret)
        assert "  revoked  " in run(capsys, "key", "list", "--account", "acme")

    def test_a_key_can_be_revoked_twice(self, table: Fixtures, capsys: Capture) -> None:
        key = table.key("twice-revoked-key")
        for _ in range(2):
            run(capsys, "key", "revoke", "--account", "acme", key.key_id)
        assert not table.credentials.list("acme")[0].active

    def test_an_unknown_key_is_named(self, table: Fixtures, capsys: Capture) -> None:
        table.key("a-key-that-stays-active")
        message = error_response(capsys, "key", "revoke", "--account", "acme", "no-such-id")
        assert message == "The account 'acme' has no API key with the id 'no-such-id'."
        assert table.credentials.list("acme")[0].active

    def test_another_accounts_key_is_not_revoked(self, table: Fixtures, capsys: Capture) -> None:
        table.accounts.add(Account("other"))
        key = table.key("the-other-account-key", account="other")
        message = error_response(capsys, "key", "revoke", "--account", "acme", key.key_id)
        assert message.startswith("The account 'acme' has no API key")
        assert table.credentials.list("other")[0].active


class TestTheTable:
    @pytest.mark.usefixtures("fixtures")
    def test_a_table_that_is_not_there_is_named(self, capsys: Capture) -> None:
        message = error_response(capsys, "account", "show", "acme", "--table", "missing")
        assert message.startswith("The table missing can't be used: ")

    def test_an_engine_that_is_not_there_is_named(self, capsys: Capture) -> None:
        where = ("--endpoint-url", "http://127.0.0.1:1")
        message = error_response(capsys, "account", "show", "acme", *where)
        assert message.startswith("The table contact-context can't be used: Could not connect")

    def test_a_region_is_needed_where_there_is_no_endpoint(
        self, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        message = error_response(capsys, "account", "show", "acme")
        assert message == "The table contact-context can't be used: You must specify a region."

    def test_it_works_in_a_process_of_its_own_without_an_aws_account(
        self, engine_world: Fixtures
    ) -> None:
        engine_world.accounts.add(Account("acme"))
        unset = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        done = subprocess.run(
            [sys.executable, "-m", "local.admin", *CREATE_KEY],
            cwd=ROOT,
            env={**environment, "AWS_PROFILE": "gone"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert enter(engine_world, done.stdout.strip()).account_id == "acme"


NATIVE_WEBHOOK = ("webhooks:write", "contacts:read")


class TestDefinitions:
    def test_who_gets_the_values_is_listed_and_changed(self, table: Fixtures, capsys: Capture):
        table.definition("salary", "number")
        table.definition("remark", context_type="business", owner="ann", team=7)
        of_acme = ("--account", "acme")
        run(capsys, "definition", "disclose", "salary", "--sensitivity", "sensitive", *of_acme)
        purposes = ("--purpose", "human", "--purpose", "tool")
        business = ("--context-type", "business")
        changed = run(capsys, "definition", "disclose", "remark", *purposes, *business, *of_acme)
        assert changed.startswith("The values of 'remark' are public, for tool,human.")
        rows = run(capsys, "definition", "list", *of_acme).splitlines()
        assert [row.split() for row in rows] == [
            ["NAME", "SUBJECT", "TYPE", "SENSITIVITY", "PURPOSES", "OWNER", "TEAM"],
            ["salary", "contact", "number", "sensitive", "every", "purpose", "-", "-"],
            ["remark", "business", "text", "public", "tool,human", "ann", "7"],
        ]
        index = table.definitions.slot_index("acme", ContextType.CONTACT)
        assert index.audience_of(0) == Audience(sensitivity=Sensitivity.SENSITIVE)

    def test_what_is_not_given_stays(self, table: Fixtures, capsys: Capture):
        table.definition("salary", purposes=frozenset({Purpose.HUMAN}))
        command = ("definition", "disclose", "salary", "--account", "acme")
        run(capsys, *command, "--sensitivity", "personal")
        (known,) = table.definitions.list("acme")
        assert (known.sensitivity, known.purposes) == (Sensitivity.PERSONAL, {Purpose.HUMAN})
        run(capsys, *command, "--every-purpose")
        run(capsys, *command, "--every-purpose")
        (known,) = table.definitions.list("acme")
        assert (known.sensitivity, known.purposes) == (Sensitivity.PERSONAL, EVERY_PURPOSE)
        assert known.version == 3

    def test_a_change_of_nothing_or_of_no_variable_is_an_error(
        self, table: Fixtures, capsys: Capture
    ):
        command = ("definition", "disclose", "salary", "--account", "acme")
        assert (
            error_response(capsys, *command) == "Give --sensitivity, --purpose or --every-purpose."
        )
        assert error_response(capsys, *command, "--sensitivity", "personal") == (
            "The account 'acme' has no contact variable 'salary'."
        )
        table.definitions.delete("acme", table.definition("salary"))
        assert "has no contact variable" in error_response(capsys, *command, "--every-purpose")

    def test_an_account_without_variables_says_so(self, table: Fixtures, capsys: Capture):
        assert list(table.definitions.list("acme")) == []
        assert main(("definition", "list", "--account", "acme")) == 0
        assert capsys.readouterr().err == "The account 'acme' has no variables.\n"
        assert (
            error_response(capsys, "definition", "list", "--account", "globex")
            == "There is no account 'globex'."
        )


class TestWebhooks:
    def test_they_are_listed_with_owner_and_state(self, table: Fixtures, capsys: Capture) -> None:
        key = table.key("native_0123456789", permissions=NATIVE_WEBHOOK)
        table.webhook("wh_1", permissions=NATIVE_WEBHOOK)
        table.webhook("wh_2", key=None)
        table.webhook("wh_3", key=None, of_account=False)
        table.credentials.revoke(key)
        _, first, second, third = run(capsys, "webhook", "list", "--account", "acme").splitlines()
        assert re.search(rf"wh_1 +suspended +key {key.key_id} .*its API key was revoked", first)
        assert re.search(r"wh_2 +active +account +native +\* +https://example.com/hooks +-", second)
        assert re.search(r"wh_3 +suspended +- .*it has no owner", third)
        listed = f"{first}{second}{third}"
        assert key.key_hash not in listed
        assert "whsec_" not in listed

    @pytest.mark.usefixtures("table")
    def test_without_any_there_is_nothing_on_stdout(self, capsys: Capture) -> None:
        assert run(capsys, "webhook", "list", "--account", "acme") == ""

    def test_one_of_the_account_is_created_and_its_secret_is_printed_once(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        url = "https://example.com/hooks"
        arguments = ("--url", url, "--topic", "contact.created", "--topic", "contact.deleted")
        secret = run(capsys, "webhook", "create", "--account", "acme", *arguments).strip()
        (made,) = table.webhooks.list("acme")
        assert (made.secret, made.url, made.of_account) == (secret, url, True)
        assert made.topics == ("contact.created", "contact.deleted")

    def test_one_without_topics_has_all(self, table: Fixtures, capsys: Capture) -> None:
        url = ("--url", "https://example.com/")
        run(capsys, "webhook", "create", "--account", "acme", *url)
        assert table.webhooks.list("acme")[0].topics == ("*",)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--url", "http://example.com/"),
            ("--url", "https://127.0.0.1/"),
            ("--url", "https://example.com/", "--topic", "x"),
        ],
    )
    def test_one_that_is_not_valid_is_not_created(
        self, table: Fixtures, capsys: Capture, arguments: tuple[str, ...]
    ) -> None:
        message = error_response(capsys, "webhook", "create", "--account", "acme", *arguments)
        assert message.startswith("The webhook is not valid: ")
        assert table.webhooks.list("acme") == []

    def test_there_are_only_so_many(self, table: Fixtures, capsys: Capture) -> None:
        for number in range(50):
            table.webhook(f"wh_{number}")
        url = ("--url", "https://example.com/")
        message = error_response(capsys, "webhook", "create", "--account", "acme", *url)
        assert message == "An account has at most 50 webhooks."

    def test_one_is_given_to_a_key_or_to_the_account(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        table.webhook("wh_1", key=None, of_account=False)
        secrets = ("native_0123456789", "native_9876543210")
        keys = [table.key(each, permissions=NATIVE_WEBHOOK) for each in secrets]
        at = ("--account", "acme", "wh_1")
        for key in keys:
            run(capsys, "webhook", "assign", *at, "--key", key.key_id)
            found = table.webhooks.find("acme", "wh_1")
            owner = (found.key_hash, found.key_id, found.of_account)
            assert owner == (key.key_hash, key.key_id, False)
            assert found.permissions == NATIVE_WEBHOOK
        run(capsys, "webhook", "assign", *at, "--to-account")
        found = table.webhooks.find("acme", "wh_1")
        assert (found.key_hash, found.key_id, found.of_account) == (None, None, True)
        before = table.items()
        run(capsys, "webhook", "assign", *at, "--to-account")
        assert table.items() == before

    @pytest.mark.parametrize(
        ("form", "permissions", "words"),
        [
            ("native", ("webhooks:write",), "lacks the permission contacts:read."),
            ("native", (), "lacks the permission webhooks:write."),
            ("vambe", ("contacts:read",), "is not made for an API without permissions."),
        ],
    )
    def test_a_key_that_may_not_be_told_gets_none(
        self,
        table: Fixtures,
        capsys: Capture,
        form: str,
        permissions: tuple[str, ...],
        words: str,
    ) -> None:
        table.webhook("wh_1", key=None, form=form)
        key = table.key("native_0123456789", permissions=permissions)
        at = ("--account", "acme", "wh_1", "--key", key.key_id)
        assert error_response(capsys, "webhook", "assign", *at).endswith(words)
        assert table.webhooks.find("acme", "wh_1").of_account

    def test_a_key_of_another_account_gets_none(self, table: Fixtures, capsys: Capture) -> None:
        table.webhook("wh_1", key=None)
        key = table.key("native_globex", account="globex", permissions=("*",))
        at = ("--account", "acme", "wh_1", "--key", key.key_id)
        assert "no API key" in error_response(capsys, "webhook", "assign", *at)

    def test_one_is_disabled_and_enabled(self, table: Fixtures, capsys: Capture) -> None:
        table.webhook("wh_1", key=None)
        at = ("--account", "acme", "wh_1")
        for _ in range(2):
            run(capsys, "webhook", "disable", *at)
            found = table.webhooks.find("acme", "wh_1")
            assert (found.is_active, found.disabled_by_operator) == (False, True)
            assert found.disabled_reason == "it was disabled by an operator"
        for _ in range(2):
            printed = run(capsys, "webhook", "enable", *at)
            assert printed == "Webhook wh_1 is enabled.\n"
            found = table.webhooks.find("acme", "wh_1")
            assert (found.is_active, found.disabled_by_operator) == (True, False)
            assert found.disabled_reason is None

    def test_one_that_is_enabled_can_be_suspended(self, table: Fixtures, capsys: Capture) -> None:
        table.webhook("wh_1", key=None, of_account=False)
        at = ("--account", "acme", "wh_1")
        assert "but suspended: " in run(capsys, "webhook", "enable", *at)

    @pytest.mark.parametrize("verb", ["disable", "enable", "assign"])
    def test_what_is_not_there_is_said_so(
        self, table: Fixtures, capsys: Capture, verb: str
    ) -> None:
        table.webhook("wh_1", account="globex")
        more = ("--to-account",) if verb == "assign" else ()
        message = error_response(capsys, "webhook", verb, "--account", "acme", "wh_1", *more)
        assert message == "The account 'acme' has no webhook 'wh_1'."


class TestLimitingAccounts:
    def test_an_account_is_limited_with_each_of_its_keys(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        run(capsys, *CREATE_KEY)
        revoked = table.key("a_revoked_key", active=False)
        of_another = table.key("a_key_of_another", account="globex")
        said = run(capsys, "account", "limit", "acme", "--requests-per-second", "50")
        assert said == (
            "The account 'acme' has 50 requests a second now, with each of its 2 API keys.\n"
        )
        assert {each.account_requests_per_second for each in table.credentials.list("acme")} == {50}
        assert table.credentials.find(of_another.key_hash) == of_another
        assert not table.credentials.find(revoked.key_hash).active
        assert "limit     50 requests a second" in run(capsys, "account", "show", "acme")
        secret = run(capsys, *CREATE_KEY).strip()
        assert enter(table, secret).account_requests_per_second == 50

    def test_a_limit_is_removed(self, table: Fixtures, capsys: Capture) -> None:
        run(capsys, *CREATE_KEY)
        run(capsys, "account", "limit", "acme", "--requests-per-second", "50")
        said = run(capsys, "account", "limit", "acme", "--no-limit")
        assert "has no limit of requests now" in said
        assert table.accounts.find("acme").requests_per_second is None
        (key,) = table.credentials.list("acme")
        assert key.account_requests_per_second is None
        assert "limit" not in run(capsys, "account", "show", "acme")

    def test_a_rotated_key_has_the_limit_of_its_account(
        self, table: Fixtures, capsys: Capture
    ) -> None:
        run(capsys, *CREATE_KEY)
        (key,) = table.credentials.list("acme")
        run(capsys, "account", "limit", "acme", "--requests-per-second", "50")
        run(capsys, "key", "rotate", "--account", "acme", key.key_id)
        assert {each.account_requests_per_second for each in table.credentials.list("acme")} == {50}

    @pytest.mark.usefixtures("table")
    def test_what_cannot_be_is_said_in_a_sentence(self, capsys: Capture) -> None:
        limit = ("account", "limit", "acme")
        assert "is no number" in error_response(capsys, *limit, "--requests-per-second", "0")
        assert "required" in error_response(capsys, *limit)
        assert "There is no account 'x'." in error_response(
            capsys, "account", "limit", "x", "--no-limit"
        )

    def test_a_key_that_is_created_while_the_limit_changes_is_created_again(
        self, table: Fixtures, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its creation checks that the account has the limit that was read."""
        find, limits = AccountTable.find, iter([9])

        def change_once(accounts: AccountTable, account_id: str) -> Account | None:
            found = find(accounts, account_id)
            for limit in limits:
                accounts.limit(account_id, limit)
            return found

        monkeypatch.setattr(AccountTable, "find", change_once)
        secret = run(capsys, *CREATE_KEY).strip()
        assert enter(table, secret).account_requests_per_second == 9
        assert len(table.credentials.list("acme")) == 1
