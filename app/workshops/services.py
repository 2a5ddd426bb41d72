"""A request from the first word to the decision, and the funds that pay.

    drafted ──submit──▶ submitted ──approve──▶ approved
       ▲                 │    ▲                   │
       └ copy            return  submit            │
                         ▼    │                    │
                        returned                   │
    each of them ──────withdraw──────▶ withdrawn ◀─┘

What becomes of an approved request (in a round, planned, held) is not decided here; that it was held
is told by a report, which closes it. All of it together: `app.workshops.life`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access import Actor, require
from app.db import Base
from app.errors import Conflict, Invalid
from app.facts import record
from app.network.models import Group, Organisation, Topic, Venue
from app.workshops import life, queries
from app.workshops.announced import is_announced
from app.workshops.answers import Answers, Page, What, When, answers_of
from app.workshops.facts import (
    FundAdded,
    FundChanged,
    RequestApproved,
    RequestChanged,
    RequestDrafted,
    RequestReturned,
    RequestSubmitted,
    RequestWithdrawn,
    VisibilityChanged,
    WorkshopReported,
)
from app.workshops.initiatives import queries as initiatives
from app.workshops.models import VISIBILITIES, Fund, FundPromise, Initiative, Workshop, WorkshopReport
from app.workshops.rules import MOST_MONEY, MOST_PEOPLE, Problem, problems_of_what

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of a workshop that was held; `spent` is `None` where nobody has counted yet."""

    first_day: date
    last_day: date
    came: int
    spent: int | None = None
    words: str = ""

    def problems(self, today: date) -> Iterator[tuple[str, str]]:
        """(field, reason) for what cannot be."""
        if self.last_day < self.first_day:
            yield "last_day", "window_ends_before_it_starts"
        elif self.last_day > today:
            yield "last_day", "not_over_yet"
        if not 0 <= self.came <= MOST_PEOPLE:
            yield "came", "out_of_range"
        if self.spent is not None and not 0 <= self.spent <= MOST_MONEY:
            yield "spent", "out_of_range"


NOTICE = timedelta(days=60)
SEASON = timedelta(days=120)
"""A new request proposes a window of this length, this long from now."""

COPIED = (
    "about",
    "group_id",
    "topic_id",
    "kind",
    "mode",
    "days",
    "minutes",
    "team_min",
    "team_max",
    "team_leads",
    "seats_min",
    "seats_max",
    "seats_per_organisation",
    "organisations_min",
    "priority",
    "budget",
)


# -- Writing a request


def draft_request(db: Session, *, actor: Actor, what: What, key: str = "", now: datetime) -> Workshop:
    """Begin a request with its first page; the others start from defaults that fit its kind.

    `key` is a random word that the form was given: a form sent twice finds the request that
    its first sending began, and returns that one unchanged.

    Raises Forbidden, Invalid.
    """
    _require_asker(db, actor, what)
    for problem in problems_of_what(what):
        raise Invalid(problem.field, problem.reason)
    code = _code(what.titles, key)
    begun = db.scalars(select(Workshop).where(Workshop.code == code)).first() if key else None
    if begun is not None and begun.requested_by_id == what.requested_by_id:
        return begun
    online = what.kind == "webinar"
    requester = _known(db, Organisation, what.requested_by_id, "requested_by_id")
    workshop = Workshop(
        code=_free_code(db, code),
        mode="online" if online else "in_person",
        days=None if online else 2,
        minutes=90 if online else None,
        window_first=now.date() + NOTICE,
        window_last=now.date() + NOTICE + SEASON,
        languages=list(requester.languages[:1]),
        state="drafted",
        created_at=now,
        changed_at=now,
    )
    _set_what(db, actor, workshop, what)
    db.add(workshop)
    db.flush()
    record(
        db,
        actor=actor,
        fact=RequestDrafted(workshop.id),
        now=now,
        after={"titles": workshop.titles, "requested_by": requester.code},
    )
    return workshop


def copy_request(db: Session, *, actor: Actor, workshop: Workshop, now: datetime) -> Workshop:
    """Begin a new request with what an earlier one asked for, by years later where that one's time is over.

    What it followed is left out: that belongs to its own year; so are an initiative that is over and
    funds whose period is. Raises Forbidden.
    """
    require(queries.may_ask_as(actor, workshop))
    years = 0
    while _years_later(workshop.window_first, years) <= now.date():
        years += 1
    begins = _years_later(workshop.window_first, years)
    initiative = workshop.initiative
    copy = Workshop(
        **{name: getattr(workshop, name) for name in COPIED},
        code=_free_code(db, _code(workshop.titles, "")),
        titles=dict(workshop.titles),
        requested_by_id=workshop.requested_by_id,
        window_first=begins,
        window_last=_years_later(workshop.window_last, years),
        languages=list(workshop.languages),
        venues=list(workshop.venues),
        invited=list(workshop.invited),
        funds=[fund for fund in workshop.funds if fund.last_day is None or fund.last_day >= begins],
        initiative=initiative if initiative is not None and not initiative.is_over else None,
        state="drafted",
        created_at=now,
        changed_at=now,
    )
    db.add(copy)
    db.flush()
    record(db, actor=actor, fact=RequestDrafted(copy.id, copied_from=workshop.id), now=now)
    return copy


