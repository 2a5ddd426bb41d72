"""Setting up initiatives, changing them, and promising them parts of funds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import LocalText
from app.errors import Conflict, Invalid
from app.facts import record
from app.i18n import in_language
from app.network.models import Organisation, Topic
from app.network.services.rows import free_code, require_title
from app.workshops.accounts import Pot, account_of
from app.workshops.initiatives import queries
from app.workshops.initiatives.facts import FundPromised, InitiativeBegun, InitiativeChanged
from app.workshops.models import INITIATIVE_STATES, Fund, FundPromise, Initiative
from app.workshops.queries import may_keep_fund
from app.workshops.rules import MOST_MONEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an initiative is; `titles` by language, `partner_ids` besides the one that leads."""

    titles: LocalText
    organisation_id: int
    partner_ids: frozenset[int] = frozenset()
    area_id: int
    objectives: str = ""
    first_day: date
    last_day: date
    state: str = "proposed"


def begin_initiative(db: Session, *, actor: Actor, details: Details, now: datetime) -> Initiative:
    """Set up an initiative. Raises Forbidden, Invalid."""
    require(actor.acts_for(details.organisation_id))
    _check(db, details)
    initiative = Initiative(
        code=free_code(db, Initiative, in_language(details.titles, "en"), "initiative"),
        created_at=now,
        changed_at=now,
    )
    _put(db, initiative, details)
    db.add(initiative)
    db.flush()
    record(db, actor=actor, fact=InitiativeBegun(initiative.id), now=now, after=_said(details))
    return initiative


def change_initiative(
    db: Session, *, actor: Actor, initiative: Initiative, details: Details, now: datetime
) -> Initiative:
    """Change what an initiative is; who leads it then, too, must be one the actor acts for.

    Raises Forbidden, Invalid.
    """
    require(queries.may_change(actor, initiative))
    require(actor.acts_for(details.organisation_id))
    _check(db, details)
    before = details_of(initiative)
    if before == details:
        return initiative
    _put(db, initiative, details)
    initiative.changed_at = now
    db.flush()
    fact = InitiativeChanged(initiative.id)
    record(db, actor=actor, fact=fact, now=now, before=_said(before), after=_said(details))
    return initiative


def promise_part(
    db: Session, *, actor: Actor, initiative: Initiative, fund: Fund, amount: int, now: datetime
) -> Pot | None:
    """Keep a part of a fund for an initiative, another part than before, or with 0 none any more.

    Who keeps the fund promises of it, at most what is left of it and at least what the workshops of the
    initiative take already.

    Raises Forbidden, Conflict("initiative_over"), Invalid(amount).
    """
    require(may_keep_fund(actor, fund.organisation_id))
    db.refresh(fund, ["amount"], with_for_update=True)  # two promises at once must not both find it free
    if initiative.is_over:
        raise Conflict("initiative_over")
    if not 0 <= amount <= MOST_MONEY:
        raise Invalid("amount", "out_of_range", least=0, most=MOST_MONEY)
    account = account_of(db, fund)
    pot = account.pot_of(initiative.id)
    had, used = (pot.promised, pot.used) if pot is not None else (0, 0)
    if amount < used:
        raise Invalid("amount", "less_than_used", used=used, currency=fund.currency)
    if amount - had > max(0, account.left):
        most = had + max(0, account.left)
        raise Invalid("amount", "more_than_left", most=most, currency=fund.currency)
    if amount == had:
        return pot
    promise = db.get(FundPromise, (fund.id, initiative.id))
    if amount == 0 and promise is not None:
        initiative.promises.remove(promise)
    elif promise is None:
        initiative.promises.append(FundPromise(fund=fund, amount=amount))
    else:
        promise.amount = amount
    initiative.changed_at = now
    db.flush()
    db.expire(fund, ["promises"])
    record(
        db,
        actor=actor,
        fact=FundPromised(initiative.id, fund.id),
        now=now,
        before={"fund": fund.title, "amount": had},
        after={"fund": fund.title, "amount": amount},
    )
    return account_of(db, fund).pot_of(initiative.id)


def details_of(initiative: Initiative) -> Details:
    """What a stored initiative is."""
    return Details(
        titles=dict(initiative.titles),
        organisation_id=initiative.organisation_id,
        partner_ids=frozenset(partner.id for partner in initiative.partners),
        area_id=initiative.area_id,
        objectives=initiative.objectives,
        first_day=initiative.first_day,
        last_day=initiative.last_day,
        state=initiative.state,
    )


def _check(db: Session, details: Details) -> None:
    require_title(details.titles)
    if details.last_day < details.first_day:
        raise Invalid("last_day", "window_ends_before_it_starts")
    if details.state not in INITIATIVE_STATES:
        raise Invalid("state", "unknown")
    area = db.get(Topic, details.area_id)
    if area is None or area.area_id is not None:
        raise Invalid("area_id", "unknown")
    if db.get(Organisation, details.organisation_id) is None:
        raise Invalid("organisation_id", "unknown")


def _put(db: Session, initiative: Initiative, details: Details) -> None:
    partners = db.scalars(select(Organisation).where(Organisation.id.in_(details.partner_ids))).all()
    if len(partners) != len(details.partner_ids):
        raise Invalid("partner_ids", "unknown")
    initiative.organisation = db.get_one(Organisation, details.organisation_id)
    initiative.area = db.get_one(Topic, details.area_id)
    initiative.partners = [partner for partner in partners if partner.id != details.organisation_id]
    initiative.titles = {code: title.strip() for code, title in details.titles.items() if title.strip()}
    initiative.objectives, initiative.state = details.objectives, details.state
    initiative.first_day, initiative.last_day = details.first_day, details.last_day


def _said(details: Details) -> dict[str, Any]:
    return asdict(details)
