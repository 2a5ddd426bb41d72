"""`flask up`, the whole of `make run`: as a newcomer meets it, and as it is met the second time."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.demo.load import CAST
from tests.commands.installation import Installation, free_port, wait_until

SERVED = re.compile(r"Baraza is served on (http://\S+) ")


def members_of(group: int) -> set[int]:
    """The processes of the session that `Installation.start` began, and of the worker's own."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if f"BARAZA_TEST_RUN={group}".encode() in environment.split(b"\0"):
            found.add(int(folder.name))
    return found


def rows_of(database: Path) -> dict[str, int]:
    """Table -> number of rows."""
    connection = sqlite3.connect(database)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    counts = {
        table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in sorted(tables)
    }
    connection.close()
    return counts


def get(address: str) -> tuple[int, bytes]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are counted in /proc")
def test_the_first_start_prepares_and_serves_and_the_second_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    mark = os.getpid()
    installation.variables |= {"PORT": str(free_port()), "BARAZA_TEST_RUN": str(mark)}
    database = installation.folder / "baraza.db"
    said: list[str] = []
    seconds: list[float] = []
    rows: list[dict[str, int]] = []
    for start in (1, 2):
        log = tmp_path / f"{start}.log"
        began = time.monotonic()
        served = installation.start("up", log=log)
        try:
            wait_until(
                lambda log=log, served=served: (
                    bool(SERVED.search(log.read_text())) or served.poll() is not None
                ),
                seconds=150,
                what="Baraza is served",
            )
            assert served.poll() is None, log.read_text()
            address = SERVED.search(log.read_text())[1]
            wait_until(lambda address=address: answers(address), seconds=10, what="it answers")
            seconds.append(time.monotonic() - began)
            assert get(f"{address}/readyz") == (200, b'{"status":"ok"}\n')
            feed = re.search(r"Coordinator: .*\n.*\n +calendar feed +(\S+)", log.read_text())[1]
            assert get(feed)[1].startswith(b"BEGIN:VCALENDAR\r\n")
        finally:
            stopping = time.monotonic()
            os.killpg(served.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
            status = served.wait(timeout=40)
        assert status == 0, log.read_text()
        assert time.monotonic() - stopping < 10
        wait_until(lambda: not members_of(mark) - {mark}, seconds=5, what="no process is left behind")
        said.append(log.read_text())
        rows.append(rows_of(database))
    assert "Demonstration network: loaded" in said[0]
    assert said[0].count("published: it stands in people's calendars") == 1
    assert len(re.findall(r"sign in \(works once\)", said[0])) == len(CAST)
    assert "Traceback" not in said[0] + said[1]
    assert "nothing to change" in said[1]
    assert seconds[1] < 10, "3 seconds on a machine that does nothing else"
    for links_and_their_trail in ("sign_in_code", "audit_entry"):
        assert rows[1].pop(links_and_their_trail) == rows[0].pop(links_and_their_trail) + len(CAST)
    assert rows[1] == rows[0]
    assert rows[0]["version"] == 1
    assert rows[0]["draft"] == 2


def answers(address: str) -> bool:
    try:
        return get(f"{address}/healthz")[0] == 200
    except OSError:
        return False


def test_a_port_that_is_taken_is_said_before_anything_is_done(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        installation.variables["PORT"] = str(taken.getsockname()[1])
        refused = installation.flask("up")
    assert refused.returncode == 1
    assert "is taken by another program" in refused.stderr
    assert not (installation.folder / "baraza.db").exists()
