"""The demonstration with everything that a year of use leaves behind, for tests that try every address.

Built once per test process on SQLite, then copied back after every request that changed something.
What the addresses of the service name (a round, a draft, a person …) is of the coalition REPAOC and its
platform in Togo, so that an officer of another coalition is a stranger to it.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, schema
from app.access import system
from app.accounts.identity import SCOPES, actor_of, sign_in
from app.accounts.models import Account, Login, RoleGrant
from app.accounts.queries import tokens_of
from app.accounts.services import issue_link, issue_token
from app.availability.models import (
    AvailabilityAsk,
    AvailabilityPattern,
    AvailabilitySpan,
    SchoolHoliday,
)
from app.availability.queries import LINK
from app.calendars.addresses import feed_path
from app.calendars.letters.services import let_letters_go
from app.calendars.models import FEED_KINDS, Feed, IncomingAnswer
from app.calendars.services import feed_of_person, open_feed, open_public_feed
from app.confirmations.asking import AskingTerms, open_draft_to_answers
from app.confirmations.letters import link_of as confirmation_link_of
from app.confirmations.models import ProposedPlace
from app.confirmations.services import take_answer
from app.db import Base, database, unit_of_work
from app.demo.load import cast, load_demonstration
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.mail.models import BouncingAddress, OutboxLetter
from app.mail.subscriptions import stop_path
from app.needs.links import link_path
from app.needs.models import NeedsCall, NeedsLine
from app.needs.queries import areas_of
from app.needs.queries.calls import recipients_of
from app.network.models import (
    MAY_LEAD,
    Closure,
    Group,
    GroupChair,
    Organisation,
    Person,
    Place,
    Skill,
    Venue,
    VenueClosure,
    Want,
)
from app.nominations.letters import link_of
from app.nominations.models import Nomination
from app.own_calendars.jobs import seal
from app.own_calendars.models import OwnCalendar
from app.personal_links import link_token
from app.planning.asking import ask_why
from app.planning.happenings import Happening
from app.planning.models import Draft, PlanningRound, Question
from app.propositions.letters import link_of as proposition_link_of
from app.propositions.models import Proposition, PropositionMember, PropositionSet
from app.schedule.models import Seat, Version, WorkshopSession
from app.schedule.programme import slug
from app.schedule.services import publish_draft
from app.seats.letters import link_of as seat_link_of
from app.stages import JOBS
from app.travel.models import AccessNeeds, BorderClosure, VisaTime
from app.webhooks.jobs import seal as seal_of_webhooks
from app.webhooks.models import Webhook, WebhookCall
from app.workshops.models import Fund, Initiative, Workshop
from tests.factories import Planned, make_draft, make_needs_call, make_workshop

HOST = "baraza.example.org"
HOME = f"https://{HOST}"

READERS = (
    "nobody",
    "participant",
    "facilitator",
    "co_chair",
    "focal_point",
    "officer",
    "other_officer",
    "coordinator",
)
"""Who asks: `officer` and `focal_point` are of the coalition and platform that everything named belongs
to, `other_officer` is of another coalition; `co_chair` has no role, but co-chairs the group."""


@dataclass
class World:
    """An application on the demonstration, and what its addresses can name."""

    app: Flask
    live: Path
    pristine: Path
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """With which programs call in a reader's name, for all that may be asked for."""
    named: dict[str, Any] = field(default_factory=dict)
    """Argument of an address -> a value for it; 'endpoint:argument' goes before 'argument'."""
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    """Endpoint -> the fields without which it says that there is no such thing."""
    secrets: set[str] = field(default_factory=set)
    """What no log may hold: addresses, tokens and names of people."""

    def value(self, endpoint: str, argument: str) -> Any:
        for name in (f"{endpoint}:{argument}", f"{endpoint.partition('.')[0]}.*:{argument}", argument):
            if name in self.named:
                return self.named[name]
        raise LookupError(f"tests/architecture/world.py: what is <{argument}> in the address of {endpoint}?")

    def restore(self) -> None:
        """Put the database back as it was built."""
        with self.app.app_context():
            database.session.remove()
            database.engine.dispose()
        for leftover in self.live.parent.glob("baraza.db*"):
            leftover.unlink()
        shutil.copy(self.pristine, self.live)

    def contents(self) -> dict[str, set[tuple[Any, ...]]]:
        """Table -> its rows as they are now."""
        with sqlite3.connect(self.live) as connection:
            found = {
                table.name: set(connection.execute(f'SELECT * FROM "{table.name}"'))
                for table in Base.metadata.sorted_tables
            }
        connection.close()
        return found

    @cached_property
    def contents_as_built(self) -> dict[str, set[tuple[Any, ...]]]:
        self.restore()
        return self.contents()


