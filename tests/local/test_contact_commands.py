"""`python -m local.admin contacts`."""

from datetime import UTC, datetime, timedelta

import pytest

from local.admin import main
from shared.domain.accounts import Account
from shared.table import contact_index_items
from shared.table.contact_index import ContactIndexTable
from shared.wiring import endpoints as wiring
from tests.fixtures import Fixtures

INDEX = ("contacts", "index", "--account", "acme")


def test_the_index_of_an_account_from_before_is_built(
    fixtures: Fixtures, capsys: pytest.CaptureFixture[str]
):
    fixtures.accounts.add(Account("acme"))
    fixtures.contact(1, stage="won")
    fixtures.contact(3000)
    for _ in range(2):
        assert main(INDEX) == 0
        assert capsys.readouterr().out == "Indexed 2 contacts of 'acme'.\n"
        state = ContactIndexTable(wiring.table()).state("acme")
        assert state is not None
        assert state.is_in_use
        assert datetime.now(UTC) - state.applied_at < timedelta(minutes=5)


def test_an_account_with_too_many_stages_is_named(
    fixtures: Fixtures, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(contact_index_items, "MAX_CELLS", 0)
    fixtures.accounts.add(Account("acme"))
    fixtures.contact(1)
    assert main(INDEX) == 0
    assert capsys.readouterr().out == (
        "'acme' has too many stages and statuses: lists do without an index.\n"
    )


def test_an_account_that_does_not_exist_has_no_index(
    fixtures: Fixtures, capsys: pytest.CaptureFixture[str]
):
    assert main(INDEX) == 2
    assert capsys.readouterr().err == "There is no account 'acme'.\n"
