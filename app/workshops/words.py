"""Requests in the reader's words: kinds, modes, pages, problems, and the story of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.facts import AuditEntry
from app.i18n import format_moment, format_span
from app.workshops.life import WAY, Course, LaterEvent
from app.workshops.models import Fund, Workshop
from app.workshops.rules import Problem

KINDS: Mapping[str, Any] = {
    "peer_exchange": _l("Peer exchange"),
    "training_of_trainers": _l("Training of trainers"),
    "replication": _l("National replication"),
    "webinar": _l("Webinar"),
}

KIND_HINTS: Mapping[str, Any] = {
    "peer_exchange": _l("Members who know something meet members who need it."),
    "training_of_trainers": _l("People learn to teach a topic at home."),
    "replication": _l("Those trained teach it in their own country."),
    "webinar": _l("Online, an hour or two."),
}

MODES: Mapping[str, Any] = {"in_person": _l("In person"), "online": _l("Online")}

STATES: Mapping[str, Any] = {
    "drafted": _l("Drafted"),
    "submitted": _l("Submitted"),
    "returned": _l("Returned"),
    "approved": _l("Approved"),
    "in_round": _l("In a round"),
    "planned": _l("Planned"),
    "held": _l("Held"),
    "reported": _l("Reported"),
    "withdrawn": _l("Withdrawn"),
}
"""Where a request stands: the words of `life.LIFE`."""

STEPS: Mapping[str, Any] = {
    "what": _l("What"),
    "when": _l("When and how long"),
    "where": _l("Where and languages"),
    "who": _l("Who"),
    "money": _l("Money and weight"),
}

PRIORITIES: Mapping[int, Any] = {
    1: _l("1: it would be nice"),
    2: _l("2: it helps"),
    3: _l("3: it matters"),
    4: _l("4: it matters much"),
    5: _l("5: we need it this year"),
}

NEXT: Mapping[str, Any] = {
    "drafted": _l("Who asks completes the request and hands it in."),
    "submitted": _l("The secretariat approves it, or returns it with a word."),
    "returned": _l("Who asks puts it right and hands it in again."),
    "approved": _l("The secretariat takes it into a round of planning."),
    "in_round": _l("The secretariat plans the round and publishes what can be held."),
    "planned": _l("It is held. Afterwards, who asked says what happened."),
    "held": _l("Who asked says what happened: that closes it."),
    "reported": _l("Nothing: it is closed. It can be copied into a new request."),
    "withdrawn": _l("Nothing. It can be copied into a new request."),
}
"""What comes next, for whoever reads."""

ASKED_OF_WHO_ASKS: Mapping[str, Any] = {
    "drafted": _l("Complete the request and hand it in."),
    "submitted": _l("Nothing for now: the secretariat decides on it."),
    "returned": _l("Put right what the secretariat says, and hand it in again."),
    "approved": _l("Nothing for now: the secretariat takes it into a round of planning."),
    "in_round": _l(
        "Nothing to hand in. Keep your people's details and dates up to date: it is planned with them."
    ),
    "planned": _l("Tell the secretariat if it cannot be held. Afterwards, say what happened."),
    "held": _l("Say what happened: that closes the request."),
    "reported": _l("Nothing: it is closed."),
    "withdrawn": _l("Nothing: it was withdrawn."),
}

ASKED_OF_WHO_DECIDES: Mapping[str, Any] = {
    "drafted": _l("Nothing for now: it has not been handed in yet."),
    "submitted": _l("Approve it, or return it with a word."),
    "returned": _l("Nothing for now: who asks puts it right."),
    "approved": _l("Take it into a round of planning."),
    "in_round": _l("Plan the round, and publish what can be held."),
    "planned": _l("Nothing for now: people have been told of it."),
    "held": _l("Nothing, unless who asked is late to say what happened: then say it for them."),
    "reported": _l("Nothing: it is closed."),
    "withdrawn": _l("Nothing: it was withdrawn."),
}


def way_of(stand: str) -> list[str]:
    """The steps of a request's way, with the return in the place of the decision where it was returned."""
    return [str(STATES["returned" if stand == "returned" and step == "submitted" else step]) for step in WAY]


def steps_gone(stand: str) -> int:
    """How many steps of its way lie behind a request that stands there."""
    return WAY.index("submitted" if stand == "returned" else stand)


