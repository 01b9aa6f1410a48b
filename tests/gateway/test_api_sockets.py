"""The same over real sockets: what a server between the caller and the application may do to a request."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from services.domain.rights import Kind
from services.gateway.server import listen
from tests.gateway.conftest import Gateway

HAVNEGADE = "10000270:havnegade"


@pytest.fixture
def address(estates_gateway: Gateway) -> Iterator[tuple[str, int]]:
    """A gateway that listens."""
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(estates_gateway.app, access_log=False, log_config=None, server_header=False))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(estates_gateway: Gateway, address: tuple[str, int]) -> Iterator[httpx.Client]:
    estates_gateway.organisation("10000319", Kind.CONTRACTOR)
    headers = {"Authorization": f"Bearer {estates_gateway.key('10000319')}"}
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", headers=headers) as found:
        yield found


def raw(address: tuple[str, int], request: bytes) -> bytes:
    """What comes back for bytes that no client would send."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(65_536)


def test_ids_with_slashes_arrive_as_one_segment(client: httpx.Client) -> None:
    for form in ("%2F", "%2f", "~"):
        answer = client.get(f"/v1/tenders/{HAVNEGADE}/targets/{HAVNEGADE}{form}oplaering")
        assert answer.json()["target"] == f"{HAVNEGADE}/oplaering"


def test_head_and_not_modified_leave_the_connection_fit_for_more(client: httpx.Client) -> None:
    got = client.get("/v1/tenders")
    for _ in range(3):
        head = client.head("/v1/tenders")
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(got.content)))
        same = client.get("/v1/tenders", headers={"If-None-Match": got.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert client.options("/v1/tenders").status_code == 204
    assert client.get("/v1/tenders").content == got.content


def test_a_body_that_never_ends_is_cut_off(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 100_000

    headers = {"Content-Type": "application/cloudevents+json"}
    # The answer may come, and the connection close, while the body is still being sent.
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        assert client.post("/v1/events", content=endless(), headers=headers).status_code == 413
    assert client.get("/v1/me").status_code == 200


@pytest.mark.parametrize(
    "request_line",
    [b"GET /v1/tenders/%zz HTTP/1.1", b"GET /v1/tenders/\xc3\xa6 HTTP/1.1", b"GET //v1//tenders HTTP/1.1"],
)
def test_strange_addresses_are_no_fault_of_ours(address: tuple[str, int], request_line: bytes) -> None:
    status = raw(address, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n").split(b" ")[1]
    assert status in {b"400", b"401", b"404"}
