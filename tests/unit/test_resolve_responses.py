"""Responses to requests for the variables of callers are bounded before they are rendered."""

import pytest

from shared.dialects.native.resolve_responses import resolution_shown, resolutions_shown
from shared.domain.agents import Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.definitions import ContextType
from shared.domain.errors import AnswerTooLarge
from shared.domain.resolutions import CallerMatch, ResolvedCall, ValueOrigin
from shared.gateway.endpoint import MAX_RESPONSE_BYTES
from tests.fixtures import LONG_AGO

TEXT = "x" * (MAX_RESPONSE_BYTES // 100)
ORIGIN = Origin(ContextType.CONTACT, "story")


def call(count: int) -> ResolvedCall:
    """Return the answer of an agent that gets the same text under several names."""
    names = [f"story_{number}" for number in range(count)]
    variables = tuple(ResolvedVariable(name, TEXT, VariableState.DEFAULT) for name in names)
    return ResolvedCall(
        "agent_1",
        CallerMatch(),
        Resolution(None, None, variables),
        dict.fromkeys(names, ValueOrigin(ORIGIN)),
        as_of=LONG_AGO,
    )


def test_a_text_under_too_many_names_is_an_error():
    assert resolution_shown([call(100)]).status == 200
    with pytest.raises(AnswerTooLarge):
        resolution_shown([call(101)])


def test_the_texts_of_all_callers_count():
    assert resolutions_shown([call(50), call(50)]).status == 200
    with pytest.raises(AnswerTooLarge):
        resolutions_shown([call(50), call(51)])