# -- Problems

_PROBLEMS: Mapping[str, Callable[..., str]] = {
    "no_title": lambda: _("Give a title in at least one language."),
    "unknown": lambda: _("This is not one of the choices any more."),
    "days_out_of_range": lambda most: _("Give from 1 to %(most)s days.", most=most),
    "minutes_in_person": lambda: _("A workshop in person has days, not minutes."),
    "minutes_out_of_range": lambda most: _("Give from 30 to %(most)s minutes.", most=most),
    "minutes_not_in_halves": lambda step: _("Give a multiple of %(step)s minutes.", step=step),
    "days_online": lambda: _("A workshop online has minutes, not days."),
    "window_ends_before_it_starts": lambda: _("The last day is before the first day."),
    "window_too_short": lambda days: _("%(days)s days do not fit between these dates.", days=days),
    "not_over_yet": lambda: _("This day is still to come."),
    "not_your_group": lambda: _("Choose the group that you co-chair."),
    "window_over": lambda: _("These dates are already over."),
    "follows_in_a_circle": lambda: _("That workshop itself comes after this one."),
    "follows_withdrawn": lambda: _("The workshop that it follows has been withdrawn."),
    "strange_year": lambda: _("Is the year right?"),
    "most_below_least": lambda least: _(
        "The most cannot be below the least, which is %(least)s.", least=least
    ),
    "no_venue": lambda: _("Choose at least one venue where it could be held."),
    "venue_online": lambda: _("A workshop online has no venue."),
    "no_language": lambda: _("Choose at least one working language."),
    "out_of_range": lambda least, most: _(
        "Give a number from %(least)s to %(most)s.", least=least, most=most
    ),
    "nobody_in_the_team": lambda: _("Somebody has to facilitate: allow a team of at least one."),
    "more_leads_than_team": lambda most: _("The team has room for %(most)s people at most.", most=most),
    "more_graduates_than_team": lambda graduates: ngettext(
        "%(num)s person of the workshop that it follows is to be in the team: allow as many.",
        "%(num)s people of the workshop that it follows are to be in the team: allow as many.",
        graduates,
    ),
    "nobody_invited": lambda: _("Choose whose people may take the seats, or allow no seats."),
    "too_few_invited": lambda invited: ngettext(
        "Only %(num)s organisation is invited.", "Only %(num)s organisations are invited.", invited
    ),
    "seats_cannot_be_filled": lambda most: ngettext(
        "Those invited may take %(num)s seat together.",
        "Those invited may take %(num)s seats together.",
        most,
    ),
}


def say(problem: Problem) -> str:
    """What stands in the way, as a sentence."""
    return _PROBLEMS[problem.reason](**problem.values)


# -- Facts of one request


def length_of(workshop: Workshop) -> str:
    """'2 days' or '90 minutes'."""
    words: str = (
        ngettext("%(num)s minute", "%(num)s minutes", workshop.minutes or 0)
        if workshop.is_online
        else ngettext("%(num)s day", "%(num)s days", workshop.days or 0)
    )
    return words


def _between(least: int, most: int) -> str:
    """'2 to 3', or '2' where both are the same."""
    words: str = _("%(least)s to %(most)s", least=least, most=most) if least != most else str(least)
    return words


def team_of(workshop: Workshop) -> str:
    """'2 to 3 people, of whom at least 1 may lead'."""
    range_ = _between(workshop.team_min, workshop.team_max)
    people: str = ngettext("%(range)s person", "%(range)s people", workshop.team_max, range=range_)
    if not workshop.team_leads:
        return people
    words: str = _(
        "%(people)s, of whom at least %(leads)s may lead", people=people, leads=workshop.team_leads
    )
    return words


def seats_of(workshop: Workshop) -> str:
    """'8 to 16 seats, at most 3 for one organisation, at least 4 organisations present'."""
    if not workshop.seats_max:
        return str(_("No seats"))
    range_ = _between(workshop.seats_min, workshop.seats_max)
    parts = [
        ngettext("%(range)s seat", "%(range)s seats", workshop.seats_max, range=range_),
        _("at most %(each)s for one organisation", each=workshop.seats_per_organisation),
    ]
    if workshop.organisations_min > 1:
        parts.append(_("at least %(orgs)s organisations present", orgs=workshop.organisations_min))
    return ", ".join(parts)


