"""Fixtures of the native API: a client with all permissions."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

KEY = "native_0123456789"
OPERATOR = "native_operator_0123456789"


@pytest.fixture
def native(fixtures: Fixtures) -> Api:
    """Return a client whose account has contact 123."""
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact()
    return Api(KEY)


@pytest.fixture
def operator(native: Api, fixtures: Fixtures) -> Api:
    """Return a client with a key that manages the keys of its account."""
    fixtures.key(OPERATOR, permissions=("*", "keys:read", "keys:write"))
    return Api(OPERATOR)
