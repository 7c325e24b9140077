"""A client with a key that may do everything, as agents have them."""

import pytest

from tests.api import Api
from tests.fixtures import World

KEY = "native_0123456789"


@pytest.fixture
def native(world: World) -> Api:
    """A client whose account has contact 123."""
    world.key(KEY, permissions=("*",))
    world.contact()
    return Api(KEY)