def build(app: Flask, folder: Path) -> World:
    """Fill an empty database of `app` in `folder` with the world."""
    world = World(app, live=folder / "baraza.db", pristine=folder / "pristine.db")
    with app.app_context():
        schema.upgrade(database.engine)
        now = clock.now()
        with unit_of_work() as db:
            opening, year = load_demonstration(db, actor=system("test"), now=now)
        with unit_of_work() as db:
            _publish(db, world, opening, year, now)
        for job in database.session().scalars(select(Job).where(Job.state == "queued")).all():
            run_job(job.id, JOBS)
        with unit_of_work() as db:
            accounts = _accounts(db, now)
            _name_things(db, world, accounts, now)
            tokens = {
                name: sign_in(db, account=account, device="test", now=now)
                for name, account in accounts.items()
            }
            for name, account in accounts.items():
                world.tokens[name] = _token(db, account, now)
            world.named["token_id"] = tokens_of(db, account=accounts["officer"])[0].id
            plan = Job(kind="plan_document", subject_id=accounts["coordinator"].id, queued_at=now)
            plan.state, plan.error, plan.finished_at = "failed", "nothing_found", now
            db.add(plan)
            db.flush()
            world.named["plan_id"] = plan.id
            officer_login = db.scalars(select(Login).where(Login.account_id == accounts["officer"].id))
            world.named["login_id"] = officer_login.one().id
            link = issue_link(db, account=accounts["participant"], now=now, valid_for=timedelta(days=1))
            world.named["token"] = link.rpartition("/")[2]
        _keep_cookies(world, tokens)
        _collect_secrets(world, tokens)
        sheets = {"network": "people", "workshops": "requests", "needs": "answers", "travel": "visas"}
        for stage, sheet in sheets.items():
            world.named[f"{stage}.*:name"] = sheet
            world.named[f"{stage}.upload:token"] = _uploaded(world, f"/{stage}/spreadsheets/{sheet}")
        database.session.remove()
        database.engine.dispose()
    with sqlite3.connect(world.live) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(world.live, world.pristine)
    return world


def _publish(db: Session, world: World, opening: PlanningRound, year: PlanningRound, now: datetime) -> None:
    """A version of the small round, another draft of it, and one of the year that nobody published."""
    opening, year = db.merge(opening), db.merge(year)
    opening.is_public = True
    planned = [_planned(db, entry.workshop) for entry in opening.entries]
    first = make_draft(db, opening, planned)
    version = publish_draft(db, actor=system("test"), draft=first, note="The first", now=now)
    let_letters_go(db, actor=system("test"), version=version, now=now, wake=lambda job: None)
    moved = make_draft(db, opening, planned[1:])
    held = [entry.workshop for entry in year.entries if entry.workshop.code == "repaoc-exchange-1"]
    of_year = make_draft(db, year, [_planned(db, workshop) for workshop in held])
    why = ask_why(
        db,
        actor=system("test"),
        draft=moved,
        workshop=planned[0].workshop.code,
        now=now,
        wake=lambda job_id: None,
    )
    mending = Question(
        round_id=opening.id,
        kind="repair",
        topic="request",
        asked={
            "happening": Happening("request", planned[0].workshop.code).as_data(),
            "round": moved.round_document,
            "keep": {},
        },
        asked_at=now,
    )
    db.add(mending)
    job = Job(kind="plan_round", subject_id=year.id, state="failed", error="worker_died", queued_at=now)
    db.add(job)
    db.flush()
    repaoc = db.scalars(select(Workshop).where(Workshop.code == "opening-repaoc")).one()
    session = db.scalars(select(WorkshopSession).where(WorkshopSession.workshop_id == repaoc.id)).one()
    world.named |= {
        "region": slug(repaoc.requested_by.region),
        "round_id": year.id,
        "draft_id": moved.id,
        "planning.*:draft_id": of_year.id,
        "planning.*:code": held[0].code,
        "question_id": why.id,
        "explanation_id": why.id,
        "planning.draft_picture:name": "map",
        "schedule.picture:name": "map",
        "planning.repair:round_id": opening.id,
        **{
            f"planning.{view}:question_id": mending.id
            for view in ("repairs", "repairs_progress", "take_repair")
        },
        "version_id": version.id,
        "session_id": session.id,
        "calendars.*:person_id": session.team[0].person_id,
        "planning.take_out:workshop_id": held[0].id,
    }
    slot = {"venue": held[0].venues[0].code, "start": held[0].window_first.isoformat(), "revision": "0"}
    world.forms["planning.room_move"] = slot


