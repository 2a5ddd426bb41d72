"""What a request must satisfy before it can be handed in.

The limits that contradict each other are those of the planning-round format (its
conventions), so that no approved request can make a round malformed. To them come things
that are certain never to fit, whoever plans: a window shorter than the workshop, more
seats to fill than the invited may take. Whether anybody teaches the topic is not asked
here; that shows in a round.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.workshops.answers import Answers, What, When, Where, Who
from app.workshops.models import KINDS, MODES

MOST_DAYS = 10
LEAST_MINUTES, MOST_MINUTES, MINUTES_STEP = 30, 960, 30
MOST_PEOPLE = 10_000
MOST_DAYS_BETWEEN = 3_660
MOST_MONEY = 2_000_000_000
"""What the columns hold on every database; well below what the planning-round format allows."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""The years of the planning-round format."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request cannot stand: the page and field it is at, and a code that `words` says in words.

    `is_missing` marks what may wait while the request is a draft; all else is a contradiction.
    """

    step: str
    field: str
    reason: str
    is_missing: bool = False
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules need to know beside the answers.

    `follows_leads_back`: the workshop that this one would follow already follows it, directly or
    through others. `follows_is_withdrawn`: it will never be held.
    """

    today: date
    follows_leads_back: bool = False
    follows_is_withdrawn: bool = False


def problems_of(answers: Answers, around: Surroundings) -> tuple[Problem, ...]:
    """Everything that stands in the way of a request, in the order of its pages."""
    return (
        *problems_of_what(answers.what),
        *_length(answers.when),
        *_window(answers.when, around),
        *_follows(answers.when, around),
        *_where(answers.where, answers.when),
        *_team(answers),
        *_seats(answers.who),
        *_money(answers),
    )


def problems_of_what(what: What) -> Iterator[Problem]:
    """The rules of the first page, which stands before there is a request."""
    if not any(title.strip() for title in what.titles.values()):
        yield Problem("what", "titles", "no_title")
    if what.kind not in KINDS:
        yield Problem("what", "kind", "unknown")


def _length(when: When) -> Iterator[Problem]:
    if when.mode not in MODES:
        yield Problem("when", "mode", "unknown")
    elif when.mode == "in_person":
        if when.days is None or not 1 <= when.days <= MOST_DAYS:
            yield Problem("when", "days", "days_out_of_range", values={"most": MOST_DAYS})
        if when.minutes is not None:
            yield Problem("when", "minutes", "minutes_in_person")
    else:
        if when.minutes is None or not LEAST_MINUTES <= when.minutes <= MOST_MINUTES:
            yield Problem("when", "minutes", "minutes_out_of_range", values={"most": MOST_MINUTES})
        elif when.minutes % MINUTES_STEP:
            yield Problem("when", "minutes", "minutes_not_in_halves", values={"step": MINUTES_STEP})
        if when.days is not None:
            yield Problem("when", "days", "days_online")


def _window(when: When, around: Surroundings) -> Iterator[Problem]:
    for name in ("window_first", "window_last"):
        if not FIRST_YEAR <= getattr(when, name).year <= LAST_YEAR:
            yield Problem("when", name, "strange_year")
            return
    if when.window_last < when.window_first:
        yield Problem("when", "window_last", "window_ends_before_it_starts")
        return
    if when.mode == "in_person" and (when.window_last - when.window_first).days + 1 < (when.days or 1):
        yield Problem("when", "window_last", "window_too_short", values={"days": when.days})
    if when.window_last < around.today:
        yield Problem("when", "window_last", "window_over", is_missing=True)


def _follows(when: When, around: Surroundings) -> Iterator[Problem]:
    for name in ("follows_min_days", "follows_max_days", "follows_graduates"):
        if not 0 <= getattr(when, name) <= MOST_DAYS_BETWEEN:
            yield Problem("when", name, "out_of_range", values={"least": 0, "most": MOST_DAYS_BETWEEN})
    if when.follows_id is None:
        return
    if around.follows_leads_back:
        yield Problem("when", "follows_id", "follows_in_a_circle")
    if around.follows_is_withdrawn:
        yield Problem("when", "follows_id", "follows_withdrawn", is_missing=True)
    if when.follows_max_days < when.follows_min_days:
        yield Problem("when", "follows_max_days", "most_below_least", values={"least": when.follows_min_days})


def _where(where: Where, when: When) -> Iterator[Problem]:
    if when.mode == "in_person" and not where.venue_ids:
        yield Problem("where", "venue_ids", "no_venue", is_missing=True)
    if when.mode == "online" and where.venue_ids:
        yield Problem("where", "venue_ids", "venue_online")
    if not where.languages:
        yield Problem("where", "languages", "no_language", is_missing=True)


def _team(answers: Answers) -> Iterator[Problem]:
    who, when = answers.who, answers.when
    for name in ("team_min", "team_max", "team_leads"):
        if not 0 <= getattr(who, name) <= MOST_PEOPLE:
            yield Problem("who", name, "out_of_range", values={"least": 0, "most": MOST_PEOPLE})
    if who.team_max < 1:
        yield Problem("who", "team_max", "nobody_in_the_team")
    if who.team_max < who.team_min:
        yield Problem("who", "team_max", "most_below_least", values={"least": who.team_min})
    if who.team_leads > who.team_max:
        yield Problem("who", "team_leads", "more_leads_than_team", values={"most": who.team_max})
    if when.follows_id is not None and when.follows_graduates > who.team_max:
        yield Problem(
            "who", "team_max", "more_graduates_than_team", values={"graduates": when.follows_graduates}
        )


def _seats(who: Who) -> Iterator[Problem]:
    for name in ("seats_min", "seats_max", "seats_per_organisation", "organisations_min"):
        if not 0 <= getattr(who, name) <= MOST_PEOPLE:
            yield Problem("who", name, "out_of_range", values={"least": 0, "most": MOST_PEOPLE})
    if who.seats_max < who.seats_min:
        yield Problem("who", "seats_max", "most_below_least", values={"least": who.seats_min})
    if not who.seats_max:
        return
    if not who.invited_ids:
        yield Problem("who", "invited_ids", "nobody_invited", is_missing=True)
        return
    if who.organisations_min > len(who.invited_ids):
        yield Problem(
            "who",
            "organisations_min",
            "too_few_invited",
            is_missing=True,
            values={"invited": len(who.invited_ids)},
        )
    most = who.seats_per_organisation * len(who.invited_ids)
    if who.seats_min > most:
        yield Problem("who", "seats_min", "seats_cannot_be_filled", is_missing=True, values={"most": most})


def _money(answers: Answers) -> Iterator[Problem]:
    money = answers.money
    if money.budget is not None and not 0 <= money.budget <= MOST_MONEY:
        yield Problem("money", "budget", "out_of_range", values={"least": 0, "most": MOST_MONEY})
    if not 1 <= money.priority <= 5:
        yield Problem("money", "priority", "out_of_range", values={"least": 1, "most": 5})
