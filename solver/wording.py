"""Violations in English, for the command line. Applications have sentences of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from solver.violation import Fact, Violation

SENTENCES: Mapping[tuple[str, str], str] = {
    (
        "window",
        "outside_window",
    ): "{first_day} to {last_day} is not within its window, {earliest} to {latest}",
    (
        "window",
        "outside_horizon",
    ): "{first_day} to {last_day} is not within the round, {earliest} to {latest}",
    ("working_days", "off_at_place"): "{days}: weekend or holiday at {place}",
    ("working_days", "off_at_home"): "{days}: weekend or holiday at home of {people}",
    ("venue", "online"): "is online and has the venue {venue}",
    ("venue", "none"): "is in person and has no venue",
    ("venue", "not_offered"): "{venue} is none of its venues",
    ("venue", "closed"): "{venue} is closed from {first_day} to {last_day}",
    ("venue", "too_small"): "{venue} has {most} seats, {seated} are taken",
    ("venue", "taken"): "{venue} also hosts {workshops} on {day}",
    ("start_grid", "off_grid"): "starts at {start}, not on a whole or half hour",
    ("team_size", "twice"): "in the team twice: {people}",
    ("team_size", "too_few"): "{members} in the team, at least {least} are wanted",
    ("team_size", "too_many"): "{members} in the team, at most {most} are wanted",
    ("team_size", "too_few_leads"): "{leads} leads in the team, at least {least} are wanted",
    ("competence", "cannot_lead"): "may not lead {topic}: {people}",
    ("competence", "cannot_facilitate"): "neither facilitates {topic} nor is a graduate: {people}",
    ("languages", "unspoken"): "nobody in the team speaks {languages}",
    ("languages", "not_shared"): "speaks none of {languages}: {people}",
    ("seating", "too_few"): "{seated} seats are taken, at least {least} are wanted",
    ("seating", "too_many"): "{seated} seats are taken, at most {most} are wanted",
    ("seating", "twice"): "seated twice: {people}",
    ("seating", "not_invited"): "of an organisation that is not invited: {people}",
    ("seating", "not_nominated"): "not nominated: {people}",
    ("seating", "not_wanted"): "does not want {topic}: {people}",
    ("seating", "in_team"): "in the team and seated: {people}",
    ("seating", "same_topic"): "also seated in {workshops}, which is on {topic} too: {people}",
    ("mix", "too_many_of_one"): "{seated} seats for {organisation}, at most {most} are wanted: {people}",
    (
        "mix",
        "too_few_organisations",
    ): "{organisations} organisations have a seat, at least {least} are wanted",
    ("available", "unavailable"): "not available: {people}",
    ("available", "online_only"): "only takes part online, and is away from home at {place}: {people}",
    ("one_place_at_a_time", "clash"): "at the same time as {workshops}, or while travelling for it: {people}",
    (
        "load",
        "too_many_sessions",
    ): "{people} facilitates {taken} sessions, at most {most} are wanted: {workshops}",
    (
        "load",
        "too_many_days_away",
    ): "{people} is away for {taken} days, at most {most} are wanted: {workshops}",
    ("load", "too_many_seats"): "{people} takes {taken} seats, at most {most} are wanted: {workshops}",
    ("follows", "not_held"): "follows {workshops}, which is not held",
    ("follows", "too_soon"): "{days} days after {workshops}, at least {least} are wanted",
    ("follows", "too_late"): "{days} days after {workshops}, at most {most} are wanted",
    (
        "follows",
        "too_few_graduates",
    ): "{graduates} graduates of {workshops} in the team, at least {least} are wanted",
    ("entry", "never"): "cannot enter {country}: {people}",
    ("entry", "too_early"): "cannot enter {country} so early: {people}",
    ("notice", "too_soon"): "would have to leave home too soon: {people}",
    ("waking_hours", "at_night"): "the start {start} puts it outside 06:00-22:00 at home of {people}",
    ("budget", "of_workshop"): "costs {cost}, at most {most} are there",
    ("budget", "of_fund"): "fund {fund}: {workshops} cost {cost}, at most {most} are there",
    ("pins", "not_held"): "is pinned and not held",
    ("pins", "held"): "is pinned as not held, and is held",
    ("pins", "venue"): "is pinned to the venue {pinned}, not {found}",
    ("pins", "start"): "is pinned to start at {pinned}, not {found}",
    ("pins", "team"): "pinned, and not in the team: {people}",
    ("pins", "seats"): "pinned, and not seated: {people}",
    ("once", "several"): "has {sessions} sessions",
    ("round", "another"): "the schedule is for {claimed}, not for {found}",
    ("unscheduled", "held"): "is held, and is listed as unscheduled",
    ("unscheduled", "missing"): "has no session, and is not listed as unscheduled",
    ("unscheduled", "no_reason"): "is unscheduled without a reason",
    ("unscheduled", "unknown_reason"): "is unscheduled for {reason}, which is no rule",
    ("objective", "wrong"): "{claimed} is claimed, it is {found}",
    ("bound", "too_low"): "{claimed} is claimed, but the schedule reaches {found}",
    ("cost", "wrong"): "{claimed} is claimed, it is {found}",
}
"""(rule, breach) -> what is wrong, with the violation's people, workshops and facts by name."""


def sentence(violation: Violation) -> str:
    """One line: the rule, the workshop, and what is wrong with it."""
    facts = {name: _written(fact) for name, fact in violation.facts.items()}
    what = SENTENCES[violation.rule, violation.breach].format_map(
        {"people": _listed(violation.people), "workshops": _listed(violation.workshops), **facts}
    )
    where = "" if violation.workshop is None else f"{_plain(violation.workshop)}: "
    return f"{violation.rule}: {where}{what}"


def instant(at: datetime) -> str:
    """An instant as the formats write it."""
    return f"{at:%Y-%m-%dT%H:%MZ}"


def shown(text: str) -> str:
    """A text from a document as messages quote it: printable, on one line, not too long."""
    quoted = repr(text) if text.isprintable() else ascii(text)
    return quoted if len(quoted) <= 80 else f"{quoted[:76]}…{quoted[-1]}"


def _plain(name: str) -> str:
    """An id without quotes where it needs none."""
    return name if name.isprintable() and name and " " not in name else shown(name)


def _listed(values: Iterable[str | date]) -> str:
    return ", ".join(_written(value) for value in values)


def _written(fact: Fact) -> str:
    match fact:
        case None:
            return "none"
        case datetime():
            return instant(fact)
        case date():
            return fact.isoformat()
        case str():
            return _plain(fact)
        case tuple():
            return _listed(fact)
        case _:
            return str(fact)
