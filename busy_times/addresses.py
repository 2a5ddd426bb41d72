"""What may be asked for: an https address whose every machine is on the public internet.

A name is resolved once; every address that it resolves to is held against the rule, and the
connection is then made to one of these, not to the name. So a name that answers with another
address the second time (rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import idna

from busy_times.refusals import Refused

LONGEST = 2000
PORTS = frozenset({443, 8443})
"""Where calendars are served; a mail server or a printer is not asked."""

AT_MOST = 4
"""So many of a name's addresses are tried."""

INSIDE = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private")
"""Last labels that only mean something inside a network."""

_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")
_LOOKS_LIKE_A_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]*|[0-9]+)")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask: the parts of an address that has the right shape."""

    secure: bool
    host: str
    """A name in ASCII, or the text of an IP address without brackets."""
    port: int
    path: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == (443 if self.secure else 80) else f":{self.port}"
        return f"{'https' if self.secure else 'http'}://{host}{port}{self.path}"


def read_address(typed: str, *, loopback: bool = False, typed_by_person: bool = True) -> Target:
    """The parts of an address. Raises `Refused`.

    `webcal:` means https. What a person typed with `http:` is asked for over https all the same; where a
    server sends us on (`typed_by_person` false) it must be https. `loopback` is for tests: plain http, any
    port.
    """
    text = typed.strip()
    if not text or len(text) > LONGEST or _STRANGE.search(text):
        raise Refused("not_an_address")
    if "://" not in text and typed_by_person and re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?/", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Refused("not_an_address") from None
    scheme = parts.scheme.lower()
    if scheme not in {"https", "webcal", "webcals", "http"}:
        raise Refused("scheme" if parts.scheme else "not_an_address")
    if scheme == "http" and not loopback and not typed_by_person:
        raise Refused("not_secure")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refused("credentials")
    secure = not (scheme == "http" and loopback)
    if port == 80 and not loopback and typed_by_person and scheme in {"http", "webcal"}:
        port = None
    target = Target(
        secure,
        _host(parts.hostname or "", loopback=loopback),
        (443 if secure else 80) if port is None else port,
        _path(parts.path, parts.query),
    )
    if not loopback and target.port not in PORTS:
        raise Refused("port")
    return target


def follow(target: Target, location: str, *, loopback: bool = False) -> Target:
    """Where a redirect leads. Raises `Refused`."""
    if len(location) > LONGEST or _STRANGE.search(location):
        raise Refused("redirects")
    try:
        whole = urljoin(target.url, location)
    except ValueError:
        raise Refused("redirects") from None
    return read_address(whole, loopback=loopback, typed_by_person=False)


def resolve(target: Target, *, loopback: bool = False) -> list[str]:
    """The addresses to connect to, every one of them checked. Raises `Refused("not_public")`."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("not_public") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(is_allowed(address, loopback=loopback) for address in addresses):
        raise Refused("not_public")
    return addresses[:AT_MOST]


def is_allowed(text: str, *, loopback: bool = False) -> bool:
    """Whether an IP address is one of a public machine, also inside those that carry an IPv4 address."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:  # a scope is written behind it, or worse
        return False
    if loopback and address.is_loopback:
        return True
    return all(_is_public(each) for each in _carried(address))


def _carried(address: Address) -> list[Address]:
    """The address and the IPv4 addresses that it stands for: mapped, NAT64, 6to4, Teredo."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        number = int(address)
        if address.ipv4_mapped is not None:
            return [address.ipv4_mapped]
        if address.sixtofour is not None:
            found.append(address.sixtofour)
        if address.teredo is not None:
            found += address.teredo
        if number >> 80 == 0x0064_FF9B_0001:  # NAT64 of one's own network
            return [ipaddress.IPv4Address(0)]
        if number >> 32 == 0x0064_FF9B_0000_0000_0000_0000:  # NAT64, by which networks without IPv4 reach it
            return [ipaddress.IPv4Address(number & 0xFFFF_FFFF)]
        if number >> 32 == 0:
            found.append(ipaddress.IPv4Address(number & 0xFFFF_FFFF))
    return found


def _is_public(address: Address) -> bool:
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)
    )


def _allowed(number: str, *, loopback: bool) -> str:
    """An address given as a number, which can be judged before anybody is asked. Raises `Refused`."""
    if not is_allowed(number, loopback=loopback):
        raise Refused("not_public")
    return number


def _host(name: str, *, loopback: bool) -> str:
    if not name:
        raise Refused("not_an_address")
    if ":" in name:  # IPv6
        try:
            return _allowed(str(ipaddress.IPv6Address(name)), loopback=loopback)
        except ValueError:
            raise Refused("not_an_address") from None
    try:
        ascii_name = idna.encode(name, uts46=True, transitional=False).decode("ascii").lower().rstrip(".")
    except idna.IDNAError:
        # names with an underscore are none, but exist; nothing else may pass here
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,253}", name):
            raise Refused("not_an_address") from None
        ascii_name = name.lower().rstrip(".")
    last = ascii_name.rpartition(".")[2]
    if _LOOKS_LIKE_A_NUMBER.fullmatch(last):
        try:  # four decimal numbers, and no other way to write it
            return _allowed(str(ipaddress.IPv4Address(ascii_name)), loopback=loopback)
        except ValueError:
            raise Refused("not_public") from None
    if loopback and ascii_name == "localhost":
        return ascii_name
    if last in INSIDE or "." not in ascii_name or ascii_name.endswith(".home.arpa"):
        raise Refused("not_public")
    return ascii_name


def _path(path: str, query: str) -> str:
    """What to ask for, in the characters that a request may hold."""
    try:
        unquote_to_bytes(path)
    except ValueError:
        raise Refused("not_an_address") from None
    asked = quote(path or "/", safe="/%:@!$&'()*+,;=~-._")
    return asked + (f"?{quote(query, safe='/%:@!$&()*+,;=~-._?')}" if query else "")