def distance_after(workshop: Workshop) -> str:
    """'14 to 120 days after it, with at least 1 of its participants in the team'."""
    words: str = _(
        "%(least)s to %(most)s days after it, with at least %(graduates)s of its participants in the team",
        least=workshop.follows_min_days,
        most=workshop.follows_max_days,
        graduates=workshop.follows_graduates,
    )
    return words


def currency_of(workshop: Workshop, course: Course | None = None) -> str:
    """The currency of the funds that pay, else of the round that it was planned in; else euros."""
    if workshop.funds:
        return workshop.funds[0].currency
    return course.currency if course is not None and course.currency else "EUR"


def period_of(fund: Fund) -> str:
    """'1 Jan – 31 Dec 2027', 'from 1 Jan 2027' or 'until 31 Dec 2027'; empty for no limit."""
    if fund.first_day and fund.last_day:
        return format_span(fund.first_day, fund.last_day)
    if fund.first_day:
        return str(_("from %(day)s", day=format_span(fund.first_day, fund.first_day)))
    return str(_("until %(day)s", day=format_span(fund.last_day, fund.last_day))) if fund.last_day else ""


# -- The story of a request

_STORY: Mapping[str, tuple[Any, str]] = {
    "RequestDrafted": (_l("Drafted"), ""),
    "RequestChanged": (_l("Changed"), ""),
    "RequestSubmitted": (_l("Handed in"), "info"),
    "RequestReturned": (_l("Returned with a word"), "warning"),
    "RequestApproved": (_l("Approved"), "success"),
    "RequestWithdrawn": (_l("Withdrawn"), "danger"),
    "RequestsImported": (_l("Written by a spreadsheet"), ""),
    "WorkshopReported": (_l("Reported"), "success"),
}

_LATER: Mapping[str, tuple[Any, str]] = {
    "taken_in": (_l("Taken into a round"), "info"),
    "taken_out": (_l("Taken out of the round"), "warning"),
    "planned": (_l("Planned: people have been told"), "info"),
    "moved": (_l("Changed in the schedule"), "warning"),
    "called_off": (_l("Called off"), "danger"),
    "held": (_l("Held"), "success"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One item of the timeline, as the component takes it."""

    title: str
    when: str
    iso: str
    who: str
    text: str
    tone: str

    @classmethod
    def of(cls, entry: AuditEntry, *, title: object, text: str, tone: str) -> Moment:
        """What an entry of the trail tells."""
        return cls(
            title=str(title),
            when=format_moment(entry.happened_at),
            iso=entry.happened_at.isoformat(),
            who=entry.actor_name,
            text=text,
            tone=tone,
        )


def story_of(
    entries: Sequence[AuditEntry], later: Iterable[LaterEvent] = (), *, now: datetime
) -> list[Moment]:
    """The life of a request, newest first; changes by one person in a row are told once.

    What the stages after this one know is told between; what is still to come is not.
    """
    told: list[tuple[datetime, Moment]] = [
        (event.happened_at, _moment_of(event)) for event in later if event.happened_at <= now
    ]
    last: AuditEntry | None = None
    for entry in entries:
        if entry.fact not in _STORY:
            continue
        if (
            last is not None
            and entry.fact == last.fact == "RequestChanged"
            and entry.actor_account_id == last.actor_account_id
        ):
            continue
        last = entry
        title, tone = _STORY[entry.fact]
        text = str(entry.facts.get("word", ""))
        if entry.facts.get("copied_from"):
            text = _("As a copy of an earlier request.")
        moment = Moment.of(entry, title=title, text=text, tone=tone)
        told.append((entry.happened_at, moment))
    return [moment for _at, moment in sorted(told, key=lambda each: each[0], reverse=True)]


def _moment_of(event: LaterEvent) -> Moment:
    title, tone = _LATER[event.kind]
    if event.kind == "held":
        when, iso = (
            format_span(event.values["first"], event.values["last"]),
            event.values["first"].isoformat(),
        )
    else:
        when, iso = format_moment(event.happened_at), event.happened_at.isoformat()
    text = event.values.get("round") or event.values.get("place") or ""
    if event.values.get("version"):
        text = _("Version %(number)s", number=event.values["version"])
    return Moment(title=str(title), when=when, iso=iso, who=event.who, text=text, tone=tone)
