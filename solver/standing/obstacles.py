"""Atoms as facts for people: whom, what, when, and a sentence."""

from __future__ import annotations

from datetime import timedelta

from solver.derived import days_of
from solver.explanation import Obstacle
from solver.round import Span
from solver.standing.atoms import Atom
from solver.standing.case import Case

TEXTS = {
    ("pins", "pin"): "A pin of the workshop says otherwise.",
    ("window", "window"): "Its window is {days}.",
    ("working_days", "place"): "{subject} has weekends and holidays.",
    ("working_days", "person"): "{people} has weekends and holidays at home.",
    ("venue", "closed"): "{venue} is closed {days}.",
    ("venue", "size"): "{venue} has {number} seats.",
    ("venue", "taken"): "{workshops} takes its venue {days}.",
    ("competence", "leads"): "It needs {number} who may lead {topic}; {able} may.",
    ("team_size", "least"): "It needs a team of {number}; {able} people could be in it.",
    ("languages", "language"): "Somebody in the team has to speak {subject}; {able} of those able do.",
    ("seating", "least"): "It needs {number} in its seats; {able} invited people want {topic}.",
    ("seating", "person"): "{people} holds a seat in {topic} already, in {workshops}.",
    ("mix", "organisations"): "Its seats have to be of {number} organisations.",
    ("mix", "each"): "One organisation may have at most {number} of its seats.",
    ("available", "person"): "{people} is not available {days}.",
    ("notice", "person"): "{people} cannot come {days}: that is too soon.",
    ("entry", "person"): "{people} cannot enter the country of its venue.",
    ("one_place_at_a_time", "person"): "{people} is in {workshops}.",
    ("load", "person"): "{people} has no workshop, seat or day away left, for {workshops}.",
    ("waking_hours", "person"): "{people} is at home in another time zone.",
    ("follows", "held"): "It follows {workshops}, which is not held.",
    ("follows", "dates"): "It has to come within some days after {workshops}.",
    ("follows", "graduates"): "It needs {number} graduates of {workshops} in its team.",
    ("follows", "child"): "{workshops} comes after it.",
    ("follows", "taught"): "{workshops} is facilitated by people who have to be its graduates.",
    ("follows", "enough"): "{workshops} needs graduates of it in its team.",
    ("budget", "workshop"): "It may cost at most {number}.",
    ("budget", "fund"): "The fund {fund} has {number} left for it.",
}


def obstacle(case: Case, atom: Atom) -> Obstacle:
    """One atom of a case as a fact."""
    people = (atom.subject,) if atom.what == "person" else ()
    workshops = _workshops(case, atom)
    days = _days(case, atom)
    venue = atom.subject if atom.rule == "venue" and atom.what != "taken" else None
    fund = atom.subject if atom.what == "fund" else None
    number, able = _numbers(case, atom)
    text = TEXTS[atom.rule, atom.what].format(
        subject=atom.subject,
        people=", ".join(people),
        workshops=", ".join(workshops),
        days=", ".join(f"{span.first} to {span.last}" for span in days),
        venue=venue,
        fund=fund,
        topic=case.workshop.topic,
        number=number,
        able=able,
    )
    if atom.what == "held" and case.followed:
        text = f"It follows {atom.subject}, which cannot be held."
    return Obstacle(
        atom.rule, atom.what, atom.subject, text, people, workshops, days, venue, fund, number, able
    )


def _workshops(case: Case, atom: Atom) -> tuple[str, ...]:
    rest, id = case.rest, atom.subject
    match atom.rule, atom.what:
        case ("venue", "taken") | ("follows", _):
            return (id,)
        case ("one_place_at_a_time", _):
            found = [stay.workshop for stay in rest.stays.get(id, ())]
        case ("load", _):
            found = [duty.workshop for duty in rest.duties.get(id, ())] if id in case.team else []
            found += rest.seats.get(id, []) if id in case.seats else []
        case ("seating", "person"):
            topic = case.workshop.topic
            found = [w for w in rest.seats.get(id, ()) if case.round.workshops[w].topic == topic]
        case ("budget", "fund"):
            found = [w for w in case.round.funds[id].workshops if w in rest.session]
        case _:
            found = []
    return tuple(dict.fromkeys(w for w in found if w != case.id))


def _days(case: Case, atom: Atom) -> tuple[Span, ...]:
    window, round = case.workshop.window, case.round
    match atom.rule, atom.what:
        case ("window", _):
            return (window,)
        case ("venue", "closed"):
            return tuple(span for span in round.venues[atom.subject].closed if span.overlaps(window))
        case ("available", _):
            away = round.people[atom.subject].unavailable
            return tuple(span for span in away if span.overlaps(window))
        case ("notice", _):
            opens = round.people[atom.subject].not_before
            return (Span(window.first, opens - timedelta(1)),) if opens and opens > window.first else ()
        case ("venue", "taken"):
            taken = round.workshops[atom.subject]
            session = case.rest.session.get(atom.subject)
            return (days_of(taken, session.start),) if session else ()
        case _:
            return ()


def _numbers(case: Case, atom: Atom) -> tuple[int, int]:
    """How much is demanded or there, and how many people could meet it."""
    workshop, follows = case.workshop, case.workshop.follows
    match atom.rule, atom.what:
        case ("competence", _):
            return workshop.team.leads, sum(case.may_lead(id) for id in case.team)
        case ("team_size", _):
            return workshop.team.min, len(case.team)
        case ("languages", _):
            spoken = sum(atom.subject in person.languages for person in case.team.values())
            return 1, spoken
        case ("seating", "least"):
            return workshop.seats.min, len(case.seats)
        case ("mix", "organisations"):
            return workshop.organisations_min, 0
        case ("mix", "each"):
            return workshop.seats_per_organisation, 0
        case ("venue", "size"):
            return case.round.venues[atom.subject].seats, 0
        case ("follows", "graduates"):
            return (follows.graduates if follows else 0), len(case.graduates)
        case ("budget", "workshop"):
            return workshop.budget or 0, 0
        case ("budget", "fund"):
            return case.left(atom.subject), 0
        case _:
            return 0, 0
