"""GET /api/webhooks/topics, as Vambe documents it."""

import pytest

from tests.api import Api

PATH = "/api/webhooks/topics"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_topics_that_are_ever_sent_are_listed(path: str, vambe: Api):
    answer = vambe.call("GET", path)
    assert (answer.status, answer.document) == (200, ["contact.created", "contact.updated"])


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, key=None).status == 401
