"""Who could take one place in one team, and what that would cost: the exact difference, nothing replanned.

Only what the exchange touches is looked at. When c takes p's place in the team of a session s, rules can be
broken only by s, by c's other sessions together with s, and by what s follows or what follows it; and the
objective changes only by what p and c bring to s, by their `balance` and by `change`. So the rules and terms
are asked about these few sessions, before and after: what they say of all others is the same both times, and
the difference is that of the whole schedule. (What a fund pays is a sum, and is added up once.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from solver.constraints import RULES, violations
from solver.derived import session_cost
from solver.objective import terms
from solver.round import FACILITATES, MAY_LEAD, Person, Round
from solver.schedule import Role, Schedule, Session, TeamMember


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who could take a place in a team.

    `objective` is what the whole schedule's objective becomes higher by, in hundredths of a point (nearly
    always negative), `terms` the same by term, without those that stay as they are; `cost` is the money
    that it costs more. `session` is the session with the substitute; who had the role of lead may have
    passed it on to somebody of the team.
    """

    person: str
    role: Role
    objective: int
    cost: int
    terms: Mapping[str, int]
    session: Session


def substitutes(round: Round, schedule: Schedule, workshop: str, person: str) -> list[Substitute]:
    """Everybody who could take a person's place in a team while all else stays, the best first.

    The schedule with a substitute breaks no rule that it does not break without: what is right stays
    right, and of what is wrong (the person may have fallen out) nothing is added.

    Raises:
        LookupError: the workshop has no session, or the person is not in its team.
    """
    session = next((each for each in schedule.sessions if each.workshop == workshop), None)
    if session is None:
        raise LookupError(f"{workshop} has no session")
    if person not in session.facilitators:
        raise LookupError(f"{person} is not in the team of {workshop}")
    place = _Place(round, schedule, session, person)
    found = [each for candidate in place.candidates() if (each := place.taken_by(candidate))]
    return sorted(found, key=lambda each: (-each.objective, each.cost, each.person))


PERSONAL = tuple(
    RULES[name]
    for name in (
        "available",
        "notice",
        "entry",
        "working_days",
        "waking_hours",
        "one_place_at_a_time",
        "load",
    )
)
"""The rules that speak of one person's sessions and of nobody else; cheap to ask first."""

Breach = tuple[str, str, str | None, str | None, tuple[str, ...]]


