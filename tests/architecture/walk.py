"""Trying every address of the service as everybody, and keeping what came back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.architecture.world import HOME, HOST, READERS, World

METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Visit:
    """One request as one reader; `changed` tells whether anything in the database is another now."""

    reader: str
    endpoint: str
    method: str
    url: str
    response: TestResponse
    changed: bool

    @property
    def outcome(self) -> str:
        """How far the reader got: `in` was sent to sign in, a number was turned away, `yes` was let in."""
        status = self.response.status_code
        if status in (301, 302, 303, 307) and "/sign-in" in str(self.response.location):
            return "in" if not self.endpoint.startswith("accounts.sign_") else "yes"
        if status in (401, 403, 404):
            return str(status)
        return "broken" if status >= 500 else "yes"

    def __str__(self) -> str:
        return f"{self.method} {self.url} ({self.endpoint}) as {self.reader}: {self.response.status_code}"


def rules(world: World) -> list[tuple[Rule, str]]:
    """Every route with each of its methods, in order of their names."""
    found = [
        (rule, method)
        for rule in world.app.url_map.iter_rules()
        for method in METHODS
        if method in (rule.methods or ())
    ]
    return sorted(found, key=lambda pair: (pair[0].endpoint, pair[1], pair[0].rule))


def for_programs(world: World) -> set[str]:
    """Endpoints that know tokens and no cookies."""
    return {
        endpoint
        for endpoint, view in world.app.view_functions.items()
        if getattr(view, "token_scope", None) is not None
    }


def address(world: World, rule: Rule, *, of_nothing: bool = False) -> str:
    """An address of this route: of something that is there, or of nothing."""
    values = {argument: world.value(rule.endpoint, argument) for argument in rule.arguments}
    if of_nothing:
        values = {name: 999_999 if isinstance(value, int) else "nothing" for name, value in values.items()}
    with world.app.test_request_context():
        return str(world.app.url_for(rule.endpoint, **values))


def client_of(world: World, reader: str, number: int = 1) -> FlaskClient:
    """A fresh browser of this reader, at an address of its own, so that no limit is met."""
    client = world.app.test_client()
    client.environ_base["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if reader in world.cookies:
        client.set_cookie("baraza", world.cookies[reader], domain=HOST)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {world.tokens[reader]}"
    return client


def walk(world: World) -> Iterator[Visit]:
    """Every route, by every method, as every reader; each finds the world as it was built."""
    assert world.contents_as_built, "the world is restored and known before anything is tried"
    for number, (rule, method, reader) in enumerate(
        (rule, method, reader) for rule, method in rules(world) for reader in READERS
    ):
        url = address(world, rule)
        with Watch(world) as watch:
            response = client_of(world, reader, number).open(
                url,
                method=method,
                base_url=HOME,
                data=world.forms.get(rule.endpoint) if method == "POST" else None,
                buffered=True,
            )
        yield Visit(reader, rule.endpoint, method, url, response, watch.changed)
        if watch.written:
            world.restore()


class Watch:
    """Tells whether anything in the database is another after a block."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.written = self.changed = False

    def __enter__(self) -> Watch:
        self.connection = sqlite3.connect(self.world.live)
        self.before = self._commits()
        return self

    def __exit__(self, *_: object) -> None:
        self.written = self._commits() != self.before
        self.connection.close()
        self.changed = self.written and self.world.contents() != self.world.contents_as_built

    def _commits(self) -> int:
        """SQLite's own count of what other connections have committed."""
        version: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        return version
