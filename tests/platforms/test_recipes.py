"""The recipes for LiveKit Agents and Pipecat start an agent with the variables of its call.

The service is a server on this machine, and the frameworks are stand-ins with the few members that
the recipes use: neither framework is installed here.
"""

import asyncio
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType, SimpleNamespace

import pytest

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"
NUMBER = "+12137771234"
ANSWER = {"variables": {"customer_name": "Ada", "plan": "pro"}, "complete": True}
FALLBACKS = {"customer_name": "", "plan": "unknown"}


class Service:
    """`POST /v1/resolve` of a service."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict]] = []
        self.body = json.dumps(ANSWER).encode()
        self.status = 200
        self.seconds = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append((self.path, self.headers["authorization"], sent))
                time.sleep(outer.seconds)
                self.send_response(outer.status)
                self.send_header("content-length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self) -> Iterator["Service"]:
        thread = Thread(target=self.server.serve_forever, args=(0.05,))
        thread.start()
        yield self
        self.server.shutdown()
        thread.join()
        self.server.server_close()


@pytest.fixture
def service(monkeypatch) -> Iterator[Service]:
    service = Service()
    monkeypatch.setenv("CONTEXT_URL", service.url)
    monkeypatch.setenv("CONTEXT_KEY", "key_1")
    monkeypatch.setenv("CONTEXT_AGENT", "agent_1")
    monkeypatch.syspath_prepend(RECIPES)
    yield from service.serve()


def stand_in(monkeypatch, name: str, **members) -> None:
    module = ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)


def recipe(name: str) -> ModuleType:
    """Return the module of a recipe, as a new process has it."""
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestResolveCall:
    """The function that both recipes call."""

    @staticmethod
    def variables(phone: str | None = NUMBER, call_id: str | None = "CA1") -> dict:
        return asyncio.run(recipe("resolve_call").resolve_call(FALLBACKS, phone, call_id))

    def test_the_variables_of_the_call_are_asked_for(self, service: Service):
        assert self.variables() == ANSWER["variables"]
        assert service.asked == [
            (
                "/v1/resolve",
                "Bearer key_1",
                {
                    "agent": "agent_1",
                    "deadline_ms": 800,
                    "contact": {"phone": NUMBER},
                    "call_id": "CA1",
                },
            )
        ]

    def test_a_withheld_number_is_not_sent(self, service: Service):
        assert self.variables(None, None) == ANSWER["variables"]
        assert service.asked[0][2]["contact"] == {}

    @pytest.mark.parametrize("status", [401, 404, 500, 503])
    def test_an_error_is_the_fallbacks(self, service: Service, status: int):
        service.status = status
        assert self.variables() == FALLBACKS

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"variables":1}'])
    def test_a_response_that_is_none_is_the_fallbacks(self, service: Service, body: bytes):
        service.body = body
        assert self.variables() == FALLBACKS

    @pytest.mark.usefixtures("service")
    def test_a_service_that_is_down_is_the_fallbacks(self, monkeypatch):
        monkeypatch.setenv("CONTEXT_URL", "http://127.0.0.1:9")
        assert self.variables() == FALLBACKS

    def test_a_service_that_hangs_does_not_hold_the_call(self, service: Service):
        service.seconds = 4

        async def timed() -> tuple[dict, float]:
            started = time.monotonic()
            found = await recipe("resolve_call").resolve_call(FALLBACKS, NUMBER, "CA1")
            return found, time.monotonic() - started

        found, seconds = asyncio.run(timed())
        assert found == FALLBACKS
        assert seconds < 3


class TestLiveKit:
    """The agent of the recipe for LiveKit Agents."""

    @pytest.fixture
    def started(self, service: Service, monkeypatch):
        """Return a function that runs the entrypoint, and returns its instructions."""
        assert service.asked == []

        class AgentSession:
            def __init__(self, **_) -> None:
                pass

            async def start(self, *, agent, room) -> None:
                sessions.append((agent.instructions, room))

        sessions: list[tuple[str, str]] = []
        stand_in(monkeypatch, "livekit")
        stand_in(
            monkeypatch,
            "livekit.agents",
            Agent=lambda instructions: SimpleNamespace(instructions=instructions),
            AgentSession=AgentSession,
            JobContext=object,
            WorkerOptions=object,
            cli=None,
        )

        def run(attributes: dict[str, str], metadata: str = "") -> str:
            async def connect() -> None:
                steps.append("connect")

            async def wait_for_participant() -> SimpleNamespace:
                steps.append("wait")
                return SimpleNamespace(attributes=attributes)

            steps: list[str] = []
            job = SimpleNamespace(metadata=metadata, id="AJ_1")
            context = SimpleNamespace(
                job=job, room="room", connect=connect, wait_for_participant=wait_for_participant
            )
            asyncio.run(recipe("livekit_agent").entrypoint(context))
            ((instructions, room),) = sessions
            assert room == "room"
            assert steps == (["connect"] if metadata else ["connect", "wait"])
            return instructions

        return run

    def test_an_inbound_caller_is_known_by_its_sip_attributes(self, started, service: Service):
        instructions = started({"sip.phoneNumber": NUMBER, "sip.callID": "SCL_1"})

        assert json.dumps(ANSWER["variables"]) in instructions
        assert service.asked[0][2]["contact"] == {"phone": NUMBER}
        assert service.asked[0][2]["call_id"] == "SCL_1"

    def test_an_outbound_contact_is_known_by_the_metadata(self, started, service: Service):
        started({}, json.dumps({"phone": NUMBER}))

        assert service.asked[0][2]["contact"] == {"phone": NUMBER}
        assert service.asked[0][2]["call_id"] == "AJ_1"

    def test_a_visitor_without_a_number_gets_an_agent_too(self, started, service: Service):
        service.status = 500

        assert json.dumps(FALLBACKS) in started({})


class TestPipecat:
    """The bot of the recipe for Pipecat."""

    @pytest.fixture
    def started(self, service: Service, monkeypatch):
        """Return a function that runs the bot, and returns the first message of its pipeline."""
        assert service.asked == []

        async def parse_telephony_websocket(call: dict) -> tuple[str, dict]:
            return "twilio", call

        for name in ("pipecat", "pipecat.runner"):
            stand_in(monkeypatch, name)
        utilities = {"parse_telephony_websocket": parse_telephony_websocket}
        stand_in(monkeypatch, "pipecat.runner.utils", **utilities)
        module = recipe("pipecat_bot")
        pipelines: list[list[dict]] = []

        async def run_pipeline(_, messages) -> None:
            pipelines.append(messages)

        monkeypatch.setattr(module, "run_pipeline", run_pipeline)

        def run(**runner_args) -> str:
            asyncio.run(module.bot(SimpleNamespace(**runner_args)))
            ((message,),) = pipelines
            assert message["role"] == "system"
            return message["content"]

        return run

    def test_a_telephony_caller_is_known(self, started, service: Service):
        content = started(websocket={"from": NUMBER, "call_id": "CA1"}, body={})

        assert json.dumps(ANSWER["variables"]) in content
        assert service.asked[0][2]["contact"] == {"phone": NUMBER}
        assert service.asked[0][2]["call_id"] == "CA1"

    def test_a_dial_in_of_daily_is_known(self, started, service: Service):
        dial_in = {"call_id": "c1", "From": NUMBER, "To": "+12137771235", "sip_headers": {}}
        started(body={"dialin_settings": dial_in})

        assert service.asked[0][2]["contact"] == {"phone": NUMBER}
        assert service.asked[0][2]["call_id"] == "c1"

    def test_a_call_without_a_number_gets_a_bot_too(self, started, service: Service):
        service.status = 500

        assert json.dumps(FALLBACKS) in started(websocket={"call_id": "CA1"}, body=None)
