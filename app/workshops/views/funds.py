"""Funds: what there is, what is promised, and who keeps them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock, once
from app.access import Forbidden, allow, office
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.workshops import life, queries, services, words
from app.workshops.accounts import account_of
from app.workshops.forms import FundForm
from app.workshops.initiatives import queries as initiatives
from app.workshops.models import Fund
from app.workshops.views.blueprint import blueprint


@blueprint.get("/funds")
@allow(office)
def funds() -> ResponseReturnValue:
    found = queries.funds(database.session(), actor=current_actor())
    return render_template("workshops/funds.html", accounts=found, period_of=words.period_of)


@blueprint.get("/funds/<int:fund_id>")
@allow(office)
def fund(fund_id: int) -> ResponseReturnValue:
    actor = current_actor()
    db = database.session()
    shown = queries.fund_for(db, actor=actor, fund_id=fund_id)
    account = account_of(db, shown)
    return render_template(
        "workshops/fund.html",
        fund=shown,
        account=account,
        period_of=words.period_of,
        uses={use.workshop_id: use for use in account.uses},
        stands=life.stands(db, shown.workshops, now=clock.now()),
        initiatives_seen=initiatives.seen_among(db, actor=actor, ids=[p.initiative.id for p in account.pots]),
        seen=queries.seen_among(db, actor=actor, workshops=shown.workshops),
        may_change=queries.may_keep_fund(actor, shown.organisation_id),
    )


@blueprint.route("/funds/new", methods=["GET", "POST"])
@allow(office)
def add_fund() -> ResponseReturnValue:
    form = FundForm()
    with unit_of_work() as db:
        _offer_owners(db, form, None)
        if not form.validate_on_submit():
            return _form_page(form, None)
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        added = services.add_fund(
            db,
            actor=current_actor(),
            organisation_id=form.organisation_id.data,
            title=form.title.data,
            amount=form.amount.data,
            currency=form.currency.data,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            now=clock.now(),
        )
        answer = once.answered(db, url_for("workshops.fund", fund_id=added.id))
    flash(_("The fund has been added."), "success")
    return answer


@blueprint.route("/funds/<int:fund_id>/edit", methods=["GET", "POST"])
@allow(office)
def change_fund(fund_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with unit_of_work() as db:
        changed = queries.fund_for(db, actor=actor, fund_id=fund_id)
        if not queries.may_keep_fund(actor, changed.organisation_id):
            raise Forbidden
        form = FundForm(obj=changed)
        _offer_owners(db, form, changed)
        if not form.validate_on_submit():
            return _form_page(form, changed)
        services.change_fund(
            db,
            actor=actor,
            fund=changed,
            organisation_id=form.organisation_id.data,
            title=form.title.data,
            amount=form.amount.data,
            currency=form.currency.data,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            now=clock.now(),
        )
    flash(_("The fund has been saved."), "success")
    return redirect(url_for("workshops.fund", fund_id=fund_id), 303)


def _offer_owners(db: Session, form: FundForm, present: Fund | None) -> None:
    owners = list(queries.requesters(db, actor=current_actor()))
    if present is not None and present.organisation not in owners:
        owners.append(present.organisation)
    form.organisation_id.choices = [SelectChoice(str(owner.id), owner.name) for owner in owners]


def _form_page(form: FundForm, changed: Fund | None) -> ResponseReturnValue:
    page = render_template("workshops/fund_form.html", form=form, fund=changed)
    return page, 422 if form.is_submitted() else 200
