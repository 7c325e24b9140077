"""Fixtures of the tests of ChatCaptain's endpoints."""

import pytest

from tests.chatbot import Chatbot, chatbot_of
from tests.fixtures import Fixtures


@pytest.fixture
def bot(fixtures: Fixtures) -> Chatbot:
    """Return a client of acme's chatbot."""
    return chatbot_of(fixtures)
