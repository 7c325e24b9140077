"""A client with a key that may do everything, as agents have them."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

KEY = "native_0123456789"


@pytest.fixture
def native(fixtures: Fixtures) -> Api:
    """A client whose account has contact 123."""
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact()
    return Api(KEY)
