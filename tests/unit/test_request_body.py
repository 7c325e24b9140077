"""The body of a request, as API Gateway passes it on."""

import pytest

from shared.domain.errors import MalformedBody
from shared.gateway.request import Request


@pytest.mark.parametrize("body", ["a", "é", "\ud800"])
def test_a_body_that_is_not_base64_is_malformed(body: str):
    with pytest.raises(MalformedBody):
        _ = Request({"body": body, "isBase64Encoded": True}).body


def test_a_body_is_bytes_also_with_half_a_surrogate_pair():
    assert Request({"body": "\ud800"}).body == b"\xed\xa0\x80"
