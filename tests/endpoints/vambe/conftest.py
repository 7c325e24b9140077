"""Fixtures of Vambe's API: the contact of its examples, and a client without permissions."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

KEY = "vambe_0123456789"


@pytest.fixture
def vambe(fixtures: Fixtures) -> Api:
    """Return a client with a key without permissions, whose account has contact 123."""
    return settled(fixtures)


@pytest.fixture
def engine_vambe(engine_world: Fixtures) -> Api:
    """Return the client with an engine that enforces the limits of items."""
    return settled(engine_world)


def settled(fixtures: Fixtures) -> Api:
    fixtures.key(KEY, permissions=())
    fixtures.contact(
        email="john@example.com",
        platform="whatsapp",
        phone_numbers=(PhoneNumber(1, "+56912345678", primary=True),),
        webchat_user_id="user-12345",
    )
    return Api(KEY)
