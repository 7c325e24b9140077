"""The lean client equals botocore's: requests, responses, retries and errors."""

import gzip
import random
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import Unavailable
from shared.table.dynamo import Table
from shared.table.keys import Key
from shared.table.lean.client import LeanClient
from tests.dynamodb_server import DynamoServer, Reply, Request, fault
from tests.table.lean.conftest import CLIENTS, CONFIG, MakeClient

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ITEM = {**KEY, "text": {"S": "Zoë, 東京, 🎉"}, "is_vip": {"BOOL": True}, "nothing": {"NULL": True}}
CALLS: dict[str, dict[str, Any]] = {
    "get_item": {"TableName": "t", "Key": KEY, "ConsistentRead": True},
    "batch_get_item": {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}},
    "query": {
        "TableName": "t",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "Zoë"}},
        "Limit": 3,
    },
    "put_item": {
        "TableName": "t",
        "Item": {**ITEM, "large": {"S": "x" * 300_000}, "tags": {"SS": {"VIP"}}},
    },
    "update_item": {"TableName": "t", "Key": KEY, "UpdateExpression": "REMOVE a"},
    "delete_item": {"TableName": "t", "Key": KEY},
    "transact_write_items": {"TransactItems": [{"Put": {"TableName": "t", "Item": ITEM}}]},
}
PER_CALL = ("amz-sdk-invocation-id", "Authorization", "User-Agent", "X-Amz-Date", "Content-Length")


def get(client: Any) -> Any:
    return client.get_item(**CALLS["get_item"])


def outcome(call: Callable[[], Any]) -> Any:
    """Return the response or the error, without what differs between two equal calls."""
    try:
        parsed = call()
    except ClientError as error:
        return type(error).__name__, str(error), without_date(error.response)
    except BotoCoreError as error:
        return type(error), ""
    return without_date(parsed)


def without_date(parsed: dict[str, Any]) -> dict[str, Any]:
    parsed["ResponseMetadata"]["HTTPHeaders"].pop("date", None)
    return parsed


class TestRequests:
    @pytest.mark.parametrize("method", CALLS)
    def test_what_is_sent_is_what_botocore_sends(
        self,
        method: str,
        server: DynamoServer,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "a-function")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988;Parent=53995c3f42cd8ad8;Sampled=1")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "a-token")
        for kind in CLIENTS:
            getattr(make_client(kind), method)(**CALLS[method])
        lean, botocores = server.requests
        documents = [each.document for each in server.requests]
        tokens = [each.pop("ClientRequestToken", None) for each in documents]
        assert documents[0] == documents[1]
        assert [token is not None for token in tokens] == [method == "transact_write_items"] * 2
        assert (lean.method, lean.target) == (botocores.method, botocores.target)
        sent, expected = (
            {name.lower(): value for name, value in each.headers.items() if name not in PER_CALL}
            for each in server.requests
        )
        assert sent == expected
        assert sent["x-amzn-trace-id"].startswith("Root=1-5759e988")
        assert sent["x-amz-security-token"] == "a-token"
        assert len(lean.headers["amz-sdk-invocation-id"]) == 36
        assert lean.headers["User-Agent"].startswith("Botocore/")

    def test_binary_values_are_sent_and_read_anywhere(
        self, server: DynamoServer, make_client: MakeClient
    ):
        item = {
            **KEY,
            "bytes": {"B": b"\x00\xff"},
            "several": {"BS": [b"a", b"b"]},
            "nested": {"L": [{"M": {"B": {"B": bytearray(b"inside")}}}]},
            # Attributes and members of maps can have the names of types.
            "B": {"M": {"BS": {"BS": [b"c"]}}},
            "BS": {"L": [{"M": {"B": {"S": "text"}}}, {"B": b""}]},
        }
        for kind in CLIENTS:
            client = make_client(kind)
            client.put_item(TableName="t", Item=item)
            sent = server.requests[-1].document
            assert sent["Item"]["bytes"] == {"B": "AP8="}
            server.expect(Reply.of({"Item": sent["Item"]}))
            read = get(client)["Item"]
            assert read == item

    @pytest.mark.parametrize("method", ["query", "batch_get_item", "update_item"])
    def test_binary_values_are_read_in_every_member_of_a_response(
        self, method: str, server: DynamoServer, make_client: MakeClient
    ):
        key, item = {"pk": {"B": "AP8="}}, {"text": {"S": "a"}, "pk": {"B": "AP8="}}
        replies = {
            "query": {"Items": [item], "Count": 1, "LastEvaluatedKey": key},
            "batch_get_item": {
                "Responses": {"t": [item]},
                "UnprocessedKeys": {"t": {"Keys": [key], "ConsistentRead": True}},
            },
            "update_item": {
                "Attributes": item,
                "ItemCollectionMetrics": {"ItemCollectionKey": key},
            },
        }
        server.expect(Reply.of(replies[method]))
        read = [
            without_date(getattr(make_client(kind), method)(**CALLS[method])) for kind in CLIENTS
        ]
        assert read[0] == read[1]
        assert str(read[0]).count(r"b'\x00\xff'") == 2

    def test_a_text_that_looks_binary_is_a_text(self, server: DynamoServer, lean: LeanClient):
        item = {**KEY, "B": {"S": '{"B": "AP8="}'}, "letter": {"S": "B"}}
        server.expect(Reply.of({"Item": item}))
        assert get(lean)["Item"] == item

    def test_a_value_that_dynamodb_does_not_have_is_a_bug(self, lean: LeanClient):
        with pytest.raises(TypeError, match="object"):
            lean.put_item(TableName="t", Item={"pk": {"S": object()}})


