"""One factory per model: `make_person(db, name="Ama")`.

Each makes what it needs and flushes; keywords override.

Everything is in Dakar, in French and English, in 2027, unless a test says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, RoleName
from app.accounts.identity import actor_of
from app.accounts.models import Account, RoleGrant
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.network.models import FACILITATES, Group, Organisation, Person, Place, Skill, Topic, Venue, Want
from app.planning.models import Draft, PlanningRound, RoundEntry
from app.planning.round_builder import build_round
from app.workshops.models import Fund, FundPromise, Initiative, Workshop

WHEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
_number = count(1)


def _make(values: dict[str, Any], **makers: Callable[[], Any]) -> None:
    """Make what a row needs and the test did not give."""
    for name, maker in makers.items():
        if values.get(name) is None:
            values[name] = maker()


def _add(db: Session, row: Any) -> Any:
    db.add(row)
    db.flush()
    return row


def make_place(db: Session, **values: Any) -> Place:
    n = next(_number)
    defaults: dict[str, Any] = {
        "code": f"place-{n}",
        "name": f"Dakar {n}",
        "country": "SN",
        "latitude": 14.7167,
        "longitude": -17.4677,
        "timezone": "Africa/Dakar",
        "languages": ["fr"],
    }
    return _add(db, Place(**{**defaults, **values}))


def make_venue(db: Session, **values: Any) -> Venue:
    n = next(_number)
    _make(values, place=lambda: make_place(db))
    defaults = {"code": f"venue-{n}", "name": f"Conference centre {n}", "seats": 30, "cost_per_day": 400}
    return _add(db, Venue(**{**defaults, **values}))


def make_organisation(db: Session, **values: Any) -> Organisation:
    n = next(_number)
    _make(values, place=lambda: make_place(db))
    defaults = {
        "code": f"org-{n}",
        "kind": "platform",
        "name": f"Platform {n}",
        "region": "West Africa",
        "country": "SN",
        "languages": ["fr", "en"],
    }
    return _add(db, Organisation(**{**defaults, **values}))


def make_group(db: Session, **values: Any) -> Group:
    n = next(_number)
    _make(values, organisation=lambda: make_organisation(db))
    return _add(
        db, Group(**{"code": f"group-{n}", "titles": {"en": f"Group {n}"}, "created_at": WHEN, **values})
    )


def make_topic(db: Session, **values: Any) -> Topic:
    n = next(_number)
    titles = {"en": f"Topic {n}", "fr": f"Thème {n}", "es": f"Tema {n}", "pt": f"Tema {n}"}
    return _add(db, Topic(**{"code": f"topic-{n}", "titles": titles, **values}))


def make_person(
    db: Session,
    *,
    teaches: dict[Topic, int] | None = None,
    wants: dict[Topic, int] | None = None,
    **values: Any,
) -> Person:
    n = next(_number)
    _make(values, organisation=lambda: make_organisation(db))
    _make(values, place=lambda: values["organisation"].place)
    defaults = {
        "code": f"person-{n}",
        "name": f"Person {n}",
        "email": f"person{n}@example.org",
        "languages": ["fr", "en"],
    }
    person = Person(**{**defaults, **values})
    person.skills = [Skill(topic=topic, level=level) for topic, level in (teaches or {}).items()]
    person.wants = [Want(topic=topic, weight=weight) for topic, weight in (wants or {}).items()]
    return _add(db, person)


def make_facilitator(db: Session, topic: Topic, *, level: int = FACILITATES, **values: Any) -> Person:
    return make_person(db, teaches={topic: level}, **values)


def make_account(
    db: Session,
    *,
    role: RoleName | None = None,
    organisation: Organisation | None = None,
    person: Person | None = None,
    **values: Any,
) -> Account:
    """An account; with `role` it holds it at `organisation` (made fitting when not given)."""
    n = next(_number)
    defaults = {
        "email": f"account{n}@example.org",
        "name": f"Account {n}",
        "created_at": WHEN,
        "person": person,
    }
    account = _add(db, Account(**{**defaults, **values}))
    if role is not None:
        kind = {"coordinator": "secretariat", "officer": "coalition", "focal_point": "platform"}[role]
        held_at = organisation or make_organisation(db, kind=kind)
        account.grants.append(RoleGrant(role=role, organisation=held_at, granted_at=WHEN))
        db.flush()
    return account


def make_actor(db: Session, role: RoleName | None = None, **values: Any) -> Actor:
    """The actor of a new account; see `make_account`."""
    return actor_of(db, make_account(db, role=role, **values))


def make_needs_call(db: Session, *, asked: Sequence[Organisation] = (), **values: Any) -> NeedsCall:
    """An open call about one topic until the end of 2026; each of `asked` has not begun."""
    n = next(_number)
    _make(values, topics=lambda: [make_topic(db)])
    defaults: dict[str, Any] = {
        "code": f"needs-{n}",
        "titles": {"en": f"Needs {n}", "fr": f"Besoins {n}"},
        "about": {},
        "languages": ["en", "fr"],
        "closes_on": date(2026, 12, 31),
        "state": "open",
        "opened_at": WHEN,
        "created_at": WHEN,
        "changed_at": WHEN,
    }
    call = _add(db, NeedsCall(**{**defaults, **values}))
    for organisation in asked:
        make_needs_answer(db, call, organisation=organisation)
    return call


def make_needs_answer(
    db: Session,
    call: NeedsCall,
    *,
    needs: dict[Topic, int] | None = None,
    offers: dict[Topic, int] | None = None,
    **values: Any,
) -> NeedsAnswer:
    """An answer that has not begun; with `needs` or `offers` it is handed in by the focal point."""
    _make(values, organisation=lambda: make_organisation(db))
    said = bool(needs or offers)
    defaults: dict[str, Any] = {
        "call": call,
        "state": "handed_in" if said else "not_begun",
        "asked_at": WHEN,
        "handed_in_at": WHEN if said else None,
        "answered_by": "Focal point" if said else "",
        "way": "link" if said else "",
        "version": int(said),
    }
    answer = NeedsAnswer(**{**defaults, **values})
    answer.lines = [NeedsLine(topic=topic, how_much=weight) for topic, weight in (needs or {}).items()]
    answer.offers = [NeedsOffer(topic=topic, level=level) for topic, level in (offers or {}).items()]
    return _add(db, answer)


def make_fund(db: Session, **values: Any) -> Fund:
    n = next(_number)
    _make(values, organisation=lambda: make_organisation(db, kind="coalition"))
    return _add(db, Fund(**{"code": f"fund-{n}", "title": f"Fund {n}", "amount": 50_000, **values}))


def make_initiative(db: Session, *, promises: dict[Fund, int] | None = None, **values: Any) -> Initiative:
    """A running initiative of a platform in 2027; with `promises`, parts of funds are kept for it."""
    n = next(_number)
    _make(values, organisation=lambda: make_organisation(db))
    _make(values, area=lambda: make_topic(db))
    defaults = {
        "code": f"initiative-{n}",
        "titles": {"en": f"Initiative {n}"},
        "first_day": date(2027, 1, 1),
        "last_day": date(2027, 12, 31),
        "state": "running",
        "created_at": WHEN,
        "changed_at": WHEN,
    }
    initiative = Initiative(**{**defaults, **values})
    initiative.promises = [FundPromise(fund=fund, amount=amount) for fund, amount in (promises or {}).items()]
    return _add(db, initiative)


def make_workshop(db: Session, **values: Any) -> Workshop:
    """An approved two-day peer exchange in person; `mode="online"` makes it a webinar of 90 minutes."""
    n = next(_number)
    online = values.get("mode") == "online"
    _make(values, topic=lambda: make_topic(db))
    _make(values, requested_by=lambda: make_organisation(db, kind="coalition"))
    if not online:
        _make(values, venues=lambda: [make_venue(db)])
    defaults = {
        "code": f"workshop-{n}",
        "titles": {"en": f"Workshop {n}", "fr": f"Atelier {n}"},
        "kind": "webinar" if online else "peer_exchange",
        "mode": "in_person",
        "days": None if online else 2,
        "minutes": 90 if online else None,
        "window_first": date(2027, 3, 1),
        "window_last": date(2027, 4, 30),
        "languages": ["fr"],
        "seats_min": 1,
        "seats_max": 12,
        "state": "approved",
        "created_at": WHEN,
        "changed_at": WHEN,
    }
    return _add(db, Workshop(**{**defaults, **values}))


def make_round(db: Session, *, workshops: list[Workshop] | None = None, **values: Any) -> PlanningRound:
    n = next(_number)
    defaults = {
        "code": f"round-{n}",
        "title": f"Round {n}",
        "first_day": date(2027, 1, 1),
        "last_day": date(2027, 12, 31),
        "created_at": WHEN,
    }
    planning_round = PlanningRound(**{**defaults, **values})
    planning_round.entries = [RoundEntry(workshop=workshop) for workshop in workshops or []]
    return _add(db, planning_round)


def make_draft(
    db: Session, planning_round: PlanningRound, planned: Sequence[Planned], **values: Any
) -> Draft:
    """A draft whose schedule is written by hand; the round document is what the builder makes of the rows."""
    built = build_round(db, planning_round)
    codes = {planned_one.workshop.code for planned_one in planned}
    schedule = {
        "format": "schedule/1",
        "round": planning_round.code,
        "sessions": [one.document() for one in planned],
        "unscheduled": [
            {"workshop": code, "reasons": [{"rule": "not_found", "people": [], "workshops": [], "text": ""}]}
            for code in built.round.workshops
            if code not in codes
        ],
        "objective": 0,
        "bound": None,
        "cost": 0,
    }
    defaults = {
        "planning_round": planning_round,
        "created_at": WHEN,
        "objective": 0,
        "cost": 0,
        "held": len(planned),
        "seconds": 1.0,
        "round_document": json.loads(built.document),
        "schedule_document": schedule,
    }
    return _add(db, Draft(**{**defaults, **values}))


@dataclass(frozen=True, slots=True)
class Planned:
    """A session of a hand-written schedule: `start` as the format has it, the first of the team leads."""

    workshop: Workshop
    start: str
    team: Sequence[Person]
    seats: Sequence[Person]
    venue: Venue | None = None

    def document(self) -> dict[str, Any]:
        roles = ["lead", *["facilitator"] * (len(self.team) - 1)]
        return {
            "workshop": self.workshop.code,
            "venue": self.venue.code if self.venue else None,
            "start": self.start,
            "team": [{"person": p.code, "role": role} for p, role in zip(self.team, roles, strict=True)],
            "seats": [person.code for person in self.seats],
        }
