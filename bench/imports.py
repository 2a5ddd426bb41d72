"""How long it takes to bring 10,000 people as a spreadsheet: `python bench/imports.py [rows]`.

Runs on an empty SQLite database in a scratch folder (or on DATABASE_URL, which must be empty) and prints one
line per step: reading, planning, applying, and the same file again when everything is as it says.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

import config
from app import create_app
from app.access import Actor
from app.accounts.models import Account
from app.db import Base, database
from app.network.models import Organisation, Place, Topic
from app.network.sheets import PEOPLE
from app.spreadsheets.csv_files import write_csv
from app.spreadsheets.plan import make_plan
from app.spreadsheets.queries import exported, plan_of
from app.spreadsheets.reading import read_table
from app.spreadsheets.services import Applied, apply_upload, keep_upload
from app.spreadsheets.xlsx_files import write_xlsx

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@contextmanager
def timed(what: str) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:<44} {wall:7.2f} s, of which {processor:6.2f} s on the processor", flush=True)


def rows_of(count: int) -> list[list[object]]:
    """`count` people of 200 organisations; each teaches one topic and needs two."""
    rows: list[list[object]] = [[column.name for column in PEOPLE.columns]]
    for n in range(count):
        values = {
            "code": f"person-{n}",
            "name": f"Person {n}, Cotonou",
            "email": f"person{n}@example.org",
            "organisation": f"org-{n % 200}",
            "place": f"place-{n % 100}",
            "languages": "fr;en",
            "facilitates": f"topic-{n % 30}",
            "needs_important": f"topic-{(n + 1) % 30};topic-{(n + 2) % 30}",
            "fee_per_day": n % 300,
        }
        rows.append([values.get(column.name, "") for column in PEOPLE.columns])
    return rows


def fill(db: Session) -> Actor:
    """What the rows name, and a coordinator to bring them."""
    account = Account(email="bench@example.org", name="Bench", created_at=NOW)
    db.add(account)
    for n in range(100):
        db.add(
            Place(
                code=f"place-{n}",
                name=f"Place {n}",
                country="BJ",
                latitude=6.4,
                longitude=2.4,
                timezone="Africa/Lagos",
            )
        )
    db.add_all(Organisation(code=f"org-{n}", kind="platform", name=f"Platform {n}") for n in range(200))
    db.add_all(Topic(code=f"topic-{n}", titles={"en": f"Topic {n}"}) for n in range(30))
    db.commit()
    return Actor(account_id=account.id, name="Bench", roles=frozenset({("coordinator", 1)}))


def bring(db: Session, actor: Actor, content: bytes, what: str) -> None:
    """Upload, look and apply, as the pages do."""
    with timed(f"{what}: read the file"):
        table = read_table(content)
    upload = keep_upload(db, actor=actor, sheet=PEOPLE, filename=what, table=table, now=NOW)
    db.commit()
    db.expunge_all()
    with timed(f"{what}: work out what it would do"):
        plan = plan_of(db, actor=actor, upload=upload, sheet=PEOPLE)
        fingerprint = plan.fingerprint()
    print(f"{'':<44} {plan.counts()}")
    upload = db.merge(upload)
    db.expire_all()
    with timed(f"{what}: apply"):
        outcome = apply_upload(db, actor=actor, upload=upload, sheet=PEOPLE, fingerprint=fingerprint, now=NOW)
        db.commit()
    assert isinstance(outcome, Applied)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rows = rows_of(count)
    with tempfile.TemporaryDirectory() as scratch:
        settings = config.load(
            {},
            environment="testing",
            instance_path=Path(scratch),
            database_url=os.environ.get("DATABASE_URL", ""),
        )
        with create_app(settings).app_context():
            Base.metadata.create_all(database.engine)
            db: Session = database.session()
            actor = fill(db)
            with timed("write CSV"):
                csv = write_csv(rows)
            with timed("write XLSX"):
                xlsx = write_xlsx([("People", rows)])
            bring(db, actor, csv, f"{count} new rows, CSV")
            bring(db, actor, xlsx, "the same again, XLSX")
            changed = [rows[0], *([*row[:1], f"{row[1]} II", *row[2:]] for row in rows[1:])]
            bring(db, actor, write_csv(changed), "every name changed, CSV")
            db.expunge_all()
            with timed("take all away, CSV"):
                taken = write_csv(exported(db, actor=actor, sheet=PEOPLE))
            db.expunge_all()
            plan = make_plan(PEOPLE, read_table(taken), PEOPLE.open(db, actor))
            assert plan.counts()["same"] == count, plan.counts()
            database.session.remove()
            database.engine.dispose()


if __name__ == "__main__":
    main()