class TestResponses:
    @pytest.mark.parametrize(
        "reply",
        [
            Reply.of({"Item": ITEM, "ConsumedCapacity": None}),
            Reply.of({}, headers={"x-amzn-RequestId": "an-id"}),
            fault("ConditionalCheckFailedException", Item=ITEM),
            fault("TransactionCanceledException", CancellationReasons=[{"Code": "None"}]),
            fault("ValidationException"),
            fault("ResourceNotFoundException"),
            fault("ThrottlingException"),
            fault("ProvisionedThroughputExceededException"),
            fault("TransactionInProgressException"),
            fault("AccessDeniedException"),
            fault("InternalServerError", 500),
            Reply(b"<html>502</html>", 502, has_checksum=False),
            Reply(b"", 503),
            Reply(b"", 301, {"Location": "http://127.0.0.1:9"}),
            Reply(b"<html>of a captive portal</html>"),
            Reply(b"{}", headers={"x-amz-crc32": "7"}),
            None,
            Reply(b"{", headers={"Content-Length": "9"}, hangs_up=True),
        ],
        ids=str,
    )
    def test_what_comes_of_a_response_is_what_botocore_makes_of_it(
        self,
        reply: Reply | None,
        server: DynamoServer,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        pauses: list[float] = []
        monkeypatch.setattr(time, "sleep", pauses.append)
        seen = []
        for kind in CLIENTS:
            server.expect(reply)
            pauses.clear()
            random.seed(7)
            table_client = make_client(kind)
            Table(table_client, "t")
            told = outcome(lambda client=table_client: get(client))
            tries = [each.headers["amz-sdk-request"] for each in server.requests]
            stable = [text.split("; ", 1)[-1] if "ttl" in text else text for text in tries]
            has_ttl = ["ttl=" in text for text in tries]
            ids = {each.headers["amz-sdk-invocation-id"] for each in server.requests}
            seen.append((told, stable, has_ttl, list(pauses), len(ids)))
        assert seen[0] == seen[1]

    def test_a_response_in_chunks_or_compressed_is_read(
        self, server: DynamoServer, lean: LeanClient
    ):
        body = Reply.of({"Item": ITEM}).body
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        packed = gzip.compress(body)
        Table(lean, "t")
        for reply in (
            Reply(chunked, headers={"Transfer-Encoding": "chunked"}, has_checksum=False),
            Reply(packed, headers={"Content-Encoding": "gzip"}),
            Reply(
                packed,
                headers={"Content-Encoding": "gzip", "x-amz-crc32": str(zlib.crc32(body))},
            ),
        ):
            server.expect(reply)
            assert get(lean)["Item"] == ITEM
            assert len(server.requests) == 1

    def test_a_compressed_response_that_is_broken_is_tried_again(
        self, server: DynamoServer, lean: LeanClient
    ):
        packed = gzip.compress(b'{"Item": {}}')
        broken = Reply(packed[:12] + b"x" * 9, headers={"Content-Encoding": "gzip"})
        server.expect(broken, Reply())
        assert "Item" not in get(lean)
        assert len(server.requests) == 2


class TestTries:
    @pytest.mark.parametrize("kind", CLIENTS)
    def test_a_response_that_does_not_come_is_waited_for_as_configured(
        self, kind: str, server: DynamoServer, make_client: MakeClient
    ):
        is_over = threading.Event()
        server.answer = lambda _: is_over.wait(5) and None
        client = make_client(kind, CONFIG.merge(Config(read_timeout=0.1)))
        with pytest.raises(Unavailable):
            Table(client, "t").get(Key("a", "b"))
        is_over.set()
        assert len(server.requests) == 3

    @pytest.mark.parametrize("kind", CLIENTS)
    @pytest.mark.parametrize("mode", ["standard", "legacy"])
    @pytest.mark.parametrize("attempts", [1, 2, 4])
    def test_there_are_as_many_tries_as_configured(
        self,
        attempts: int,
        mode: str,
        kind: str,
        server: DynamoServer,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
    ):
        monkeypatch.setattr(time, "sleep", lambda _: None)
        server.expect(fault("InternalServerError", 500))
        retries: Any = {"mode": mode, "total_max_attempts": attempts}
        client = make_client(kind, Config(retries=retries))
        with pytest.raises(ClientError):
            get(client)
        assert len(server.requests) == attempts

    def test_a_port_where_nothing_listens_is_unreachable(
        self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(time, "sleep", lambda _: None)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
        lean, botocores = (outcome(lambda kind=kind: get(make_client(kind))) for kind in CLIENTS)
        assert lean == botocores

    def test_an_idle_connection_that_was_closed_costs_no_try(
        self, server: DynamoServer, lean: LeanClient
    ):
        for _ in range(3):
            server.expect(Reply(hangs_up=True))
            assert get(lean)["ResponseMetadata"]["RetryAttempts"] == 0
            time.sleep(0.05)
            assert [each.headers["amz-sdk-request"] for each in server.requests] == ["attempt=1"]

    def test_a_connection_is_kept_until_the_server_or_the_client_closes_it(
        self, server: DynamoServer, lean: LeanClient
    ):
        server.expect(Reply(), Reply(), Reply(headers={"Connection": "close"}), Reply())
        for _ in range(4):
            get(lean)
        lean.close()
        get(lean)
        connections = [each.connection for each in server.requests]
        assert connections[0] == connections[1] == connections[2]
        assert len(server.requests) == 5

    def test_the_quota_of_retries_is_used_and_given_back(
        self, server: DynamoServer, lean: LeanClient, monkeypatch: pytest.MonkeyPatch
    ):
        """A retry takes 5 of 500 units: after 50 failed calls there are no more retries."""
        monkeypatch.setattr(time, "sleep", lambda _: None)
        server.expect(fault("InternalServerError", 500))
        for _ in range(50):
            with pytest.raises(ClientError):
                get(lean)
        server.requests.clear()
        with pytest.raises(ClientError):
            get(lean)
        assert len(server.requests) == 1
        server.expect(Reply())
        for _ in range(5):
            get(lean)
        server.expect(fault("InternalServerError", 500), Reply())
        assert get(lean)["ResponseMetadata"]["RetryAttempts"] == 1


class TestClock:
    @pytest.mark.parametrize("offset", [-3600, 3600])
    def test_a_wrong_clock_is_corrected_once(
        self, offset: float, server: DynamoServer, lean: LeanClient
    ):
        def check(request: Request) -> Reply:
            text = request.headers["X-Amz-Date"]
            at = time.mktime(time.strptime(text, "%Y%m%dT%H%M%SZ")) - time.timezone
            is_right = abs(at - time.time() - offset) < 300
            return Reply() if is_right else fault("InvalidSignatureException")

        server.date_offset, server.answer = offset, check
        get(lean)
        get(lean)
        assert len(server.requests) == 3

    def test_a_signature_that_is_wrong_for_another_reason_is_not_tried_again(
        self, server: DynamoServer, lean: LeanClient
    ):
        server.expect(fault("InvalidSignatureException"))
        with pytest.raises(ClientError):
            get(lean)
        assert len(server.requests) == 1

    def test_a_clock_that_cannot_be_corrected_ends_after_one_more_request(
        self, server: DynamoServer, lean: LeanClient
    ):
        server.date_offset = 3600
        server.expect(fault("InvalidSignatureException"))
        with pytest.raises(ClientError):
            get(lean)
        assert len(server.requests) == 2


def test_threads_that_call_at_once_get_their_own_responses(
    server: DynamoServer, make_client: MakeClient
):
    server.answer = lambda request: Reply.of({"Item": request.document["Key"]})
    lean = make_client(config=CONFIG.merge(Config(read_timeout=20)))
    wrong: list[Any] = []

    def call(thread: int) -> None:
        for number in range(25):
            key = {"pk": {"S": str(thread)}, "sk": {"S": str(number)}}
            if lean.get_item(TableName="t", Key=key)["Item"] != key:
                wrong.append(key)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(server.requests) == 24 * 25
    assert len({each.connection for each in server.requests}) <= 24 * 25 // 2


class TestEvents:
    @pytest.mark.parametrize("method", CALLS)
    def test_listeners_hear_the_same_of_both_clients(self, method: str, make_client: MakeClient):
        heard: dict[str, list[Any]] = {}
        for kind in CLIENTS:
            client = make_client(kind)
            notes = heard[kind] = []

            def before_build(params: Any, model: Any, notes: Any = notes, **_: Any) -> None:
                notes.append(
                    (model.name, params["TransactItems"] if "Tr" in model.name else params)
                )

            def before_call(params: Any, model: Any, context: Any, notes: Any = notes, **_: Any):
                context["noted"] = True
                notes.append((model.name, len(params["body"]) > 10, params["url"]))

            def before_send(request: Any, notes: Any = notes, **_: Any) -> None:
                names = {name.lower() for name in dict(request.headers.items())}
                # botocore leaves these to urllib3.
                names -= {"host", "accept-encoding"}
                notes.append((request.method, request.url, names, len(request.body) > 10))

            def after_call(
                http_response: Any, parsed: Any, context: Any, notes: Any = notes, **_: Any
            ) -> None:
                del parsed["ResponseMetadata"]
                content = http_response.content
                notes.append((http_response.status_code, content, parsed, context["noted"]))

            for event, listener in (
                ("before-parameter-build", before_build),
                ("before-call", before_call),
                ("before-send", before_send),
                ("after-call", after_call),
            ):
                client.meta.events.register(f"{event}.dynamodb", listener)
            getattr(client, method)(**CALLS[method])
        lean, botocores = heard.values()
        assert lean == botocores
        assert len(lean) == 4

    @pytest.mark.parametrize("kind", CLIENTS)
    def test_a_listener_may_answer_in_place_of_dynamodb(
        self, kind: str, server: DynamoServer, make_client: MakeClient
    ):
        client = make_client(kind)
        reply = type("Reply", (), {"status_code": 200, "headers": {}, "content": b"{}"})
        client.meta.events.register("before-send.dynamodb", lambda **_: reply())
        get(client)
        planned = reply(), {"Item": ITEM}
        client.meta.events.register("before-call.dynamodb", lambda **_: planned)
        assert get(client)["Item"] == ITEM
        assert server.requests == []