def _planned(db: Session, workshop: Workshop) -> Planned:
    """The workshop in its first week, led by somebody who may, for three invited people who want it."""
    lead = db.scalars(
        select(Person).join(Skill).where(Skill.topic_id == workshop.topic_id, Skill.level == MAY_LEAD)
    ).first()
    homes = [organisation.id for organisation in workshop.invited]
    seats = db.scalars(
        select(Person)
        .join(Want)
        .where(Want.topic_id == workshop.topic_id, Person.organisation_id.in_(homes), Person.id != lead.id)
        .order_by(Person.id)
        .limit(3)
    ).all()
    monday = workshop.window_first + timedelta(days=-workshop.window_first.weekday() % 7)
    start = f"{monday}T14:00Z" if workshop.is_online else monday.isoformat()
    return Planned(workshop, start, [lead], seats, None if workshop.is_online else workshop.venues[0])


def _accounts(db: Session, now: datetime) -> dict[str, Account]:
    """The demonstration's accounts, and an officer of another coalition."""
    accounts = cast(db)
    mesa = db.scalars(select(Organisation).where(Organisation.code == "mesa")).one()
    person = db.scalars(select(Person).where(Person.code == "officer-mesa")).one()
    other = Account(email=person.email, name=person.name, language="es", person=person, created_at=now)
    other.grants = [RoleGrant(role="officer", organisation=mesa, granted_at=now)]
    known = [account.person_id for account in accounts.values()]
    chair = db.scalars(
        select(Person)
        .join(GroupChair, GroupChair.person_id == Person.id)
        .where(Person.id.not_in(known))
        .order_by(Person.id)
    ).first()
    co_chair = Account(email=chair.email, name=chair.name, person=chair, created_at=now)
    db.add_all((other, co_chair))
    db.flush()
    return {**accounts, "other_officer": other, "co_chair": co_chair}


def _token(db: Session, account: Account, now: datetime) -> str:
    """A token that was just used, so that its next use writes nothing."""
    issued = issue_token(
        db,
        actor=actor_of(db, account),
        account=account,
        name="A notebook",
        scopes=SCOPES,
        valid_for=timedelta(days=30),
        now=now,
    )
    issued.token.last_used_at = now + timedelta(hours=2)  # however long the tests take
    return issued.secret


