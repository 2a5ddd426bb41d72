"""The real service under a browser: web server, worker, planner and mail server, each in its own process.

Nothing is faked: an empty folder, the service's own commands, Chromium, a mail server that keeps all it gets.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PROJECT = Path(__file__).resolve().parents[2]
AXE = PROJECT / "tests" / "vendor" / "axe.min.js"
PATIENCE_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def wait_for(what: str, found: Callable[[], Any]) -> Any:
    """Ask until there is an answer; fails with `what` when there is none for a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


@dataclass
class Mailbox:
    """Everything that the SMTP server was given."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"])]

    def wait_for_letter(self, address: str, having: str = "") -> EmailMessage:
        """The newest letter to an address whose text has these words."""

        def newest() -> EmailMessage | None:
            fitting = [letter for letter in self.to(address) if having in text_of(letter)]
            return fitting[-1] if fitting else None

        letter: EmailMessage = wait_for(f"a letter to {address}", newest)
        return letter


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(letter["Subject"]) + "\n" + str(body.get_content())


@dataclass
class Service:
    """A running Baraza."""

    address: str
    folder: Path
    environment: dict[str, str]
    mailbox: Mailbox

    def command(self, *arguments: str) -> str:
        """Run one of the service's commands beside it; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def links(self) -> dict[str, dict[str, str]]:
        """Role -> name, sign-in link, feed address."""
        found: dict[str, dict[str, str]] = json.loads(self.command("demo", "links", "--json"))
        return found


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """The demonstration network, served, with worker and mail server beside it; nothing is planned yet."""
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}
        },
        "INSTANCE_PATH": str(folder),
        "PORT": str(port),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(controller.port),
        "MAIL_PER_MINUTE": "100000",
        "LETTERS_WAIT_MINUTES": "0",
    }
    running = Service(f"http://127.0.0.1:{port}", folder, environment, mailbox)
    running.command("init")
    running.command("demo", "load")
    controller.start()
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve"],
        cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for("the service", lambda: is_ready(running.address))
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=90)
        log.close()
        controller.stop()
    assert status == 0, (folder / "log").read_text()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that the journeys share."""
    with serving(tmp_path_factory.mktemp("service")) as running:
        yield running


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Door:
    """Opens pages of the service in browsers of one's own; each role signs in once, by its link."""

    browser: Any
    service: Service
    cookies: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def opened(
        self, role: str | None, *, language: str | None = "en", answers: Collection[int] = (), **options: Any
    ) -> Iterator[Any]:
        """The home page as that role reads it (nothing yet without a role); `language=None` leaves it theirs.

        Fails on whatever the browser complains about: a broken script, a policy, a page from elsewhere, an
        answer of 400 or more that is not among `answers`.
        """
        if role is not None and not self.cookies:
            self._sign_everybody_in()
        context = self.browser.new_context(
            base_url=self.service.address,
            storage_state=self.cookies[role] if role else None,
            **{"locale": "en-GB", "reduced_motion": "reduce", **options},
        )
        complaints = _complaints(context, self.service.address, answers)
        page = context.new_page()
        if role is not None:
            page.goto("/")
            if language is not None:
                read_in(page, language)
        yield page
        context.close()
        assert complaints == []

    def _sign_everybody_in(self) -> None:
        for role, person in self.service.links().items():
            context = self.browser.new_context()
            page = context.new_page()
            page.goto(person["sign_in"])
            page.get_by_role("main").get_by_role("button").click()
            page.wait_for_url(f"{self.service.address}/")
            self.cookies[role] = context.storage_state()
            context.close()


def _complaints(context: Any, address: str, answers: Collection[int]) -> list[str]:
    """What goes wrong in a browser from now on, as it is told."""
    complaints: list[str] = []

    def note_console(message: Any) -> None:
        if message.type != "error":
            return
        refused = re.search(r"status of (\d+)", message.text)
        if not (refused and int(refused[1]) in answers):
            complaints.append(f"{message.text} ({message.page.url if message.page else 'no page'})")

    def note_request(request: Any) -> None:
        if not request.url.startswith((address, "data:")):
            complaints.append(f"asked elsewhere: {request.url}")

    context.on("console", note_console)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", note_request)
    return complaints


def read_in(page: Any, language: str) -> None:
    """Choose a language in the menu, unless the page is in it already."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator("summary", has=page.locator(".locale")).click()
        page.locator(f"button[name=language][value={language}]").click()
        page.locator(f"html[lang={language}]").wait_for(state="attached")


@pytest.fixture(scope="session")
def door(browser: Any, service: Service) -> Door:
    return Door(browser, service)


@pytest.fixture
def visit(door: Door) -> Iterator[Callable[..., Any]]:
    """`visit(role, language=…, answers=…, **options)`: see `Door.opened`; closed when the test ends."""
    with ExitStack() as opened:
        yield lambda role=None, **options: opened.enter_context(door.opened(role, **options))


@pytest.fixture(scope="session")
def planned(door: Door) -> dict[str, str]:
    """The title of each round -> the address of its newest draft; planned only until there is any plan."""
    found: dict[str, str] = {}
    with door.opened("coordinator") as page:
        for title in ("Opening of 2027", "Season 2027"):
            page.goto("/rounds")
            page.get_by_role("link", name=title, exact=True).click()
            page.get_by_role("radio", name="1 minute").check()
            page.get_by_role("button", name="Plan", exact=True).click()
            page.get_by_role("heading", name="The planner").wait_for()
            planning_round = page.url
            wait_for(f"a draft of {title}", partial(_is_planned, page, planning_round))
            page.goto(planning_round)
            draft = page.get_by_role("main").get_by_role("link", name=re.compile(r"^Draft \d+$")).first
            found[title] = str(draft.get_attribute("href"))
    return found


def _is_planned(page: Any, address: str) -> bool:
    """Whether the planner is done with a round; it is asked to stop as soon as it has something."""
    from playwright.sync_api import Error as PlaywrightError

    try:
        progress = page.request.get(f"{address}/progress")
    except PlaywrightError:  # a server that is busy may close a connection that was kept: asked again
        return False
    if "hx-refresh" in progress.headers:
        return True
    if "Sessions in the plan" in progress.text() and "Stop and use the best so far" in progress.text():
        page.goto(address)
        stop = page.get_by_role("button", name="Stop and use the best so far")
        if stop.count():
            with suppress(Exception):  # done in this very moment
                stop.click(timeout=2000)
    return False


@pytest.fixture(scope="session")
def published(door: Door, planned: dict[str, str]) -> None:
    """The first round stands in people's calendars."""
    with door.opened("coordinator") as page:
        page.goto(planned["Opening of 2027"])
        page.get_by_role("link", name="Publish").click()
        page.get_by_role("button", name="Publish and tell").click()
        page.get_by_role("heading", level=1, name="Version 1").wait_for()


@contextmanager
def in_seconds(page: Any, seconds: int) -> Iterator[None]:
    """Allow what happens in this block so long."""
    page.set_default_timeout(seconds * 1000)
    yield
    page.set_default_timeout(30_000)
