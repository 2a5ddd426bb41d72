"""The line between a browser and the service as our readers have it: slow, and dropped at the worst moment.

`slow_3g` slows one page down; `Weight` counts what it loads. `CuttingProxy` stands before the service on
another port and, when told to, takes a request to the service and loses the answer, or loses the request
half-way: to the browser both are a connection that broke in mid-POST.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

SLOW_3G = {"latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
"""400 kbit/s each way and 400 ms there and back: the profile that web performance tests call slow 3G."""

USABLE_WITHIN = 3.0
"""Seconds until a page has everything that it needs, with nothing in the browser's cache."""

BUDGET = 50_000
"""Bytes that the first view may weigh, compressed, with all that it loads."""


@dataclass
class Weight:
    """The bytes that came over the line, heads included."""

    bytes: int = 0
    requests: list[str] = field(default_factory=list)


@contextmanager
def slow_3g(page: Any) -> Iterator[Weight]:
    """Everything that this page loads inside the block comes over slow 3G and is weighed."""
    tools = page.context.new_cdp_session(page)
    weight = Weight()
    tools.on("Network.requestWillBeSent", lambda sent: weight.requests.append(sent["request"]["url"]))

    def add(finished: dict[str, Any]) -> None:
        weight.bytes += int(finished["encodedDataLength"])

    tools.on("Network.loadingFinished", add)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_3G})
    yield weight
    tools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    tools.detach()


def open_slowly(page: Any, address: str) -> tuple[float, int]:
    """Open a page over slow 3G with an empty cache: the seconds until it is whole, and its bytes."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.clearBrowserCache")
    with slow_3g(page) as weight:
        began = time.monotonic()
        page.goto(address, wait_until="load")
        seconds = time.monotonic() - began
    tools.detach()
    return seconds, weight.bytes


class CuttingProxy:
    """A loopback proxy before the service.

    `lose_answer()`: the next POST reaches the service, its answer is lost. `lose_request()`: of the next
    POST only the first half gets through. `cut` tells how many times that happened since. A browser whose
    kept connection breaks sends a POST again by itself, once; only when that breaks too (`times=2`) does
    the reader see that something is wrong.
    """

    def __init__(self, service: str) -> None:
        address = urlsplit(service)
        self._service = (address.hostname, address.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut = 0
        self._armed, self._left = "", 0
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answer(self, times: int = 1) -> None:
        self._armed, self._left, self.cut = "answer", times, 0

    def lose_request(self, times: int = 1) -> None:
        self._armed, self._left, self.cut = "request", times, 0

    def close(self) -> None:
        self._ended.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError):
                browser, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        """One connection: each request goes on as a whole, so that it is known what is being cut."""
        with suppress(OSError), browser, socket.create_connection(self._service) as service:
            while (request := _message(browser)) is not None:
                loses = self._armed if request.startswith(b"POST ") and self._left else ""
                if loses == "request":
                    self._left, self.cut = self._left - 1, self.cut + 1
                    service.sendall(request[: len(request) // 2])
                    _reset(service)
                    _reset(browser)
                    return
                service.sendall(request)
                answer = _message(service)
                if answer is None:
                    return
                if loses == "answer":
                    self._left, self.cut = self._left - 1, self.cut + 1
                    _reset(browser)
                    return
                browser.sendall(answer)


def _message(line: socket.socket) -> bytes | None:
    """One whole HTTP message with its body; `None` when the line has ended."""
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := line.recv(65536)):
            return None
        got += more
    head, _blank, body = got.partition(b"\r\n\r\n")
    fields = {
        name.strip().lower(): value.strip()
        for name, _colon, value in (row.partition(b":") for row in head.split(b"\r\n")[1:])
    }
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        while not body.endswith(b"0\r\n\r\n"):
            if not (more := line.recv(65536)):
                return None
            body += more
    else:
        length = int(fields.get(b"content-length", b"0"))
        while len(body) < length:
            if not (more := line.recv(65536)):
                return None
            body += more
    return head + b"\r\n\r\n" + body


def _reset(line: socket.socket) -> None:
    """Break a connection off, as a lost line does, instead of ending it."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


@contextmanager
def cutting_proxy(service: str) -> Iterator[CuttingProxy]:
    """A proxy before the service at this address, until the block ends."""
    proxy = CuttingProxy(service)
    yield proxy
    proxy.close()