class _Place:
    """One place in one team, with what surrounds it in its schedule."""

    def __init__(self, round: Round, schedule: Schedule, session: Session, person: str) -> None:
        self.session, self.person = session, person
        self.workshop = round.workshops[session.workshop]
        self.role: Role = next(member.role for member in session.team if member.person == person)
        follows = self.workshop.follows
        kin = {follows.workshop if follows else "", *round.followers.get(session.workshop, ())}
        self.kin: list[Session] = []
        self.sessions_of: dict[str, list[Session]] = {}
        for each in schedule.sessions:
            if each is session:
                continue
            if each.workshop in kin:
                self.kin.append(each)
            for someone in each.people:
                self.sessions_of.setdefault(someone, []).append(each)
        self.graduates = {
            seat for each in self.kin if follows and each.workshop == follows.workshop for seat in each.seats
        }
        # The round as far as it speaks of this workshop alone: its pins and what was told of it.
        self.round = replace(
            round,
            funds={},
            pins=tuple(pin for pin in round.pins if pin.workshop == session.workshop),
            published=tuple(told for told in round.published or () if told.workshop == session.workshop),
        )
        self.cost = session_cost(round, session)
        self.money = self._money(round, schedule)

    def _money(self, round: Round, schedule: Schedule) -> int | None:
        """The most that the funds leave for the session; `None` where no fund pays for it.

        A fund that is overdrawn already leaves what the session costs now.
        """
        left: list[int] = []
        costs: dict[str, int] = {}
        for fund in round.funds.values():
            if self.session.workshop in fund.workshops:
                for each in schedule.sessions:
                    if each.workshop in fund.workshops and each.workshop not in costs:
                        costs[each.workshop] = session_cost(round, each)
                spent = sum(costs.get(workshop, 0) for workshop in fund.workshops)
                left.append(self.cost + max(0, fund.amount - spent))
        return min(left, default=None)

    def candidates(self) -> Iterator[Person]:
        """Who may be in the team by topic and language and is not in the session."""
        inside, topic, languages = set(self.session.people), self.workshop.topic, set(self.workshop.languages)
        for person in self.round.people.values():
            able = person.teaches.get(topic, 0) >= FACILITATES or person.id in self.graduates
            if able and person.id not in inside and not languages.isdisjoint(person.languages):
                yield person

    def taken_by(self, candidate: Person) -> Substitute | None:
        """The place taken by a candidate; `None` where that breaks a rule."""
        session = self._with(candidate) if self._is_free(candidate) else None
        if session is None:
            return None
        cost = session_cost(self.round, session)
        if self.money is not None and cost > self.money:
            return None
        before, after = self._around(candidate, self.session), self._around(candidate, session)
        broken = self._breaches(after)
        if broken and not broken <= self._breaches(before):
            return None
        was, becomes = terms(self.round, before), terms(self.round, after)
        more = {name: becomes[name] - was[name] for name in was if becomes[name] != was[name]}
        role = next(member.role for member in session.team if member.person == candidate.id)
        return Substitute(candidate.id, role, sum(more.values()), cost - self.cost, more, session)

    def _is_free(self, candidate: Person) -> bool:
        """Whether the session can be added to the candidate's own, as far as only these matter."""
        member = (TeamMember(candidate.id, "facilitator"),)
        own = [replace(self.session, team=member, seats=())]
        for each in self.sessions_of.get(candidate.id, ()):
            teaching = candidate.id in each.facilitators
            seats = (candidate.id,) if candidate.id in each.seats else ()
            own.append(replace(each, team=member if teaching else (), seats=seats))
        schedule = Schedule(self.round.id, tuple(own))
        return not any(
            candidate.id in each.people and self.session.workshop in (each.workshop, *each.workshops)
            for rule in PERSONAL
            for each in rule(self.round, schedule)
        )

    def _with(self, candidate: Person) -> Session | None:
        """The session with the candidate in the place; `None` where nobody could lead it then."""
        team = [member for member in self.session.team if member.person != self.person]
        role = self.role
        if role == "lead" and candidate.teaches.get(self.workshop.topic, 0) < MAY_LEAD:
            role = "facilitator"
            if sum(member.role == "lead" for member in team) < self.workshop.team.leads:
                heir = next((n for n, member in enumerate(team) if self._may_lead(member)), None)
                if heir is None:
                    return None
                team[heir] = TeamMember(team[heir].person, "lead")
        at = self.session.facilitators.index(self.person)
        team.insert(at, TeamMember(candidate.id, role))
        return replace(self.session, team=tuple(team))

    def _may_lead(self, member: TeamMember) -> bool:
        level = self.round.people[member.person].teaches.get(self.workshop.topic, 0)
        return member.role != "lead" and level >= MAY_LEAD

    def _around(self, candidate: Person, session: Session) -> Schedule:
        """The session with all that an exchange of the two people could touch."""
        others = [*self.kin, *self.sessions_of.get(self.person, ()), *self.sessions_of.get(candidate.id, ())]
        return Schedule(self.round.id, (session, *{id(each): each for each in others}.values()))

    def _breaches(self, schedule: Schedule) -> set[Breach]:
        """Every breach that the session has a part in, person by person."""
        found: set[Breach] = set()
        for each in violations(self.round, schedule):
            involved = {each.workshop, *each.workshops}
            if self.session.workshop in involved:
                together = tuple(sorted(name for name in involved if name))
                found.update(
                    (each.rule, each.breach, each.workshop, someone, together)
                    for someone in each.people or (None,)
                )
        return found