def _name_things(db: Session, world: World, accounts: Mapping[str, Account], now: datetime) -> None:
    repaoc = db.scalars(select(Organisation).where(Organisation.code == "repaoc")).one()
    togo = db.scalars(select(Organisation).where(Organisation.code == "fongto-tg")).one()
    known = {account.person_id for account in accounts.values()}
    somebody = db.scalars(
        select(Person).where(Person.organisation_id == togo.id, Person.id.not_in(known)).limit(1)
    ).one()
    # Everything that can be written in a request is in the state in which it can be.
    drafted = make_workshop(db, requested_by=repaoc, state="drafted", code="drafted-by-repaoc")
    submitted = db.scalars(select(Workshop).where(Workshop.code == "repaoc-exchange-late")).one()
    approved = make_workshop(db, requested_by=repaoc, state="approved", code="approved-for-repaoc")
    fund = db.scalars(select(Fund).where(Fund.code == "repaoc-2027")).one()
    venue = db.scalars(select(Venue).where(Venue.place == togo.place).limit(1)).one()
    group = db.scalars(select(Group)).first()
    initiative = db.scalars(select(Initiative).where(Initiative.organisation_id == togo.id)).one()
    closed = VenueClosure(venue=venue, first_day=date(2027, 5, 3), last_day=date(2027, 5, 7), note="Repairs")
    free = Closure(first_day=date(2027, 12, 20), last_day=date(2027, 12, 31), title={"en": "Year's end"})
    span = AvailabilitySpan(
        person=somebody, kind="unavailable", first_day=date(2027, 6, 1), last_day=date(2027, 6, 9)
    )
    pattern = AvailabilityPattern(person=somebody, kind="weekly", grade="if_need_be", weekdays="5")
    db.add_all((closed, free, span, pattern))
    db.flush()
    ask = db.scalars(select(AvailabilityAsk)).one()
    guest = Account(email="guest@example.org", name="Guest", created_at=now)
    guest.grants = [RoleGrant(role="officer", organisation=repaoc, granted_at=now)]
    db.add(guest)
    db.flush()
    published = db.scalars(select(Workshop).where(Workshop.code == "opening-repaoc")).one()
    feeds = _feeds(db, accounts["officer"], repaoc, published, now)
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.calendar.is_not(None)).limit(1)).one()
    letter.state, letter.error = "failed", "refused"
    own = OwnCalendar(
        person_id=accounts["facilitator"].person_id,
        kind="address",
        label="Work",
        server="calendar.example.org",
        address_sealed=seal().close("https://calendar.example.org/a-secret-address/basic.ics"),
        created_at=now,
    )
    db.add(own)
    db.flush()
    webhook = Webhook(
        label="A website",
        server="hooks.example.org",
        address_sealed=seal_of_webhooks().close("https://hooks.example.org/another-secret"),
        key_sealed=seal_of_webhooks().close("whsec_" + "A" * 44),
        events=["schedule.published"],
        account_id=accounts["coordinator"].id,
        created_at=now,
    )
    db.add(webhook)
    db.flush()
    called = WebhookCall(
        webhook_id=webhook.id,
        message_id="msg_1",
        event="test",
        payload={},
        state="failed",
        created_at=now,
        due_at=now,
    )
    db.add(called)
    db.flush()
    visa = VisaTime(code="tg-ke", passport="TG", destination="KE", days=30, changed_at=now)
    needs = AccessNeeds(person_id=somebody.id, needs="A room without steps at all", consented_at=now)
    answer = IncomingAnswer(
        digest="0" * 64, received_at=now, via="lmtp", outcome="aside", reason="only_words", word="A question"
    )
    dead = BouncingAddress(address="gone@example.net", since=now, reason="5.1.1")
    border = BorderClosure(country="TG", first_day=now.date(), last_day=now.date(), changed_at=now)
    db.add_all((visa, needs, answer, dead, border))
    db.flush()
    world.forms |= {"calendars.answers.works": {"address": dead.address}}
    path = feed_path(feeds["person"])
    stops = stop_path(db, kind="proposition", address="awa@example.org", language="en", now=now)
    world.secrets.add(stops.rpartition("/")[2])
    world.named |= {
        "travel.open_border:closure_id": border.id,
        "mail.subscription:token": stops.rpartition("/")[2],
        "account_id": guest.id,
        "grant_id": guest.grants[0].id,
        "person_id": somebody.id,
        "span_id": span.id,
        "pattern_id": pattern.id,
        "ask_id": ask.id,
        "holiday_id": db.scalars(select(SchoolHoliday.id).limit(1)).one(),
        "availability.*:token": link_token(LINK, {"person": somebody.id}, now + timedelta(days=30)),
        "workshop_id": drafted.id,
        "step": "what",
        "fund_id": fund.id,
        "initiative_id": initiative.id,
        "letter_id": letter.id,
        "answer_id": answer.id,
        "calendar_id": own.id,
        "visa_id": visa.id,
        "webhook_id": webhook.id,
        "call_id": called.id,
        "feed_id": feeds["person"].id,
        "signature": path.partition("-")[2].removesuffix(".ics"),
        "calendars.public_feed:code": "en",
        "closure_id": free.id,
        "extension": "csv",
        "filename": "css/baraza.css",
        "network.reopen_venue:closure_id": closed.id,
    }
    world.named |= {
        f"network.{view}:code": code
        for code, views in {
            somebody.code: ("person", "edit_person"),
            togo.code: ("organisation", "edit_organisation"),
            togo.place.code: ("place", "edit_place"),
            venue.code: ("venue", "edit_venue", "close_venue", "reopen_venue"),
            approved.topic.code: ("topic", "edit_topic"),
            group.code: ("group", "edit_group", "add_to_group", "remove_from_group"),
        }.items()
        for view in views
    }
    world.named |= {
        f"workshops.{view}:workshop_id": workshop.id
        for workshop, views in {
            submitted: ("approve", "send_back"),
            approved: ("show", "copy", "report", "save_report"),
        }.items()
        for view in views
    }
    _name_nominations(db, world, togo)
    _name_needs(db, world, togo)
    _name_propositions(db, world, togo, now)
    _name_confirmations(db, world, now)
    world.forms |= {
        "network.add_to_group": {"person": somebody.code},
        "network.remove_from_group": {"person": somebody.code},
        "travel.say": {"notice_days": "7", "passports": "TG"},
        "travel.set_visa": {"passport": "TG", "destination": "SN", "entry": "free"},
        "own_calendars.change": {"label": "Work", "rule": "every", "hours": "4"},
        "calendars.open_feed": {"subject": f"topic:{approved.topic_id}"},
        "calendars.add": {"detail": "busy", "alarm": "0"},
        "calendars.change": {"detail": "busy", "alarm": "0"},
        "workshops.set_visibility": {"visibility": "sensitive"},
        "planning.open_to_public": {"public": "yes"},
    }
    world.secrets |= {
        needs.needs,
        "a-secret-address",
        "another-secret",
        guest.email,
        world.named["signature"],
        *(feed.nonce for feed in feeds.values()),
    }


