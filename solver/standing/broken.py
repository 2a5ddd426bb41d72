"""The atoms that a session of one workshop breaks, the rest standing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from solver.round import FACILITATES
from solver.standing.atoms import Atom
from solver.standing.case import Case
from solver.standing.sites import Site


def broken(
    case: Case, site: Site, start: int, team: Collection[str], seats: Collection[str], cost: int
) -> frozenset[Atom]:
    """What a session breaks; its people are candidates of the case."""
    people = case.round.people
    found = {atom for atom, no in case.forbidden(site) if no >> start & 1}
    for role, ids in (("team", team), ("seats", seats)):
        for id in ids:
            found.update(atom for atom, no in case.blocked(site, people[id], role) if no >> start & 1)
    found.update(_in_team(case, team))
    found.update(_in_seats(case, site, seats))
    found.update(_among_named(case, team, seats))
    budget = case.workshop.budget
    if budget is not None and cost > budget:
        found.add(Atom("budget", "workshop"))
    found.update(Atom("budget", "fund", fund) for fund in case.funds if cost > case.left(fund))
    return frozenset(found)


def _in_team(case: Case, team: Collection[str]) -> Iterator[Atom]:
    needs, follows = case.team_needs(), case.workshop.follows
    if sum(case.may_lead(id) for id in team) < needs.leads:
        yield Atom("competence", "leads")
    if len(team) < needs.least:
        yield Atom("team_size", "least")
    for language, bit in case.words.items():
        if not any(case.spoken(case.round.people[id]) & bit for id in team):
            yield Atom("languages", "language", language)
    if follows and len(case.graduates.intersection(team)) < needs.graduates:
        yield Atom("follows", "graduates", follows.workshop)


def _in_seats(case: Case, site: Site, seats: Collection[str]) -> Iterator[Atom]:
    limits = case.seat_needs(site)
    if len(seats) < limits.least:
        yield Atom("seating", "least")
    if site.venue is not None and len(seats) > case.round.venues[site.venue].seats:
        yield Atom("venue", "size", site.venue)
    groups = [case.round.people[id].organisation for id in seats]
    if len(set(groups)) < limits.organisations:
        yield Atom("mix", "organisations")
    if any(groups.count(group) > limits.each for group in groups):
        yield Atom("mix", "each")


def _among_named(case: Case, team: Collection[str], seats: Collection[str]) -> Iterator[Atom]:
    """Pins on people, and graduates whom workshops that follow rely on."""
    for n, pin in case.pins:
        if not set(pin.team).issubset(team) or not set(pin.seats).issubset(seats):
            yield Atom("pins", "pin", str(n))
    for child, _ in case.children:
        members = case.rest.session[child.id].team
        taught = {
            m.person
            for m in members
            if m.role != "lead" and case.round.people[m.person].teaches.get(child.topic, 0) < FACILITATES
        }
        if not taught.issubset(seats):
            yield Atom("follows", "taught", child.id)
        if child.follows and len({m.person for m in members}.intersection(seats)) < child.follows.graduates:
            yield Atom("follows", "enough", child.id)
