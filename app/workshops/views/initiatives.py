"""Initiatives: the list, one with its money and its workshops, the form, and promises of funds."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock, once
from app.access import allow, office, require, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Invalid
from app.i18n import in_language, region_name
from app.web import row_id
from app.workshops import life
from app.workshops import queries as workshops
from app.workshops.initiatives import queries, services, words
from app.workshops.initiatives.forms import InitiativeForm, PromiseForm
from app.workshops.models import INITIATIVE_STATES, Fund, Initiative
from app.workshops.queries import history_of
from app.workshops.views.blueprint import blueprint


@blueprint.get("/initiatives")
@allow(staff)
def initiatives() -> ResponseReturnValue:
    db, actor, asked = database.session(), current_actor(), request.args
    regions = queries.regions(db, actor=actor)
    wanted = queries.InitiativeFilter(
        state=asked.get("state", "") if asked.get("state") in INITIATIVE_STATES else "",
        area_id=asked.get("area", type=row_id),
        region=asked.get("region", "") if asked.get("region") in regions else "",
        fund_id=asked.get("fund", type=row_id),
    )
    page = asked.get("page", 1, type=int)
    return render_template(
        "workshops/initiatives.html",
        found=queries.initiatives(db, actor=actor, wanted=wanted, now=clock.now(), page=page),
        wanted=wanted,
        words=words,
        areas=[(area.id, in_language(area.titles)) for area in queries.areas(db)],
        regions=[(region, region_name(region)) for region in regions],
        funds=[(each.fund.id, each.fund.title) for each in workshops.funds(db, actor=actor)]
        if office(actor)
        else [],
        may_begin=actor.is_staff,
    )


@blueprint.get("/initiatives/<int:initiative_id>")
@allow(staff)
def initiative(initiative_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    shown = queries.initiative_for(db, actor=actor, initiative_id=initiative_id)
    return _page(db, shown, _promise_form(db))


@blueprint.route("/initiatives/new", methods=["GET", "POST"])
@allow(staff)
def begin_initiative() -> ResponseReturnValue:
    form = InitiativeForm()
    with unit_of_work() as db:
        if form.is_submitted() and (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        _offer(db, form, None)
        if form.validate_on_submit():
            try:
                begun = services.begin_initiative(
                    db, actor=current_actor(), details=form.details(), now=clock.now()
                )
                return once.answered(db, url_for("workshops.initiative", initiative_id=begun.id))
            except Invalid as invalid:
                form.refuse(invalid)
        db.rollback()
        return _form_page(form, None)


@blueprint.route("/initiatives/<int:initiative_id>/edit", methods=["GET", "POST"])
@allow(staff)
def change_initiative(initiative_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with unit_of_work() as db:
        changed = queries.initiative_for(db, actor=actor, initiative_id=initiative_id)
        require(queries.may_change(actor, changed))
        form = InitiativeForm()
        _offer(db, form, changed)
        if not form.is_submitted():
            form.fill(services.details_of(changed))
        elif form.validate():
            try:
                services.change_initiative(
                    db, actor=actor, initiative=changed, details=form.details(), now=clock.now()
                )
                return redirect(url_for("workshops.initiative", initiative_id=initiative_id), 303)
            except Invalid as invalid:
                form.refuse(invalid)
        return _form_page(form, changed)


@blueprint.post("/initiatives/<int:initiative_id>/promise")
@allow(office)
def promise(initiative_id: int) -> ResponseReturnValue:
    """Keep a part of a fund for an initiative."""
    actor = current_actor()
    with unit_of_work() as db:
        shown = queries.initiative_for(db, actor=actor, initiative_id=initiative_id)
        form = _promise_form(db)
        if form.validate():
            fund = workshops.fund_for(db, actor=actor, fund_id=form.fund_id.data)
            try:
                services.promise_part(
                    db, actor=actor, initiative=shown, fund=fund, amount=form.amount.data, now=clock.now()
                )
                return redirect(url_for("workshops.initiative", initiative_id=initiative_id), 303)
            except Invalid as invalid:
                form.amount.errors = [*form.amount.errors, words.refusal(invalid)]
        return _page(db, shown, form), 422


# -- What they share


def _page(db: Session, shown: Initiative, form: PromiseForm) -> str:
    actor = current_actor()
    seen = workshops.seen_among(db, actor=actor, workshops=shown.workshops)
    return render_template(
        "workshops/initiative.html",
        initiative=shown,
        pots=queries.pots_of(db, shown),
        funds_seen={each.fund.id for each in workshops.funds(db, actor=actor)} if office(actor) else set(),
        belonging=[each for each in shown.workshops if each.id in seen],
        hidden=len(shown.workshops) - len(seen),
        stands=life.stands(db, shown.workshops, now=clock.now()),
        story=words.story_of(history_of(db, kind="initiative", subject_id=shown.id)),
        words=words,
        form=form,
        may_change=queries.may_change(actor, shown),
        may_promise=bool(form.fund_id.choices) and not shown.is_over,
        may_ask=office(actor) and not shown.is_over,
    )


def _promise_form(db: Session) -> PromiseForm:
    form = PromiseForm() if request.method == "POST" else PromiseForm(formdata=None)
    form.offer(_funds_kept(db))
    return form


def _funds_kept(db: Session) -> list[Fund]:
    """The funds of which the reader may promise."""
    actor = current_actor()
    if not office(actor):
        return []
    kept = (each.fund for each in workshops.funds(db, actor=actor))
    return [fund for fund in kept if workshops.may_keep_fund(actor, fund.organisation_id)]


def _offer(db: Session, form: InitiativeForm, present: Initiative | None) -> None:
    leads = list(queries.leads(db, actor=current_actor()))
    if present is not None and present.organisation not in leads:
        leads.append(present.organisation)
    form.organisation_id.choices = [SelectChoice(str(body.id), body.name) for body in leads]
    form.area_id.choices = [
        SelectChoice(str(area.id), in_language(area.titles)) for area in queries.areas(db)
    ]
    partners = list(queries.possible_partners(db))
    known = {body.id for body in partners}
    partners += [body for body in (present.partners if present else ()) if body.id not in known]
    form.partner_ids.choices = [
        SelectChoice(str(body.id), body.name, optgroup=region_name(body.region) or _("Elsewhere"))
        for body in partners
    ]


def _form_page(form: InitiativeForm, changed: Initiative | None) -> ResponseReturnValue:
    page = render_template("workshops/initiative_form.html", form=form, initiative=changed)
    return page, 422 if form.is_submitted() else 200
