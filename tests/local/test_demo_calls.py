"""`python -m local.demo_calls`: each line calls a hook of the demo data, and is answered."""

import json
import shlex
from datetime import UTC, datetime

import pytest

from local.demo_calls import main
from local.event import Request, build_event
from local.routing import find_route
from shared.platforms.registry import NAMES
from tests.api import handler, template
from tests.fixtures import Fixtures, Items


def lines_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(arguments) == 0
    return capsys.readouterr().out.splitlines()


def test_every_line_gets_the_variables_of_the_demo_caller(
    fixtures: Fixtures, demo: Items, capsys: pytest.CaptureFixture[str]
):
    fixtures.put_back(demo)
    answer_call = handler("HooksAnswerCall")
    lines = lines_of(capsys)
    assert len(lines) == len(NAMES)
    for name, line in zip(NAMES, lines, strict=True):
        curl, _, method, url, _, body = shlex.split(line)
        assert (curl, method) == ("curl", "POST")
        path = url.removeprefix("http://127.0.0.1:3000")
        request = Request(
            method=method,
            raw_path=path,
            raw_query="",
            headers=(
                ("host", "127.0.0.1:3000"),
                ("content-type", "application/x-www-form-urlencoded"),
            ),
            body=body.encode(),
            source_ip="127.0.0.1",
        )
        match = find_route(template().routes, method, path)
        assert match is not None
        event = build_event(request, match, request_id="a-request", time=datetime.now(UTC))
        answer = answer_call(event, None)
        assert answer["statusCode"] == 200, name
        assert "Bronze" in answer["body"], name


def test_one_platform_and_another_port(capsys: pytest.CaptureFixture[str]):
    (line,) = lines_of(capsys, "vapi", "--port", "8080")
    assert line.startswith("curl -X POST http://127.0.0.1:8080/h/h.mfrw2zi.vapi.hook_vapi.")
    assert json.loads(shlex.split(line)[-1])["message"]["type"] == "assistant-request"


@pytest.mark.parametrize("arguments", [["nobody"], ["--port", "x"]])
def test_a_wrong_argument_is_one_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
