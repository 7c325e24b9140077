"""An endpoint without a key fails with the message of API Gateway, and logs no message."""

import json
from collections.abc import Mapping
from typing import Any

from shared.gateway.file_response import FileResponse
from shared.gateway.open_endpoint import open_endpoint
from shared.gateway.request import Request

EVENT = {
    "routeKey": "GET /openapi.json",
    "requestContext": {"http": {"method": "GET"}, "requestId": "an-id"},
}


class Lines:
    """A log that is kept."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def responded(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(("answered", dict(facts)))

    def failed(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(("failed", dict(facts)))


def test_a_failure_is_answered_and_logged_without_its_words():
    log = Lines()

    @open_endpoint("docs", log)
    def lambda_handler(request: Request) -> FileResponse:
        raise OSError("a secret word")

    answer = lambda_handler(EVENT, None)
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"]) == {"message": "Internal Server Error"}
    assert answer["headers"]["cache-control"] == "no-store"
    assert [kind for kind, _ in log.lines] == ["failed", "answered"]
    assert log.lines[0][1]["error"] == "OSError"
    assert "secret" not in str(log.lines)


def test_an_answer_is_logged_with_its_route_and_status():
    log = Lines()

    @open_endpoint("docs", log)
    def lambda_handler(request: Request) -> FileResponse:
        return FileResponse(200, b"")

    lambda_handler(EVENT, None)
    assert log.lines == [
        (
            "answered",
            {
                "dialect": "docs",
                "route": "GET /openapi.json",
                "request_id": "an-id",
                "function_request_id": None,
                "status": 200,
            },
        )
    ]
