"""The commands of conversations: their effect in an API, and each error."""

import re

import pytest

from local.admin import main
from shared.domain.contacts import Conversation
from shared.domain.errors import WriteConflict
from tests.api import Api
from tests.fixtures import Fixtures

Capture = pytest.CaptureFixture[str]

OF_JOHN = ("--account", "acme", "--contact", "123")
KEY = "everything_0123456789"
CHATBOT = {"x-chatcaptain-key": KEY}


@pytest.fixture
def table(fixtures: Fixtures) -> Fixtures:
    """Create an account with a chatbot, contact 123 and a key with all permissions."""
    fixtures.account()
    fixtures.contact()
    fixtures.key(KEY, permissions=("*",))
    return fixtures


def run(capsys: Capture, *arguments: str) -> str:
    """Run a command that succeeds, and give its stdout."""
    status = main(("conversation", *arguments))
    printed = capsys.readouterr()
    assert status == 0, printed.err
    return printed.out


def error_response(capsys: Capture, *arguments: str) -> str:
    """Run a command that fails, and give its only line."""
    assert main(("conversation", *arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err.strip()


def test_a_conversation_gets_an_id_that_is_alone_on_stdout(
    table: Fixtures, capsys: Capture
) -> None:
    first = run(capsys, "create", *OF_JOHN).strip()
    second = run(capsys, "create", *OF_JOHN).strip()
    assert re.fullmatch("conv_[0-9a-f]{24}", first)
    found = table.contacts.list_conversations("acme", 123)
    assert {each.conversation_id for each in found} == {first, second}
    assert table.contacts.find_conversation("acme", first) == Conversation(first, 123)


def test_a_later_conversation_is_the_last_one_of_its_contact(
    table: Fixtures, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(capsys, "create", *OF_JOHN).strip()
    monkeypatch.setattr("shared.services.accounts.administration.urandom", bytes)
    while (second := run(capsys, "create", *OF_JOHN).strip())[:17] == first[:17]:
        run(capsys, "delete", "--account", "acme", second)
    assert run(capsys, "list", *OF_JOHN).split() == [first, second]


def test_variables_of_a_conversation_are_set_and_read(table: Fixtures, capsys: Capture) -> None:
    topic = table.definition("topic", context_type="conversation").external_id
    run(capsys, "create", *OF_JOHN, "--id", "conv_1")
    path = f"/v1/chatbots/bot_1/conversations/conv_1/variables/{topic}"
    put = Api(KEY).call("PUT", path, {"value": "Billing"}, headers=CHATBOT)
    assert put.status == 200
    got = Api(KEY).call("GET", path, headers=CHATBOT)
    assert got.document["variable"]["value"] == "Billing"


def test_fields_of_a_ticket_are_set(table: Fixtures, capsys: Capture) -> None:
    run(capsys, "create", *OF_JOHN, "--id", "conv_1")
    body = {"ticket_id": "conv_1", "metadata": {"topic": "Billing"}}
    answer = Api(KEY).call("POST", "/api/public/ticket/metadata", body)
    assert answer.status == 201, answer.document


def test_conversations_of_a_contact_are_listed(table: Fixtures, capsys: Capture) -> None:
    table.contact(7)
    for name in ("b", "a"):
        run(capsys, "create", *OF_JOHN, "--id", name)
    run(capsys, "create", "--account", "acme", "--contact", "7", "--id", "c")
    assert run(capsys, "list", *OF_JOHN) == "a\nb\n"


def test_no_conversations_are_said_to_be_none(table: Fixtures, capsys: Capture) -> None:
    assert main(("conversation", "list", *OF_JOHN)) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Contact 123 has no conversations.\n")


def test_a_deleted_conversation_leaves_nothing(table: Fixtures, capsys: Capture) -> None:
    topic = table.definition("topic", context_type="conversation").external_id
    before = table.items()
    run(capsys, "create", *OF_JOHN, "--id", "conv_1")
    path = f"/v1/chatbots/bot_1/conversations/conv_1/variables/{topic}"
    Api(KEY).call("PUT", path, {"value": "Billing"}, headers=CHATBOT)
    assert "'conv_1'" in run(capsys, "delete", "--account", "acme", "conv_1")
    left = [each for each in table.items() if each["entity"]["S"] != "page"]
    assert left == [each for each in before if each["entity"]["S"] != "page"]
    assert table.contacts.find_conversation("acme", "conv_1") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "--account", "nobody", "--contact", "123"), "There is no account 'nobody'."),
        (("create", "--account", "acme", "--contact", "7"), "has no contact with the id 7."),
        (("create", *OF_JOHN, "--id", "taken"), "has a conversation 'taken' already."),
        (("create", *OF_JOHN, "--id", ""), "it is empty"),
        (("create", *OF_JOHN, "--id", "a\nb"), "it holds a control character"),
        (("create", *OF_JOHN, "--id", "x" * 201), "it has at most 200 characters"),
        (("create", *OF_JOHN, "--id", "\U0001f600" * 126), "an id has 1 to 500 bytes of UTF-8"),
        (("create", "--account", "acme", "--contact", "many"), "'many' is no contact's number"),
        (("create", "--account", "acme", "--contact", "0"), "'0' is no contact's number"),
        (("create", "--account", "acme", "--contact", "9" * 5000), "is no contact's number"),
        (("create", "--account", "acme"), "--contact"),
        (("list", "--account", "nobody", "--contact", "123"), "There is no account 'nobody'."),
        (("list", "--account", "acme", "--contact", "7"), "has no contact with the id 7."),
        (("delete", "--account", "nobody", "taken"), "There is no account 'nobody'."),
        (("delete", "--account", "acme", "none"), "The account 'acme' has no conversation 'none'."),
        (("delete", "--account", "acme", "x" * 501), "has no conversation"),
        (("delete", "--account", "other", "taken"), "The account 'other' has no conversation"),
    ],
)
def test_a_mistake_changes_nothing(
    table: Fixtures, capsys: Capture, arguments: tuple[str, ...], message: str
) -> None:
    table.account("other", chatbots=())
    table.contacts.add_conversation("acme", Conversation("taken", 123))
    before = table.items()
    assert message in error_response(capsys, *arguments)
    assert table.items() == before


def test_a_conversation_is_not_stored_without_its_contact(fixtures: Fixtures) -> None:
    with pytest.raises(WriteConflict):
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    assert fixtures.items() == []