def answer_page(
    db: Session, *, actor: Actor, workshop: Workshop, page: Page, complete: bool, now: datetime
) -> tuple[Problem, ...]:
    """Save one page of a request, unless something stands against it: what does is returned.

    A draft takes anything that does not contradict itself; with `complete` (its writer is done
    with this page) nothing may be missing on it either. Once it has been handed in, a
    change must leave the whole request sound.

    Raises Forbidden, Conflict("not_open_to_change"), Invalid for what does not exist or is not
    the actor's to give.
    """
    require(queries.may_ask_as(actor, workshop))
    if not queries.may_change(actor, workshop):
        raise Conflict("not_open_to_change")
    before = answers_of(workshop)
    after = before.with_page(page)
    problems = queries.problems_with(db, workshop=workshop, answers=after, today=now.date())
    if workshop.state in queries.OPEN_TO_CHANGE:
        problems = tuple(
            problem
            for problem in problems
            if problem.step == page.step and (complete or not problem.is_missing)
        )
    if problems:
        return problems
    if after == before:
        return ()
    _set_page(db, actor, workshop, page)
    workshop.changed_at = now
    db.flush()
    record(
        db,
        actor=actor,
        fact=RequestChanged(workshop.id, page.step),
        now=now,
        before=_flat(before),
        after=_flat(after),
    )
    return ()


# -- Its life


def submit_request(db: Session, *, actor: Actor, workshop: Workshop, now: datetime) -> tuple[Problem, ...]:
    """Hand a request in to the secretariat, unless something is missing: what is, is returned.

    Raises Forbidden, Conflict("not_a_draft").
    """
    require(queries.may_ask_as(actor, workshop))
    _lock(db, workshop)
    if workshop.state not in queries.OPEN_TO_CHANGE:
        raise Conflict("not_a_draft")
    problems = queries.problems_with(db, workshop=workshop, answers=answers_of(workshop), today=now.date())
    if not problems:
        _become(db, actor, workshop, "submitted", RequestSubmitted(workshop.id), now)
    return problems


def approve_request(db: Session, *, actor: Actor, workshop: Workshop, now: datetime) -> Workshop:
    """Accept a request for planning. Raises Forbidden, Conflict("not_submitted")."""
    require(actor.is_coordinator)
    _lock(db, workshop)
    if workshop.state != "submitted":
        raise Conflict("not_submitted")
    return _become(db, actor, workshop, "approved", RequestApproved(workshop.id), now)


def return_request(db: Session, *, actor: Actor, workshop: Workshop, word: str, now: datetime) -> Workshop:
    """Give a request back, with a word on what should be different.

    Raises Forbidden, Conflict("not_submitted"), Invalid(word, "missing").
    """
    require(actor.is_coordinator)
    _lock(db, workshop)
    if workshop.state != "submitted":
        raise Conflict("not_submitted")
    if not word.strip():
        raise Invalid("word", "missing")
    workshop.word = word.strip()
    return _become(db, actor, workshop, "returned", RequestReturned(workshop.id, workshop.word), now)


def withdraw_request(db: Session, *, actor: Actor, workshop: Workshop, now: datetime) -> Workshop:
    """Take a request back for good; it stays readable and can be copied.

    One whose session people have been told of only the secretariat withdraws, which then
    publishes the schedule without it.

    Raises Forbidden, Conflict("already_withdrawn" | "reported" | "announced").
    """
    require(queries.may_ask_as(actor, workshop))
    _lock(db, workshop)
    if workshop.state == "withdrawn":
        raise Conflict("already_withdrawn")
    if workshop.report is not None:
        raise Conflict("reported")
    if not actor.is_coordinator and is_announced(db, workshop.id):
        raise Conflict("announced")
    return _become(db, actor, workshop, "withdrawn", RequestWithdrawn(workshop.id), now)


