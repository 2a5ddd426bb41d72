"""What is left of a fund: what of it is promised, planned and spent, and to whom it belongs.

A fund is divided into pots. Each part promised to an initiative is a pot for the workshops of that
initiative alone, and they take no more than it; all other workshops charged to the fund share the free
pot. A workshop takes from its pot what its report says was *spent*; else, from the moment it is
published, what the plan says it costs (*planned*); before that nothing. Of an initiative that is over
only what it used stays in its pot, the rest is free again.

    left of a fund = amount − Σ pots of initiatives max(promised, used) − used from the free pot

Only amounts in the fund's own currency count; the others are told (`uncounted`). A workshop that is
charged to two funds counts in full in both, as the planner has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.workshops import life
from app.workshops.life import Course
from app.workshops.models import Fund, FundPromise, Initiative, Workshop, WorkshopReport, fund_workshop

ASKED_IN = ("submitted", "approved")
"""States in which a request that is not planned yet asks for its budget."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one workshop takes of a fund, and from which pot (`None`: the free one)."""

    workshop_id: int
    initiative_id: int | None
    planned: int = 0
    spent: int = 0
    asked: int = 0
    has_no_budget: bool = False
    is_uncounted: bool = False
    is_called_off: bool = False
    course: Course | None = None

    @property
    def used(self) -> int:
        return self.planned + self.spent


@dataclass(frozen=True, slots=True)
class Pot:
    """The part of a fund that is promised to an initiative, and what its workshops take of it."""

    initiative: Initiative
    promised: int
    planned: int
    spent: int

    @property
    def used(self) -> int:
        return self.planned + self.spent

    @property
    def kept(self) -> int:
        """What nobody else may have: the promise, once it is over what was used; more, if more was used."""
        return self.used if self.initiative.is_over else max(self.promised, self.used)

    @property
    def left(self) -> int:
        """What its workshops may still take; negative when they took more than was promised."""
        return self.kept - self.used if self.initiative.is_over else self.promised - self.used


@dataclass(frozen=True, slots=True)
class FundAccount:
    """A fund with what has become of its amount."""

    fund: Fund
    pots: Sequence[Pot] = ()
    uses: Sequence[Use] = field(default=(), repr=False)

    @property
    def promised(self) -> int:
        """What is kept for initiatives, used or not."""
        return sum(pot.kept for pot in self.pots)

    @property
    def planned(self) -> int:
        return sum(use.planned for use in self.uses)

    @property
    def spent(self) -> int:
        return sum(use.spent for use in self.uses)

    @property
    def reserved(self) -> int:
        """What is promised and not used yet."""
        return sum(pot.kept - pot.used for pot in self.pots)

    @property
    def left(self) -> int:
        """What nobody has a claim to; negative when there are claims to more than there is."""
        return self.fund.amount - self.reserved - self.planned - self.spent

    @property
    def asked(self) -> int:
        """What requests that are not planned yet may cost at most."""
        return sum(use.asked for use in self.uses)

    @property
    def asking(self) -> int:
        """How many of these there are."""
        return sum(bool(use.asked) or use.has_no_budget for use in self.uses)

    @property
    def without_budget(self) -> int:
        return sum(use.has_no_budget for use in self.uses)

    @property
    def uncounted(self) -> int:
        """How many workshops take of it in another currency."""
        return sum(use.is_uncounted for use in self.uses)

    def pot_of(self, initiative_id: int) -> Pot | None:
        return next((pot for pot in self.pots if pot.initiative.id == initiative_id), None)


def accounts_of(db: Session, funds: Collection[Fund]) -> dict[int, FundAccount]:
    """The account of each of these funds, by id; five queries, however many there are."""
    by_id = {fund.id: fund for fund in funds}
    promises = db.scalars(
        select(FundPromise)
        .where(FundPromise.fund_id.in_(by_id))
        .options(joinedload(FundPromise.initiative))
        .order_by(FundPromise.initiative_id)
    ).all()
    promised = {(promise.fund_id, promise.initiative_id) for promise in promises}
    uses = _uses(db, by_id, promised)
    accounts = {}
    for fund in funds:
        of_fund = uses.get(fund.id, [])
        pots = [
            Pot(
                promise.initiative,
                promise.amount,
                sum(use.planned for use in of_fund if use.initiative_id == promise.initiative_id),
                sum(use.spent for use in of_fund if use.initiative_id == promise.initiative_id),
            )
            for promise in promises
            if promise.fund_id == fund.id
        ]
        accounts[fund.id] = FundAccount(fund, pots, of_fund)
    return accounts


