"""URLs of webhooks must resolve to public addresses, whatever DNS returns."""

import ast
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from local.url_policy import LocalUrlPolicy
from shared.adapters.delivery_failures import failure_of
from shared.adapters.url_policy import PublicUrlPolicy, is_public
from shared.domain.errors import Unreachable

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_what_anyone_can_call_is_public(address: str):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
        *("169.254.170.2", "172.31.255.255", "192.0.0.170", "192.0.2.1", "192.168.0.1"),
        *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1"),
        *("2001:db8::1", "2002:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1"),
        *("ff02::1", "fe80::1%eth0"),
    ],
)
def test_what_only_we_could_call_is_not(address: str):
    assert not is_public(ip_address(address))


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def answer(host: str, port: int, **_: object) -> list:
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_a_name_has_its_public_addresses_the_old_ones_first(monkeypatch: pytest.MonkeyPatch):
    resolving_to(monkeypatch, "2606:4700::1111", "8.8.8.8", "8.8.8.8")
    found = PublicUrlPolicy().resolve("example.com", 443)
    assert found == ["8.8.8.8", "2606:4700::1111"]


@pytest.mark.parametrize("one", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_name_with_any_address_that_is_not_public_is_refused(
    one: str, monkeypatch: pytest.MonkeyPatch
):
    resolving_to(monkeypatch, "8.8.8.8", one)
    with pytest.raises(Unreachable, match="not public"):
        PublicUrlPolicy().resolve("example.com", 443)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_an_address_in_disguise_is_what_the_system_takes_it_for(host: str):
    with pytest.raises(Unreachable):
        PublicUrlPolicy().resolve(host, 443)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "host_not_found", "no host"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), "dns_unavailable", "did not answer"),
        (OSError("out of sockets"), "host_not_found", "no host"),
    ],
)
def test_a_name_that_is_not_resolved_is_told_so(
    error: OSError, code: str, words: str, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> list:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unreachable, match=words) as found:
        PublicUrlPolicy().resolve("example.com", 443)
    assert failure_of(found.value).code == code


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example", "\ud800.example"])
def test_what_cannot_be_the_name_of_a_host_has_none(host: str):
    with pytest.raises(Unreachable, match="no host"):
        PublicUrlPolicy().resolve(host, 443)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:4000/a", "https://[::1]/", "http://localhost:4000/", "https://a.example"],
)
def test_a_run_on_ones_own_machine_may_send_to_it(url: str):
    assert LocalUrlPolicy().find_fault(url) is None


@pytest.mark.parametrize("url", ["http://a.example", "https://10.0.0.1/", "http://192.168.0.1/"])
def test_and_to_nothing_else_that_is_not_public(url: str):
    assert LocalUrlPolicy().find_fault(url) is not None


def test_own_names_are_not_looked_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked up"))
    assert LocalUrlPolicy().resolve("localhost", 80) == ["127.0.0.1", "::1"]
    assert LocalUrlPolicy().resolve("127.0.0.1", 80) == ["127.0.0.1"]


def test_nothing_that_is_deployed_chooses_other_destinations():
    """Only `local` and tests do, neither of which is in the layer or a function."""
    deployed = [*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    callers = [
        path
        for path in deployed
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and "choose_destinations" in ast.dump(node.func)
    ]
    assert deployed
    assert callers == []
