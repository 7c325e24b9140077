"""Each platform reads the sample of its own message as a call of the number that is in it."""

import pytest

from shared.domain.calls import MessageKind
from shared.platforms.registry import NAMES, find
from shared.platforms.samples import sample_request


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_a_call_of_its_number_that_keeps_nothing(name: str):
    message = find(name).read(sample_request(name, "+12137771234", "https://example.com/h/x"))
    read = (message.kind, message.caller, message.call_id)
    assert read == (MessageKind.RESOLVE, "+12137771234", None)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_has_the_id_of_its_call(name: str):
    request = sample_request(name, "+12137771234", "https://example.com/h/x", "call_9")
    assert find(name).read(request).call_id == "call_9"
