"""Servers that mean harm, or only behave badly: each a real one on this machine, read by the real reader."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import time
import zlib
from pathlib import Path

import pytest

from app.own_calendars.reading import Interrupted, NotRead, Unchanged, WasRead, read_calendar
from tests.busy_times.orders import SMALL, ask, order, spans
from tests.busy_times.servers import Answer, reply, serving

CERTIFICATE = Path(__file__).parents[1] / "app" / "mail" / "self_signed.pem"  # for localhost
BEACH = [("2027-03-01", "2027-03-05")]
QUICK = {"seconds": 1.5, "silence": 1.0}
MEGABYTE = 1024 * 1024


def raw(answer: bytes) -> Answer:
    return lambda connection, request: connection.sendall(answer)


def problem(*answers: Answer, **values: object) -> str:
    """Why the calendar of a server that answers like this was not read."""
    with serving(*answers) as server:
        outcome = ask(f"{server.url}/a.ics", **values)
    assert isinstance(outcome, NotRead), outcome
    return outcome.problem


def test_a_calendar_is_read_and_asked_for_politely() -> None:
    with serving(reply(SMALL, ETag='"7"', Last_Modified="Mon, 01 Mar 2027 10:00:00 GMT")) as server:
        outcome = ask(f"{server.url}/secret/a.ics?token=1")
    assert isinstance(outcome, WasRead)
    assert spans(outcome) == BEACH
    assert (outcome.events, outcome.counted, outcome.skipped) == (1, 1, 0)
    assert (outcome.etag, outcome.last_modified) == ('"7"', "Mon, 01 Mar 2027 10:00:00 GMT")
    assert server.requests[0].startswith(b"GET /secret/a.ics?token=1 HTTP/1.1\r\n")
    assert server.header("Host") == f"127.0.0.1:{server.port}"
    assert server.header("User-Agent") == "Baraza (+https://baraza.example.org)"
    assert server.header("Cookie") is None
    assert server.header("Authorization") is None


def test_what_has_not_changed_is_not_sent_again() -> None:
    with serving(reply(status="304 Not Modified")) as server:
        outcome = ask(f"{server.url}/a.ics", etag='"7"', last_modified="Mon, 01 Mar 2027 10:00:00 GMT")
    assert outcome == Unchanged()
    assert server.header("If-None-Match") == '"7"'
    assert server.header("If-Modified-Since") == "Mon, 01 Mar 2027 10:00:00 GMT"


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [(gzip.compress(SMALL), "gzip"), (zlib.compress(SMALL), "deflate"), (SMALL, "identity")],
)
def test_a_calendar_may_come_packed(packed: bytes, encoding: str) -> None:
    with serving(reply(packed, Content_Encoding=encoding)) as server:
        outcome = ask(f"{server.url}/a.ics")
    assert spans(outcome) == BEACH


def test_a_calendar_may_come_in_pieces_and_without_its_length() -> None:
    def chunked(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(SMALL), 50):
            piece = SMALL[start : start + 50]
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.sendall(b"0\r\n\r\n")

    def until_closed(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + SMALL)

    for answer in (chunked, until_closed):
        with serving(answer) as server:
            assert spans(ask(f"{server.url}/a.ics")) == BEACH


# -- Inside the network


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433"])
def test_this_machine_is_not_asked_for_anything(host: str) -> None:
    with serving(reply(SMALL)) as server:
        for scheme in ("http", "https", "webcal"):
            outcome = ask(f"{scheme}://{host}:{server.port}/a.ics", loopback=False)
            assert isinstance(outcome, NotRead)
            assert outcome.problem in {"not_public", "port", "not_an_address"}
    assert server.connections == 0


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://10.0.0.1/a.ics", "not_public"),
        ("http://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://[::ffff:192.168.0.1]/", "not_public"),
        ("https://printer.local/", "not_public"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("http://a:b@example.org/", "credentials"),
        ("http://exa mple.org/", "redirects"),
    ],
)
def test_a_server_cannot_send_us_inside(location: str, reason: str) -> None:
    assert problem(reply(status="302 Found", Location=location)) == reason


def test_we_are_sent_on_three_times_at_most() -> None:
    onward = [reply(status=f"{code} X", Location=f"/{code}.ics") for code in (301, 302, 307)]
    with serving(*onward, reply(SMALL)) as server:
        assert spans(ask(f"{server.url}/a.ics")) == BEACH
        assert [request.split()[1] for request in server.requests] == [
            b"/a.ics",
            b"/301.ics",
            b"/302.ics",
            b"/307.ics",
        ]
    with serving(reply(status="302 Found", Location="/a.ics")) as server:
        outcome = ask(f"{server.url}/a.ics")
        assert outcome == NotRead("redirects")
        assert len(server.requests) == 4
    assert problem(reply(status="302 Found")) == "trouble"


# -- Certificates


def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_the_certificate_is_checked_against_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(reply(SMALL), tls=tls()) as server:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        assert ask(f"https://localhost:{server.port}/a.ics") == NotRead("certificate")
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        outcome = ask(f"https://localhost:{server.port}/a.ics")
        assert spans(outcome) == BEACH
        assert server.header("Host") == f"localhost:{server.port}"


def test_the_name_goes_to_the_server_with_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    context = tls()
    context.sni_callback = lambda connection, name, _: asked.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serving(reply(SMALL), tls=context) as server:
        assert isinstance(ask(f"webcal://localhost:{server.port}/a.ics"), WasRead)
    assert asked == ["localhost"]


# -- Slow


def silent(connection: socket.socket, request: bytes) -> None:
    time.sleep(20)


def a_drop_at_a_time(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nBEGIN:VCALENDAR\r\n")
    while True:
        connection.sendall(b"X")
        time.sleep(0.1)


def headers_for_ever(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


def continue_for_ever(connection: socket.socket, request: bytes) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def sends_on_slowly(connection: socket.socket, request: bytes) -> None:
    time.sleep(0.7)
    reply(status="302 Found", Location="/on")(connection, request)


@pytest.mark.parametrize(
    "answer", [silent, a_drop_at_a_time, headers_for_ever, continue_for_ever, sends_on_slowly]
)
def test_there_is_one_time_for_all_of_it(answer: Answer) -> None:
    began = time.monotonic()
    assert problem(answer, limits=QUICK) == "slow"
    assert time.monotonic() - began < 6


def test_a_server_that_does_not_take_the_connection_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}/a.ics", limits=QUICK) == NotRead("no_answer")
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes it, and says nothing in TLS
        address = f"https://127.0.0.1:{listener.getsockname()[1]}/a.ics"
        assert ask(address, limits=QUICK) == NotRead("slow")


def test_a_reading_that_nobody_wants_any_more_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.own_calendars.reading.BEAT", 0.3)
    with serving(silent) as server, pytest.raises(Interrupted):
        read_calendar(order(f"{server.url}/a.ics"), go_on=lambda: False)


# -- Large


def test_a_huge_calendar_is_not_read_to_its_end() -> None:
    sent = 0

    def endless(connection: socket.socket, request: bytes) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n")
        while True:
            sent += connection.send(b"X-FILLER:" + b"x" * 65_000 + b"\r\n")

    assert problem(endless) == "too_big"
    assert sent < 20 * MEGABYTE


def test_a_calendar_that_says_how_huge_it_is_is_not_read_at_all() -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {50 * MEGABYTE}\r\n\r\n".encode()
    assert problem(raw(head + SMALL)) == "too_big"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_packed_to_nothing_is_not_unpacked(encoding: str) -> None:
    filler = b"BEGIN:VCALENDAR\r\n" + b"\0" * (100 * MEGABYTE)
    packed = gzip.compress(filler, 9) if encoding == "gzip" else zlib.compress(filler, 9)
    assert len(packed) < MEGABYTE
    assert problem(reply(packed, Content_Encoding=encoding), limits={"memory": 400 * MEGABYTE}) == "too_big"


def test_what_is_packed_twice_is_not_unpacked_twice() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * (50 * MEGABYTE), 9), 9)
    assert problem(reply(bomb, Content_Encoding="gzip")) == "not_a_calendar"
    assert problem(reply(bomb, Content_Encoding="gzip, gzip")) == "encoding"


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip"])
def test_what_we_cannot_unpack_is_refused(encoding: str) -> None:
    assert problem(reply(b"\x01\x02 no packing of ours", Content_Encoding=encoding)) == "encoding"


# -- Wrong


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("401 Unauthorized", "denied"),
        ("403 Forbidden", "denied"),
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("429 Too Many Requests", "trouble"),
        ("500 Internal Server Error", "trouble"),
        ("503 Service Unavailable", "trouble"),
        ("204 No Content", "trouble"),
        ("206 Partial Content", "trouble"),
        ("999 What", "trouble"),
    ],
)
def test_an_error_is_told_as_what_it_is(status: str, reason: str) -> None:
    assert problem(reply(status=status)) == reason


def test_we_wait_as_long_as_a_server_asks_within_reason() -> None:
    for asked, waited in (("3600", 3600), ("99999999", 86_400), ("soon", 0), ("-5", 0)):
        with serving(reply(status="429 Too Many Requests", Retry_After=asked)) as server:
            assert ask(f"{server.url}/a.ics") == NotRead("trouble", waited)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 two hundred OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Header: 1\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"220 mail.example.org ESMTP\r\n",
    ],
)
def test_what_is_not_http_is_no_answer(answer: bytes) -> None:
    assert problem(raw(answer), limits=QUICK) in {"no_answer", "not_a_calendar"}


def test_a_web_page_is_told_as_one() -> None:
    page = b"<!DOCTYPE html><html><title>Sign in</title></html>"
    assert problem(reply(page, Content_Type="text/html")) == "web_page"


def test_a_calendar_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    assert problem(reply(SMALL[:-40])) == "cut_off"

    def breaks_off(connection: socket.socket, request: bytes) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(SMALL)}\r\n\r\n".encode() + SMALL[:100])

    assert problem(breaks_off) in {"cut_off", "no_answer"}


def test_validators_that_are_no_fit_for_a_header_are_forgotten() -> None:
    with serving(reply(SMALL, ETag='"' + "x" * 300 + '"', Last_Modified="été")) as server:
        outcome = ask(f"{server.url}/a.ics")
    assert isinstance(outcome, WasRead)
    assert (outcome.etag, outcome.last_modified) == ("", "")


# -- The process


def test_the_address_stands_neither_in_the_arguments_nor_in_the_environment() -> None:
    seen: list[bytes] = []

    def look(connection: socket.socket, request: bytes) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                if b"busy_times" in command and b"pytest" not in command:
                    seen.append(command + (process / "environ").read_bytes())
            except OSError:
                continue
        reply(SMALL)(connection, request)

    os.environ["BARAZA_TEST_SECRET"] = "hidden-from-the-reader"
    try:
        with serving(look) as server:
            assert isinstance(ask(f"{server.url}/very-secret-token/a.ics"), WasRead)
    finally:
        del os.environ["BARAZA_TEST_SECRET"]
    assert seen
    assert not any(b"very-secret-token" in each or b"hidden-from-the-reader" in each for each in seen)
