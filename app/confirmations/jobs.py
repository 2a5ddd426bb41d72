"""What a worker does for confirmations: letters that are due, silence that lasted, finding substitutes."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from app import clock
from app.access import system
from app.confirmations import repair, silence
from app.confirmations.conversation import with_places
from app.confirmations.letters import write_letter
from app.confirmations.models import AskedPerson, ProposedPlace
from app.confirmations.proposals import Proposal, proposals
from app.db import database, unit_of_work
from app.errors import Conflict
from app.jobs.worker import JobFailed, Work
from app.network.models import Person
from app.planning.substituting import PlanUnreadable, find_substitutes

log = logging.getLogger(__name__)

PLANNER = system("planner")

AT_ONCE = 25
"""How many letters one transaction puts into the outbox."""

AT_MOST = 500
"""How many one minute writes: the rest is due in the next."""

KEPT = 12
"""So many substitutes are kept, the best of them."""


def look_after(now: datetime) -> None:
    """Write the letters that are due, and have silence mean what it was said to."""
    write_due_letters(now)
    end_silence(now)


def write_due_letters(now: datetime) -> None:
    """Killed half-way, the next minute goes on: each letter is written once, in the transaction that says so.

    One that cannot be written keeps none of the others back.
    """
    for _ in range(AT_MOST // AT_ONCE):
        with unit_of_work() as db:
            due = db.scalars(
                select(AskedPerson)
                .where(AskedPerson.due_at <= now)
                .options(*with_places())
                .order_by(AskedPerson.due_at, AskedPerson.id)
                .limit(AT_ONCE)
                .with_for_update(of=AskedPerson, skip_locked=True)
                .execution_options(populate_existing=True)
            ).all()
            plans: dict[int, dict[str, Proposal]] = {}
            for asked in due:
                try:
                    with db.begin_nested():
                        if asked.round_id not in plans:
                            plans[asked.round_id] = proposals(db, round_id=asked.round_id)
                        write_letter(db, asked=asked, proposed=plans[asked.round_id], now=now)
                except OperationalError:
                    raise
                except Exception:
                    log.exception("confirmation letter not written", extra={"asked": asked.id})
                    asked.due_at = None
        if len(due) < AT_ONCE:
            return


def end_silence(now: datetime) -> None:
    """One conversation that fails keeps none of the others back."""
    for asked_id in silence.overdue(database.session(), now=now, limit=AT_MOST):
        try:
            with unit_of_work() as db:
                silence.apply_silence(db, asked_id=asked_id, now=now)
        except OperationalError:
            raise
        except Exception:
            log.exception("silence not applied", extra={"asked": asked_id})


def find(work: Work) -> None:
    """Find out who could take a place that was declined; with `ask_best` ask the best of them.

    Raises JobFailed("no_plan" | "not_in_plan" | "plan_unreadable").
    """
    db = database.session()
    place = db.scalars(
        select(ProposedPlace)
        .where(ProposedPlace.id == work.subject_id)
        .options(joinedload(ProposedPlace.asked).joinedload(AskedPerson.person))
    ).one()
    plan = repair.present_plan(db, round_id=place.asked.round_id)
    if plan is None:
        raise JobFailed("no_plan")
    workshop, person = place.workshop.code, place.asked.person.code
    db.rollback()  # what follows takes its time and needs no database
    try:
        found = find_substitutes(plan, workshop=workshop, person=person)
    except LookupError as absent:
        raise JobFailed("not_in_plan") from absent
    except PlanUnreadable as unreadable:
        log.warning("substitutes not found: %s", unreadable, extra={"place": work.subject_id})
        raise JobFailed("plan_unreadable") from unreadable
    kept: dict[str, Any] = {"plan": plan.key, "found": [each.document() for each in found[:KEPT]]}
    work.report({}, keep=kept)
    if work.parameters.get("ask_best"):
        _ask_best(work.subject_id)


def _ask_best(place_id: int) -> None:
    """Ask the best substitute to whom one can write; whether the plan has changed meanwhile is looked at."""
    with unit_of_work() as db:
        place = db.get_one(ProposedPlace, place_id)
        found = repair.substitutes_found(db, place=place)
        codes = [each.person for each in found.substitutions]
        reached = set(
            db.scalars(select(Person.code).where(Person.code.in_(codes), Person.email.is_not(None)))
        )
        best = next((code for code in codes if code in reached), None)
        if best is not None:
            with contextlib.suppress(Conflict):  # repaired, or answered after all, while we were looking
                repair.ask_substitute(db, actor=PLANNER, place=place, code=best, now=clock.now())