def account_of(db: Session, fund: Fund) -> FundAccount:
    return accounts_of(db, [fund])[fund.id]


def _uses(
    db: Session, funds: Mapping[int, Fund], promised: Collection[tuple[int, int]]
) -> dict[int, list[Use]]:
    rows = db.execute(
        select(
            fund_workshop.c.fund_id,
            Workshop.id,
            Workshop.initiative_id,
            Workshop.state,
            Workshop.budget,
            WorkshopReport,
        )
        .join(Workshop, Workshop.id == fund_workshop.c.workshop_id)
        .outerjoin(WorkshopReport, WorkshopReport.workshop_id == Workshop.id)
        .where(fund_workshop.c.fund_id.in_(funds))
        .order_by(Workshop.id)
    ).all()
    courses = life.courses_of_ids(db, {row.id for row in rows})
    found: dict[int, list[Use]] = {}
    for fund_id, workshop_id, initiative_id, state, budget, report in rows:
        pot = initiative_id if (fund_id, initiative_id) in promised else None
        use = _use(funds[fund_id], workshop_id, pot, state, budget, report, courses.get(workshop_id))
        found.setdefault(fund_id, []).append(use)
    return found


def _use(
    fund: Fund,
    workshop_id: int,
    pot: int | None,
    state: str,
    budget: int | None,
    report: WorkshopReport | None,
    course: Course | None,
) -> Use:
    if report is not None and report.spent is not None:
        if report.currency != fund.currency:
            return Use(workshop_id, pot, is_uncounted=True, course=course)
        return Use(workshop_id, pot, spent=report.spent, course=course)
    if course is not None and course.is_planned:
        if course.currency != fund.currency:
            return Use(workshop_id, pot, is_uncounted=True, course=course)
        called_off = state == "withdrawn" and report is None
        return Use(workshop_id, pot, planned=course.cost, is_called_off=called_off, course=course)
    if state in ASKED_IN and report is None:
        return Use(workshop_id, pot, asked=budget or 0, has_no_budget=budget is None)
    return Use(workshop_id, pot)


# -- What a round may take


@dataclass(frozen=True, slots=True)
class RoundPot:
    """A pot as a planning round finds it: what its own workshops may take of it together."""

    fund: Fund
    initiative: Initiative | None
    workshop_ids: tuple[int, ...]
    amount: int


def pots_for_round(
    db: Session, funds: Iterable[Fund], *, round_id: int, planned_ids: Collection[int]
) -> list[RoundPot]:
    """The pots that a round's workshops (`planned_ids`) are charged to, less what all others use.

    The planner counts the cost of the workshops that it is given: they are left out here, but for what
    a report says beyond the plan. A session of this round whose request was withdrawn counts for nothing:
    the next version calls it off.
    """
    mine = frozenset(planned_ids)
    found = []
    for _id, account in sorted(accounts_of(db, list(funds)).items()):
        fund = account.fund
        elsewhere: dict[int | None, int] = {}
        here: dict[int | None, list[int]] = {}
        for use in account.uses:
            taken = _taken_elsewhere(use, mine, round_id)
            elsewhere[use.initiative_id] = elsewhere.get(use.initiative_id, 0) + taken
            if use.workshop_id in mine:
                here.setdefault(use.initiative_id, []).append(use.workshop_id)
        free = fund.amount - elsewhere.get(None, 0)
        for pot in account.pots:
            used = elsewhere.get(pot.initiative.id, 0)
            at_work = not pot.initiative.is_over or pot.initiative.id in here
            free -= max(pot.promised if at_work else 0, used)
            if pot.initiative.id in here:
                left = max(0, pot.promised - used)
                found.append(RoundPot(fund, pot.initiative, tuple(here[pot.initiative.id]), left))
        if None in here:
            found.append(RoundPot(fund, None, tuple(here[None]), max(0, free)))
    return found


def _taken_elsewhere(use: Use, mine: Collection[int], round_id: int) -> int:
    """What of a use the planner of this round does not count itself."""
    planned = use.course.cost if use.course is not None and use.course.is_planned else 0
    if use.workshop_id in mine:
        return use.spent - planned if use.spent else 0
    if use.is_called_off and use.course is not None and use.course.round_id == round_id:
        return 0
    return use.used