def _name_confirmations(db: Session, world: World, now: datetime) -> None:
    """The draft of the year is asked about; one who leads in it has said no."""
    draft = db.get_one(Draft, world.named["planning.*:draft_id"])
    asking = open_draft_to_answers(
        db,
        actor=system("test"),
        draft=draft,
        terms=AskingTerms(closes_on=now.date() + timedelta(days=10)),
        now=now,
    )
    place = db.scalars(select(ProposedPlace).join(ProposedPlace.asked)).first()
    assert place is not None
    take_answer(
        db,
        actor=system("test"),
        workshop_id=place.workshop_id,
        person_id=place.asked.person_id,
        answer="declined",
        word="We have too much to do",
        via="telephone",
        now=now,
    )
    token = confirmation_link_of(place.asked).rpartition("/")[2]
    world.named |= {
        "asking_id": asking.id,
        "place_id": place.id,
        "confirmations.letter:person_id": place.asked.person_id,
        "confirmations.*:draft_id": draft.id,
        "confirmations.*:token": token,
    }
    world.forms["confirmations.go_on"] = {"draft": str(draft.id)}
    world.secrets.add(token)


def _name_needs(db: Session, world: World, togo: Organisation) -> None:
    """The open call, a draft, a closed one, and the answer that a secretary gave for the platform in Togo."""
    call = db.scalars(select(NeedsCall).where(NeedsCall.state == "open")).one()
    answer = next(answer for answer in call.answers if answer.organisation == togo)
    answer.lines = [NeedsLine(topic=call.topics[0], how_much=3, version=1)]
    answer.state, answer.handed_in_at, answer.answered_for = "handed_in", answer.asked_at, True
    draft = make_needs_call(db, state="draft", opened_at=None, topics=call.topics[:1])
    closed = make_needs_call(db, state="closed", topics=call.topics[:1], asked=[togo])
    [recipient] = recipients_of(db, [answer])[answer.id]
    token = link_path(answer, recipient).rpartition("/")[2]
    world.named |= {
        "needs.*:call_id": call.id,
        "needs.drop:call_id": draft.id,
        "needs.open_call:call_id": draft.id,
        "needs.reopen:call_id": closed.id,
        "needs.*:topic_id": call.topics[0].id,
        "needs.*:answer_id": answer.id,
        "needs.*:code": areas_of(call)[0][0].code,
        "needs.*:token": token,
    }
    world.secrets.add(token)


def _name_nominations(db: Session, world: World, togo: Organisation) -> None:
    """A workshop whose invited organisations name people, and what the platform in Togo said."""
    asked = db.scalars(select(Workshop).where(Workshop.code == "repaoc-exchange-1")).one()
    said = {
        each.state: each
        for each in db.scalars(
            select(Nomination).where(
                Nomination.workshop_id == asked.id, Nomination.organisation_id == togo.id
            )
        )
    }
    token = link_of(asked, said["nominated"].person_id).rpartition("/")[2]
    session = db.scalars(
        select(WorkshopSession).join(Workshop).where(Workshop.code == "opening-repaoc")
    ).one()
    participant = db.scalars(select(Person).where(Person.code == "participant-001")).one()
    seated = next((seat for seat in session.seats if seat.person_id == participant.id), None)
    if seated is None:
        seated = Seat(session=session, person=participant, since=asked.created_at)
        db.add(seated)
        db.flush()
    own_seat = seat_link_of(session, seated.person_id).rpartition("/")[2]
    world.named |= {
        "nominations.*:workshop_id": asked.id,
        "organisation_id": togo.id,
        "nominations.answer:nomination_id": said["proposed"].id,
        "nominations.withdraw:nomination_id": said["nominated"].id,
        "nominations.by_link:token": token,
        "seats.by_link:token": own_seat,
        "seats.give_up_for:person_id": seated.person_id,
    }
    world.secrets |= {token, own_seat}


