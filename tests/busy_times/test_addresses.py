"""What may be asked for, and what may not, before anything is connected to."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from busy_times.addresses import Target, follow, is_allowed, read_address, resolve
from busy_times.fetching import fetch
from busy_times.limits import DEFAULT
from busy_times.refusals import Refused


def refusal(address: str, **how: Any) -> str:
    with pytest.raises(Refused) as refused:
        resolve(read_address(address, **how), **how)
    return refused.value.reason


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("https://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        ("webcal://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        ("WEBCAL://Calendar.Example.ORG/A.ics", "https://calendar.example.org/A.ics"),
        ("http://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        ("http://calendar.example.org:80/a.ics", "https://calendar.example.org/a.ics"),
        ("https://cloud.example.org:8443/a", "https://cloud.example.org:8443/a"),
        ("  https://calendar.example.org/a.ics\n", "https://calendar.example.org/a.ics"),
        ("calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        ("https://calendar.example.org", "https://calendar.example.org/"),
        ("https://calendar.example.org/a?b=c&d=%20#top", "https://calendar.example.org/a?b=c&d=%20"),
        ("https://calendar.example.org/été.ics", "https://calendar.example.org/%C3%A9t%C3%A9.ics"),
        ("https://büro.example.org/a", "https://xn--bro-hoa.example.org/a"),
        ("https://calendar.example.org./a", "https://calendar.example.org/a"),
    ],
)
def test_an_address_is_asked_for_over_https(typed: str, asked: str) -> None:
    assert read_address(typed).url == asked


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "not_an_address"),
        ("my calendar", "not_an_address"),
        ("calendar", "not_an_address"),
        ("https://", "not_an_address"),
        ("https:///path", "not_an_address"),
        ("https://[::1", "not_an_address"),
        ("https://host:port/", "not_an_address"),
        ("https://example.org/" + "x" * 2000, "not_an_address"),
        ("https://example.org\\@127.0.0.1/", "not_an_address"),
        ("https://exa\tmple.org/", "not_an_address"),
        ("https://example.org/\r\nHost: other", "not_an_address"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/a.ics", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("data:text/calendar,BEGIN:VCALENDAR", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("caldav://example.org/", "scheme"),
        ("https://ama:secret@example.org/a.ics", "credentials"),
        ("https://ama@example.org/a.ics", "credentials"),
        ("https://@example.org/a.ics", "credentials"),
        ("https://example.org:22/", "port"),
        ("https://example.org:25/", "port"),
        ("https://example.org:6379/", "port"),
        ("https://example.org:80/", "port"),
        ("https://example.org:0/", "port"),
        ("https://169.254.169.254/latest/meta-data", "not_public"),
        ("https://10.0.0.1/a.ics", "not_public"),
        ("https://[fd12:3456::1]/a.ics", "not_public"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused_by_its_shape(typed: str, reason: str) -> None:
    """Before any name is looked up: such an address is not even kept."""
    with pytest.raises(Refused) as refused:
        read_address(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::a00:1]",
        "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fec0::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer",
        "printer.local",
        "wiki.internal",
        "router.lan",
        "nas.home.arpa",
        "db.intranet",
    ],
)
def test_what_is_inside_a_network_is_not_asked_however_it_is_written(host: str) -> None:
    assert refusal(f"https://{host}/a.ics") in {"not_public", "not_an_address"}


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize("address", ["fe80::1%eth0", "no address", "1.2.3", "::ffff:10.0.0.1", "100::1"])
def test_what_is_no_public_address_is_not_allowed(address: str) -> None:
    assert not is_allowed(address)


def answering(*answers: list[str]) -> Any:
    """A resolver that gives one of these after the other, and counts how often it was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    getaddrinfo.asked = asked  # type: ignore[attr-defined]
    return getaddrinfo


@pytest.mark.parametrize("found", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
def test_a_name_is_refused_if_any_of_its_addresses_is_inside(
    monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering(found))
    assert refusal("https://calendar.example.org/") == "not_public"


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is made to the address that was checked; the name is not looked up again."""
    resolver = answering(["8.8.8.8"], ["127.0.0.1"])
    connected: list[Any] = []

    def create_connection(address: Any, **_: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(Refused, match="no_answer"):
        fetch("https://rebinding.example.org/a.ics", limits=DEFAULT, agent="test")
    assert connected == [("8.8.8.8", 443)]
    assert resolver.asked == ["rebinding.example.org"]


@pytest.mark.parametrize(
    ("location", "leads"),
    [
        ("/b.ics", "https://example.org/b.ics"),
        ("b.ics", "https://example.org/x/b.ics"),
        ("//other.example.org/b", "https://other.example.org/b"),
        ("https://other.example.org/b", "https://other.example.org/b"),
    ],
)
def test_a_redirect_leads_on(location: str, leads: str) -> None:
    assert follow(Target(True, "example.org", 443, "/x/a.ics"), location).url == leads


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://example.org/a", "not_secure"),
        ("file:///etc/passwd", "scheme"),
        ("https://127.0.0.1/", "not_public"),
        ("https://[::ffff:10.0.0.1]/", "not_public"),
        ("https://localhost/", "not_public"),
        ("https://a:b@example.org/", "credentials"),
        ("https://example.org:9200/", "port"),
        ("https://example.org/ x", "redirects"),
        ("https://example.org/" + "x" * 3000, "redirects"),
    ],
)
def test_a_redirect_is_held_against_the_same_rules(location: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        resolve(follow(Target(True, "example.org", 443, "/x"), location))
    assert refused.value.reason == reason
