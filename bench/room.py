"""The planning room at the sizes S, M and L: what the board weighs and takes, where a session can go, a move.

The public rounds in ../shared/rounds, each with its greedy schedule as a draft of a round of its own, asked
by a test client as a coordinator. Seconds are of the processor (others may be at work on the machine),
medians; ratios are how many times an empty Flask view takes as much, asked in turns in the same run. "first"
is the first view of the board by region: its first part, with style sheets, scripts and icon, compressed by
gzip (level 6); "cold" the same in a process that has not read the draft yet. "moves" is the answer with every
place and time of one session, over many sessions, "wound" the first of them; "move" applies one. Ends with
status 1 when a first view is over 100 kB, when the answer for nine sessions of ten takes more than 150 ms, or
when the web process has loaded OR-Tools. Prints a table, writes bench/results/room.csv.
"""

from __future__ import annotations

import csv
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from flask.testing import FlaskClient  # noqa: E402

import config  # noqa: E402
from app import clock, create_app, schema  # noqa: E402
from app.accounts.identity import sign_in  # noqa: E402
from app.db import database, unit_of_work  # noqa: E402
from app.planning.models import Draft, PlanningRound  # noqa: E402
from app.planning.room.opened import forget  # noqa: E402
from bench.pages import empty_app, loaded_by, zipped  # noqa: E402
from tests.factories import make_account  # noqa: E402

ROUNDS = PROJECT.parent / "shared" / "rounds"
SIZES = ("S-1", "M-1", "L-1")
TIMES = 7
SESSIONS = 40
"""So many sessions are asked where they can go, and each of their answers is measured twice."""
BUDGET, MOVES_WITHIN = 100_000, 0.150


def import_draft(name: str) -> int:
    """A public round with its greedy schedule as a draft; returns the draft's id."""
    planned = json.loads((ROUNDS / f"{name}.json").read_bytes())
    schedule = json.loads((ROUNDS / f"{name}.greedy-schedule.json").read_bytes())
    with unit_of_work() as db:
        row = PlanningRound(
            code=name.lower(),
            title=name,
            first_day=date.fromisoformat(planned["first_day"]),
            last_day=date.fromisoformat(planned["last_day"]),
            created_at=clock.now(),
        )
        draft = Draft(
            planning_round=row,
            created_at=clock.now(),
            objective=schedule["objective"],
            bound=schedule["bound"],
            cost=schedule["cost"],
            held=len(schedule["sessions"]),
            seconds=1.0,
            round_document=planned,
            schedule_document=schedule,
        )
        db.add(draft)
        db.flush()
        return draft.id


def timed(ask: Callable[[], Any]) -> float:
    started = time.process_time()
    ask()
    return time.process_time() - started


def compared(client: FlaskClient, empty: FlaskClient, url: str) -> tuple[float, float]:
    """The median of a page's seconds, and of how many empty answers take as long."""
    pairs = [(timed(lambda: client.get(url)), timed(lambda: empty.get("/"))) for _ in range(TIMES)]
    return statistics.median(page for page, _ in pairs), statistics.median(
        page / each for page, each in pairs
    )


def measured(client: FlaskClient, empty: FlaskClient, name: str, draft: int) -> dict[str, Any]:
    url = f"/rounds/drafts/{draft}/room"
    forget()
    cold = timed(lambda: client.get(url))
    page, ratio = compared(client, empty, url)
    html = client.get(url).get_data()
    beside = sum(zipped(client.get(part).get_data()) for part in set(loaded_by(html.decode())))
    document = json.loads(client.get(f"/rounds/drafts/{draft}/schedule.json").data)
    held = len(document["sessions"])
    codes = [row["workshop"] for row in document["sessions"]]
    codes = codes[:: max(1, len(codes) // SESSIONS)]
    wound = timed(lambda: client.get(f"{url}/{codes[0]}/moves.json"))
    twice = [f"{url}/{code}/moves.json" for code in codes for _ in range(2)]
    asked = sorted(timed(partial(client.get, each)) for each in twice)
    nothing = statistics.median(timed(lambda: empty.get("/")) for _ in range(TIMES))
    moved = [seconds for code in codes[:TIMES] if (seconds := move(client, url, code)) is not None]
    return {
        "round": name,
        "sessions": held,
        "cold_seconds": cold,
        "first_seconds": page,
        "first_ratio": ratio,
        "html_gzip_bytes": zipped(html),
        "first_view_gzip_bytes": zipped(html) + beside,
        "moves_wound_seconds": wound,
        "moves_median_seconds": statistics.median(asked),
        "moves_p90_seconds": asked[int(0.9 * len(asked))],
        "moves_worst_seconds": asked[-1],
        "moves_ratio": statistics.median(asked) / nothing,
        "move_seconds": statistics.median(moved),
        "move_ratio": statistics.median(moved) / nothing,
    }


def move(client: FlaskClient, url: str, code: str) -> float | None:
    """Seconds to apply the first move that is allowed; `None` where a session has none."""
    found = client.get(f"{url}/{code}/moves.json").json
    to = next((each for each in found["moves"] if each["state"] != "impossible" and not each["here"]), None)
    if to is None:
        return None
    form = {"venue": to["venue"], "start": to["start"], "revision": found["revision"]}
    started = time.process_time()
    answer = client.post(f"{url}/{code}/move", data=form)
    seconds = time.process_time() - started
    assert answer.status_code == 303, answer.status
    return seconds


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({}, environment="testing", secret_key="b" * 40, instance_path=Path(folder))
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        logging.disable(logging.INFO)
        with app.app_context():
            schema.upgrade(database.engine)
            with unit_of_work() as db:
                token = sign_in(db, account=make_account(db, role="coordinator"), device="", now=clock.now())
            drafts = {name: import_draft(name) for name in SIZES}
        client, empty = app.test_client(), empty_app().test_client()
        with client.session_transaction() as cookie:
            cookie["login"] = token
        rows = [measured(client, empty, name, draft) for name, draft in drafts.items()]
    for name in rows[0]:
        print(
            f"{name:24}",
            *(f"{row[name]:>14.4f}" if isinstance(row[name], float) else f"{row[name]:>14}" for row in rows),
        )
    with (PROJECT / "bench" / "results" / "room.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {name: f"{value:.4f}" if isinstance(value, float) else value for name, value in row.items()}
            )
    loaded = "ortools" in sys.modules
    heavy = any(row["first_view_gzip_bytes"] > BUDGET for row in rows)
    slow = any(row["moves_p90_seconds"] > MOVES_WITHIN for row in rows)
    print("OR-Tools loaded:", loaded)
    return int(loaded or heavy or slow)


if __name__ == "__main__":
    sys.exit(main())
