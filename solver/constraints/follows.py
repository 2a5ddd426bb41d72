"""Rule `follows`: a workshop comes after the one it follows, taught by its graduates.

The workshop named is held; this session's first day is at least `min_days` and at most
`max_days` after the other's last day; at least `graduates` members of this team hold a seat
there. (Days of a session online: its UTC dates.)

    min_days_w <= first(D(s)) - last(D(parent)) <= max_days_w
    |team(s) ∩ seats(parent)| >= graduates_w        for each session s of a workshop w that follows

Who holds a seat there may facilitate here without teaching the topic: rule `competence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from solver.derived import days_of
from solver.round import Follows, Round
from solver.schedule import Schedule, Session
from solver.violation import Facts, Violation

NAME = "follows"


def graduates_by_workshop(round: Round, schedule: Schedule) -> Mapping[str, frozenset[str]]:
    """For each workshop that follows another: who holds a seat in that other one."""
    graduates: dict[str, frozenset[str]] = {}
    for session in schedule.sessions:
        for follower in round.followers.get(session.workshop, ()):
            graduates[follower] = graduates.get(follower, frozenset()).union(session.seats)
    return graduates


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions that follow nothing, follow too soon or too late, or lack graduates in the team."""
    held = {session.workshop: session for session in reversed(schedule.sessions)}
    for session in schedule.sessions:
        rule = round.workshops[session.workshop].follows
        if rule is None:
            continue
        parent = held.get(rule.workshop)
        if parent is None:
            yield Violation(NAME, "not_held", session.workshop, workshops=(rule.workshop,))
            continue
        yield from _gap(round, session, parent, rule)
        graduates = set(session.facilitators).intersection(parent.seats)
        if len(graduates) < rule.graduates:
            facts: Facts = {"graduates": len(graduates), "least": rule.graduates}
            yield Violation(NAME, "too_few_graduates", session.workshop, (), (parent.workshop,), facts)


def _gap(round: Round, session: Session, parent: Session, rule: Follows) -> Iterator[Violation]:
    ended = days_of(round.workshops[parent.workshop], parent.start).last
    begins = days_of(round.workshops[session.workshop], session.start).first
    days = (begins - ended).days
    if days < rule.min_days:
        facts: Facts = {"days": days, "least": rule.min_days}
        yield Violation(NAME, "too_soon", session.workshop, (), (parent.workshop,), facts)
    if days > rule.max_days:
        facts = {"days": days, "most": rule.max_days}
        yield Violation(NAME, "too_late", session.workshop, (), (parent.workshop,), facts)
