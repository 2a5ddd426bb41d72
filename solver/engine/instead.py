"""What a session that is held could be instead: at another date or venue, with another member each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from solver.explanation import Instead
from solver.schedule import Session, TeamMember
from solver.standing.atoms import NONE
from solver.standing.bits import numbers
from solver.standing.case import Case
from solver.standing.compose import Composed, Composer
from solver.standing.sites import Site


def alternatives(case: Case) -> tuple[Instead, ...]:
    """The best other date, the best other venue, the best replacement of each member; exact differences."""
    session = case.session
    if session is None:
        return ()
    composer = Composer(case)
    here = next((site for site in case.sites if site.venue == session.venue), None)
    number = here.number(session.start) if here else None
    if here is None or number is None:
        return ()
    worth = composer.worth(here, number, session.facilitators, session.seats)
    sessions = list(_every_best(case, composer))
    other_days = [each for each in sessions if _day(each.session) != _day(session)]
    found = [_alternative("date", other_days, worth)]
    if session.venue is not None:
        elsewhere = [each for each in sessions if each.session.venue != session.venue]
        found.append(_alternative("venue", elsewhere, worth))
    found += [_replaced(case, composer, here, number, session, member) for member in session.team]
    return tuple(found)


def _day(session: Session) -> int:
    return session.start.toordinal()


def _every_best(case: Case, composer: Composer) -> Iterator[Composed]:
    """The best session of every start."""
    for site in case.sites:
        if composer.affords_some(site, NONE):
            for start in numbers(case.open(site) & site.by_window()):
                found = composer.best(site, start)
                if found is not None:
                    yield found


def _alternative(of: str, sessions: list[Composed], worth: int) -> Instead:
    best = max(sessions, key=lambda each: each.worth, default=None)
    if best is None:
        return Instead(of, None, None)  # type: ignore[arg-type]
    return Instead(of, best.session, best.worth - worth)  # type: ignore[arg-type]


def _replaced(
    case: Case, composer: Composer, site: Site, start: int, session: Session, member: TeamMember
) -> Instead:
    """The best other person in a member's place, all others staying."""
    worth = composer.worth(site, start, session.facilitators, session.seats)
    best: tuple[int, Session, str] | None = None
    for id, person in case.team.items():
        if id in session.people or not case.suits(site, person, "team") >> start & 1:
            continue
        if member.role == "lead" and not case.may_lead(id):
            continue
        team = tuple(replace(m, person=id) if m is member else m for m in session.team)
        found = replace(session, team=team)
        gain = composer.worth(site, start, found.facilitators, session.seats) - worth
        if (best is None or gain > best[0]) and _fits(case, composer, site, found):
            best = gain, found, id
    if best is None:
        return Instead("member", None, None, member.person)
    return Instead("member", best[1], best[0], member.person, best[2])


def _fits(case: Case, composer: Composer, site: Site, session: Session) -> bool:
    """Whether a team with somebody else in it still speaks, has graduates and whom pins name, and is paid."""
    needs, members = case.team_needs(), session.facilitators
    words = 0
    for id in members:
        words |= case.spoken(case.round.people[id])
    money = case.money()
    return (
        not needs.words & ~words
        and len(case.graduates.intersection(members)) >= needs.graduates
        and needs.named.issubset(members)
        and (money is None or composer.cost(site, members, session.seats) <= money)
    )
