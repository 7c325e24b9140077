"""A client with a key that may do everything, as agents have them."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

KEY = "native_0123456789"
OPERATOR = "native_operator_0123456789"


@pytest.fixture
def native(fixtures: Fixtures) -> Api:
    """A client whose account has contact 123."""
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact()
    return Api(KEY)


@pytest.fixture
def operator(native: Api, fixtures: Fixtures) -> Api:
    """A client with a key that manages the keys of its account."""
    fixtures.key(OPERATOR, permissions=("*", "keys:read", "keys:write"))
    return Api(OPERATOR)