def set_visibility(
    db: Session, *, actor: Actor, workshop: Workshop, visibility: str, now: datetime
) -> Workshop:
    """Decide who may know a workshop by its title and place: one of `models.VISIBILITIES`.

    Raises Forbidden, Invalid("visibility", "unknown").
    """
    require(actor.is_coordinator)
    if visibility not in VISIBILITIES:
        raise Invalid("visibility", "unknown")
    _lock(db, workshop)
    before = {"visibility": workshop.visibility}
    if workshop.visibility == visibility:
        return workshop
    workshop.visibility = visibility
    db.flush()
    record(
        db,
        actor=actor,
        fact=VisibilityChanged(workshop.id),
        now=now,
        before=before,
        after={"visibility": visibility},
    )
    return workshop


def report_workshop(
    db: Session, *, actor: Actor, workshop: Workshop, told: Told, currency: str, now: datetime
) -> Workshop:
    """Say what happened at a workshop, or say it better: that closes the request.

    Also for one that was held without having been planned here.

    Raises Forbidden, Conflict("not_approved" | "not_over"), Invalid.
    """
    require(queries.may_ask_as(actor, workshop))
    _lock(db, workshop)
    if workshop.state != "approved":
        raise Conflict("not_approved")
    course = life.courses_of(db, [workshop]).get(workshop.id)
    stand = life.stand_of(workshop, course, now=now)
    if not life.may_have_been_held(workshop, stand, today=now.date()):
        raise Conflict("not_over")
    for field, reason in told.problems(now.date()):
        raise Invalid(field, reason)
    before = _report_says(workshop.report)
    if workshop.report is None:
        workshop.report = WorkshopReport()
    for name, value in asdict(told).items():
        setattr(workshop.report, name, value)
    workshop.report.currency = currency
    workshop.report.reported_by, workshop.report.reported_at = actor.name, now
    workshop.changed_at = now
    db.flush()
    after = _report_says(workshop.report)
    record(db, actor=actor, fact=WorkshopReported(workshop.id), now=now, before=before, after=after)
    return workshop


def _report_says(report: WorkshopReport | None) -> dict[str, object]:
    names = ("first_day", "last_day", "came", "spent", "currency", "words")
    return {name: getattr(report, name) for name in names} if report is not None else {}


def _lock(db: Session, workshop: Workshop) -> None:
    """See the state as it is, and let nobody else decide meanwhile."""
    db.refresh(workshop, ["state"], with_for_update=True)


def _become(db: Session, actor: Actor, workshop: Workshop, state: str, fact: Any, now: datetime) -> Workshop:
    before = {"state": workshop.state}
    workshop.state, workshop.changed_at = state, now
    if state != "returned":
        workshop.word = ""
    db.flush()
    record(db, actor=actor, fact=fact, now=now, before=before, after={"state": state})
    return workshop


# -- Funds


def add_fund(
    db: Session,
    *,
    actor: Actor,
    organisation_id: int,
    title: str,
    amount: int,
    currency: str,
    first_day: date | None = None,
    last_day: date | None = None,
    now: datetime,
) -> Fund:
    """Set money aside for workshops, perhaps for a period. Raises Forbidden, Invalid."""
    require(queries.may_keep_fund(actor, organisation_id))
    _require_period(first_day, last_day)
    fund = Fund(
        code=_free_code(db, _code({"en": title}, ""), table=Fund),
        title=title,
        organisation=_known(db, Organisation, organisation_id, "organisation_id"),
        amount=amount,
        currency=currency,
        first_day=first_day,
        last_day=last_day,
    )
    db.add(fund)
    db.flush()
    record(db, actor=actor, fact=FundAdded(fund.id), now=now, after=_fund_says(fund))
    return fund


def change_fund(
    db: Session,
    *,
    actor: Actor,
    fund: Fund,
    organisation_id: int,
    title: str,
    amount: int,
    currency: str,
    first_day: date | None = None,
    last_day: date | None = None,
    now: datetime,
) -> Fund:
    """Change what a fund is; its new owner, too, must be one the actor acts for.

    Raises Forbidden, Invalid.
    """
    require(queries.may_keep_fund(actor, fund.organisation_id))
    require(queries.may_keep_fund(actor, organisation_id))
    _require_period(first_day, last_day)
    before = _fund_says(fund)
    fund.organisation = _known(db, Organisation, organisation_id, "organisation_id")
    fund.title, fund.amount, fund.currency = title, amount, currency
    fund.first_day, fund.last_day = first_day, last_day
    db.flush()
    if (after := _fund_says(fund)) != before:
        record(db, actor=actor, fact=FundChanged(fund.id), now=now, before=before, after=after)
    return fund


def _require_period(first_day: date | None, last_day: date | None) -> None:
    if first_day is not None and last_day is not None and last_day < first_day:
        raise Invalid("last_day", "window_ends_before_it_starts")


