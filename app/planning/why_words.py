"""What the planner explains in the reader's words: facts that stand in the way, changes, differences.

Every sentence is made from the facts of an answer (`explanation/1`), never from its English `text`.
To add a fact to `solver.standing.atoms`: give it its sentence in `FACTS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.i18n import format_money, format_number
from app.planning.words import points

FACTS: Mapping[tuple[str, str], object] = {
    ("pins", "pin"): _l("What was fixed by hand for it says otherwise."),
    ("window", "window"): _l("Its window is %(days)s."),
    ("working_days", "place"): _l("There are weekends and holidays in %(place)s."),
    ("working_days", "person"): _l("Weekends and holidays at home: %(people)s."),
    ("venue", "closed"): _l("%(venue)s is closed: %(days)s."),
    ("venue", "size"): _l("%(venue)s has %(needed)s seats."),
    ("venue", "taken"): _l("%(workshops)s takes its venue: %(days)s."),
    ("competence", "leads"): _l("It needs %(needed)s who may lead %(topic)s; there are %(able)s."),
    ("team_size", "least"): _l("It needs a team of %(needed)s; %(able)s could be in it."),
    ("languages", "language"): _l(
        "Somebody in its team has to speak %(language)s; of those who could be in it %(able)s do."
    ),
    ("seating", "least"): _l("It needs %(needed)s participants; %(able)s people could have a seat."),
    ("seating", "person"): _l("Seated for the same topic already: %(people)s."),
    ("mix", "organisations"): _l("Its seats have to go to at least %(needed)s organisations."),
    ("mix", "each"): _l("One organisation may have at most %(needed)s of its seats."),
    ("available", "person"): _l("Not available: %(people)s."),
    ("notice", "person"): _l("Too soon after being told: %(people)s."),
    ("entry", "person"): _l("Cannot enter the country of its venue by then: %(people)s."),
    ("one_place_at_a_time", "person"): _l("In another session or on the way to it: %(people)s."),
    ("load", "person"): _l("No workshop, seat or day away left: %(people)s."),
    ("waking_hours", "person"): _l("At night where they live: %(people)s."),
    ("follows", "held"): _l("It follows %(workshops)s, which is not held."),
    ("follows", "dates"): _l("It has to come within a set time after %(workshops)s."),
    ("follows", "graduates"): _l(
        "It needs %(needed)s graduates of %(workshops)s in its team; there are %(able)s."
    ),
    ("follows", "child"): _l("%(workshops)s comes after it."),
    ("follows", "taught"): _l("%(workshops)s is facilitated by people who have to be its graduates."),
    ("follows", "enough"): _l("%(workshops)s needs graduates of it in its team."),
    ("budget", "workshop"): _l("It may cost at most %(needed)s."),
    ("budget", "fund"): _l("%(fund)s has %(needed)s left for it."),
}
"""(rule, what) of an obstacle -> the fact as a sentence; with `person` it is about several at once."""

INSTEAD: Mapping[str, object] = {
    "date": _l("Best other date"),
    "venue": _l("Best other venue"),
    "member": _l("In place of %(name)s"),
}


def difference(hundredths: int, cost_weight: int, currency: str) -> str:
    """What a change does to the value of a plan: '12.50 points less, as much as €1,250'."""
    if hundredths == 0:
        return str(_l("The plan is worth the same."))
    amount = points(abs(hundredths))
    worth = format_money(round(abs(hundredths) / cost_weight), currency) if cost_weight > 0 else ""
    if worth and hundredths < 0:
        text = _l("The plan is worth %(points)s points less, as much as %(money)s.")
    elif worth:
        text = _l("The plan is worth %(points)s points more, as much as %(money)s.")
    elif hundredths < 0:
        text = _l("The plan is worth %(points)s points less.")
    else:
        text = _l("The plan is worth %(points)s points more.")
    return str(text) % {"points": amount, "money": worth}


def days_wider(days: int) -> str:
    return str(ngettext("Widen the window by %(num)s day", "Widen the window by %(num)s days", days))


def fewer_seats(least: int, before: int) -> str:
    """The change of `seats.min`."""
    text = _l("Make do with %(least)s participants instead of %(before)s")
    return str(text) % {"least": format_number(least), "before": format_number(before)}
