"""One answer over http, within limits, from the machine that was checked.

Written on the standard library's client, because the decisive step is ours: the socket goes to the
address that was checked, while certificate and Host are those of the name. No cookie, no
password, no proxy and nothing of the environment goes along. `app.webhooks` calls others by the same
connection.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import zlib
from contextlib import closing
from dataclasses import dataclass

from busy_times.addresses import Target, follow, read_address, resolve
from busy_times.limits import Limits
from busy_times.refusals import Refused

PIECE = 64 * 1024
LONGEST_VALIDATOR = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the calendar as it was sent, or `None` when it is as it was the last time."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""


@dataclass(slots=True)
class Clock:
    """How long there is left of the whole."""

    until: float
    silence: float

    def step(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise Refused("slow")
        return min(left, self.silence)


class Connection(http.client.HTTPConnection):
    """A connection to a checked address; name and certificate are those of the target."""

    def __init__(self, target: Target, address: str, clock: Clock, tls: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port)
        self.default_port = 443 if target.secure else 80  # not repeated in the Host
        self._address, self._clock, self._tls = address, clock, tls

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), timeout=self._clock.step())
        if self._tls is None:
            self.sock = plain
            return
        try:
            plain.settimeout(self._clock.step())
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def fetch(
    address: str,
    *,
    limits: Limits,
    agent: str,
    etag: str = "",
    last_modified: str = "",
    own_host: str = "",
    loopback: bool = False,
) -> Answer:
    """Ask for a calendar. `etag` and `last_modified` are those of the last answer. Raises `Refused`."""
    clock = Clock(time.monotonic() + limits.seconds, limits.silence)
    target = read_address(address, loopback=loopback)
    headers = {"Accept": "text/calendar, */*;q=0.5", "Accept-Encoding": "gzip", "User-Agent": agent}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _ in range(limits.redirects + 1):
        if own_host and target.host == own_host and not loopback:
            raise Refused("our_own")
        with closing(connected(target, clock, loopback=loopback)) as connection:
            found = _ask(connection, target, headers, clock, limits)
        if isinstance(found, Answer):
            return found
        target = follow(target, found, loopback=loopback)
    raise Refused("redirects")


def connected(target: Target, clock: Clock, *, loopback: bool) -> Connection:
    """A connection to the first address of the target that answers."""
    addresses = resolve(target, loopback=loopback)
    tls = ssl.create_default_context() if target.secure else None
    failure = Refused("no_answer")
    for address in addresses:
        connection = Connection(target, address, clock, tls)
        try:
            connection.connect()
        except ssl.SSLCertVerificationError:
            failure = Refused("certificate")
        except TimeoutError:
            failure = Refused("slow")
        except OSError:  # ssl's own errors among them
            failure = Refused("no_answer")
        else:
            return connection
    raise failure


def _ask(
    connection: Connection, target: Target, headers: dict[str, str], clock: Clock, limits: Limits
) -> Answer | str:
    """One question: the answer, or where we are sent on to."""
    try:
        connection.sock.settimeout(clock.step())
        connection.request("GET", target.path, headers=headers)
        response = connection.getresponse()
        if response.status == 304:
            return Answer(None)
        if response.status in {301, 302, 303, 307, 308}:
            location = response.getheader("Location", "")
            if not location:
                raise Refused("trouble")
            return location
        if response.status != 200:
            raise _refusal(response)
        body = _body(response, connection, clock, limits)
    except TimeoutError:
        raise Refused("slow") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Refused("no_answer") from None
    return Answer(body, _validator(response, "ETag"), _validator(response, "Last-Modified"))


def _refusal(response: http.client.HTTPResponse) -> Refused:
    if response.status in {401, 402, 403, 407}:
        return Refused("denied")
    if response.status in {404, 410}:
        return Refused("gone")
    asked = response.getheader("Retry-After", "").strip()
    return Refused("trouble", wait=min(int(asked), 86_400) if asked.isdecimal() and len(asked) < 9 else 0)


def _body(response: http.client.HTTPResponse, connection: Connection, clock: Clock, limits: Limits) -> bytes:
    """The body, unpacked; as soon as it is more than it may be, no more of it is read."""
    packing = response.getheader("Content-Encoding", "").strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise Refused("encoding")
    unpack = zlib.decompressobj(47) if packing not in {"", "identity"} else None
    announced = response.getheader("Content-Length", "")
    if announced.isdecimal() and int(announced[:20]) > limits.bytes_sent:
        raise Refused("too_big")
    sent, whole = 0, bytearray()
    while True:
        if connection.sock is not None:  # given up by the client once all has come
            connection.sock.settimeout(clock.step())
        piece = response.read1(PIECE)
        if not piece:
            return bytes(whole)
        sent += len(piece)
        if sent > limits.bytes_sent:
            raise Refused("too_big")
        whole += _unpacked(unpack, piece, limits.bytes_unpacked + 1 - len(whole)) if unpack else piece
        if len(whole) > limits.bytes_unpacked:
            raise Refused("too_big")
        clock.step()


def _unpacked(unpack: zlib._Decompress, piece: bytes, most: int) -> bytes:
    try:
        return unpack.decompress(piece, most) if not unpack.eof else b""
    except zlib.error:
        raise Refused("encoding") from None


def _validator(response: http.client.HTTPResponse, name: str) -> str:
    """A validator to send back the next time, if it is fit for a header."""
    value = response.getheader(name, "").strip()
    fit = len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable()
    return value if fit else ""