def _fund_says(fund: Fund) -> dict[str, object]:
    return {
        "title": fund.title,
        "organisation": fund.organisation.code,
        "amount": fund.amount,
        "currency": fund.currency,
        "first_day": fund.first_day,
        "last_day": fund.last_day,
    }


# -- Answers into rows


def _set_page(db: Session, actor: Actor, workshop: Workshop, page: Page) -> None:
    if isinstance(page, What):
        _require_asker(db, actor, page)
        _set_what(db, actor, workshop, page)
        return
    values = asdict(page)
    if isinstance(page, When):
        if page.follows_id is not None and page.follows_id != workshop.follows_id:
            _seen(db, actor, page.follows_id)
        if page.mode == "online":
            workshop.venues = []
    if "venue_ids" in values:
        workshop.venues = _all_known(db, Venue, values.pop("venue_ids"), "venue_ids")
        values["languages"] = list(values["languages"])
    if "invited_ids" in values:
        workshop.invited = _all_known(db, Organisation, values.pop("invited_ids"), "invited_ids")
    if "fund_ids" in values:
        funds = _all_known(db, Fund, values.pop("fund_ids"), "fund_ids")
        promised = initiatives.funds_promised_to(db, workshop.initiative_id)
        for fund in funds:
            if fund not in workshop.funds:
                require(actor.acts_for(fund.organisation_id) or fund.id in promised)
        workshop.funds = funds
    for name, value in values.items():
        setattr(workshop, name, value)


def _require_asker(db: Session, actor: Actor, what: What) -> None:
    """Raise Forbidden for who may not ask in this name, Invalid where only the group is wrong."""
    if queries.may_request_for(actor, what.requested_by_id):
        return
    group = db.get(Group, what.group_id) if what.group_id else None
    if group is not None and queries.may_request_for_group(actor, what.requested_by_id, group):
        return
    require(db.scalar(select(queries.hosts_a_group_of(actor, what.requested_by_id))) or False)
    raise Invalid("group_id", "not_your_group")


def _set_what(db: Session, actor: Actor, workshop: Workshop, what: What) -> None:
    workshop.requested_by = _known(db, Organisation, what.requested_by_id, "requested_by_id")
    workshop.topic = _known(db, Topic, what.topic_id, "topic_id")
    workshop.group = _known(db, Group, what.group_id, "group_id") if what.group_id else None
    workshop.titles = {code: title.strip() for code, title in what.titles.items() if title.strip()}
    workshop.kind, workshop.about = what.kind, what.about
    if what.initiative_id != workshop.initiative_id:
        _set_initiative(db, actor, workshop, what.initiative_id)


def _set_initiative(db: Session, actor: Actor, workshop: Workshop, initiative_id: int | None) -> None:
    """Have it belong to an initiative; one that nobody pays for yet is charged to its funds."""
    if initiative_id is None:
        workshop.initiative = None
        return
    initiative = db.scalars(
        initiatives.to_belong_to(actor)
        .where(Initiative.id == initiative_id)
        .options(selectinload(Initiative.promises).joinedload(FundPromise.fund))
    ).first()
    if initiative is None:
        raise Invalid("initiative_id", "unknown")
    workshop.initiative = initiative
    if not workshop.funds:
        workshop.funds = [promise.fund for promise in initiative.promises]


def _seen(db: Session, actor: Actor, workshop_id: int) -> None:
    known = db.scalar(select(Workshop.id).where(Workshop.id == workshop_id, queries.seen_by(actor)))
    if known is None:
        raise Invalid("follows_id", "unknown")


def _known(db: Session, table: type[Row], row_id: int, field: str) -> Row:
    row = db.get(table, row_id)
    if row is None:
        raise Invalid(field, "unknown")
    return row


def _all_known(db: Session, table: Any, ids: Collection[int], field: str) -> list[Any]:
    rows = list(db.scalars(select(table).where(table.id.in_(ids))))
    if len(rows) != len(ids):
        raise Invalid(field, "unknown")
    return rows


def _flat(answers: Answers) -> dict[str, Any]:
    return {name: value for page in asdict(answers).values() for name, value in page.items()}


# -- Codes and years


def _code(titles: Mapping[str, str], key: str) -> str:
    """A readable code from a title: 'Storytelling for advocacy' -> 'storytelling-for-advocacy'."""
    title = titles.get("en") or next((text for text in titles.values() if text.strip()), "")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "request"
    return f"{words}-{key}" if key else words


def _free_code(db: Session, code: str, table: Any = Workshop) -> str:
    """This code, or the first of code-2, code-3, … that no row has."""
    taken = set(db.scalars(select(table.code).where(table.code.startswith(code, autoescape=True))))
    number = 1
    while (free := code if number == 1 else f"{code}-{number}") in taken:
        number += 1
    return free


def _years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes 28 where it has to."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