def _feeds(
    db: Session, account: Account, repaoc: Organisation, workshop: Workshop, now: datetime
) -> dict[str, Feed]:
    """One feed of each kind that somebody can have."""
    country = db.scalars(select(Place.country).join(Venue).join(WorkshopSession)).first()
    keys = {
        "organisation": str(repaoc.id),
        "region": repaoc.region or "West Africa",
        "topic": str(workshop.topic_id),
        "group": str(db.scalars(select(Group.id)).first()),
        "workshop": str(workshop.id),
        "team": str(workshop.id),
        "country": country,
        "round": str(db.scalars(select(Version.round_id)).first()),
    }
    actor = actor_of(db, account)
    open_public_feed(db, language="en", now=now)
    return {"person": feed_of_person(db, account=account, now=now)} | {
        kind: open_feed(db, actor=actor, kind=kind, key=keys[kind], now=now)
        for kind in FEED_KINDS
        if kind not in {"person", "public"}
    }


def _keep_cookies(world: World, tokens: Mapping[str, str]) -> None:
    for reader, token in tokens.items():
        client = world.app.test_client()
        with client.session_transaction(base_url=HOME) as cookie:
            cookie["login"] = token
        kept = client.get_cookie("baraza", domain=HOST)
        assert kept is not None
        world.cookies[reader] = kept.value


def _uploaded(world: World, sheet: str) -> str:
    """The token of a file that the coordinator uploaded and has not applied."""
    client = world.app.test_client()
    client.set_cookie("baraza", world.cookies["coordinator"], domain=HOST)
    file = client.get(f"{sheet}/rows.csv", base_url=HOME).data
    answer = client.post(
        sheet,
        base_url=HOME,
        data={"file": (io.BytesIO(file), "rows.csv")},
        content_type="multipart/form-data",
    )
    if answer.status_code != 303:
        raise RuntimeError(f"{sheet}: the file was not taken, {answer.status_code}")
    return str(answer.location).rpartition("/")[2]


def _collect_secrets(world: World, tokens: Mapping[str, str]) -> None:
    db = database.session()
    world.secrets |= {
        world.named["token"],
        world.named["availability.*:token"],
        *tokens.values(),
        *world.cookies.values(),
        *world.tokens.values(),
    }
    world.secrets |= set(db.scalars(select(Person.email).where(Person.email.is_not(None))))
    world.secrets |= set(db.scalars(select(Person.name)))
    world.secrets |= set(db.scalars(select(Account.email))) | set(db.scalars(select(Account.name)))


__all__ = ["READERS", "World", "build"]


def _name_propositions(db: Session, world: World, togo: Organisation, now: datetime) -> None:
    """Of the open call: a proposition that the platform in Togo was asked about, another, and one dropped."""
    call = db.scalars(select(NeedsCall).where(NeedsCall.state == "open")).one()
    answer = next(answer for answer in call.answers if answer.organisation == togo)
    [line] = answer.lines
    found = PropositionSet(call_id=call.id, created_at=now)
    db.add(found)
    db.flush()

    def proposed(state: str, **member: Any) -> Proposition:
        proposition = Proposition(
            set_id=found.id,
            kind="peer_exchange",
            topic_id=line.topic_id,
            language="fr",
            region=togo.region,
            venue_id=db.scalars(select(Venue.id).where(Venue.place == togo.place).limit(1)).one(),
            days=3,
            team=2,
            missing=2,
            state=state,
            changed_at=now,
            members=[
                PropositionMember(
                    organisation_id=togo.id, line_id=line.id, role="learns", seats=2, people=2, **member
                )
            ],
        )
        db.add(proposition)
        db.flush()
        return proposition

    asked, other, dropped = proposed("edited", asked_at=now), proposed("edited"), proposed("dropped")
    [recipient] = recipients_of(db, [answer])[answer.id]
    token = proposition_link_of(asked.members[0], recipient, now).rpartition("/")[2]
    world.named |= {
        "propositions.*:call_id": call.id,
        "propositions.*:proposition_id": asked.id,
        "propositions.bring_back:proposition_id": dropped.id,
        "propositions.*:member_id": asked.members[0].id,
        "propositions.*:token": token,
    }
    world.forms |= {"propositions.merge": {"other_id": str(other.id)}}
    world.secrets.add(token)
