"""A page on which people say what decides whether they can come, and what is known of visas and borders."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, coordinator, office, signed_in
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Invalid
from app.network.models import Person
from app.network.wording import explain
from app.spreadsheets.codes import COUNTRIES
from app.spreadsheets.views import add_to
from app.travel import queries, services
from app.travel.forms import BorderForm, NeedsForm, TravelForm, VisaForm
from app.travel.sheets import VISAS

blueprint = Blueprint("travel", __name__, url_prefix="/travel")


def has_person(actor: Actor) -> bool:
    """Is somebody in the network, not only an account."""
    return actor.is_signed_in and actor.person_id is not None


# -- A person


@blueprint.get("/mine")
@allow(has_person)
def mine() -> ResponseReturnValue:
    return redirect(url_for("travel.of_person", person_id=current_actor().person_id), 302)


@blueprint.get("/people/<int:person_id>")
@allow(signed_in)
def of_person(person_id: int) -> ResponseReturnValue:
    return _page(_person(database.session(), person_id))


@blueprint.post("/people/<int:person_id>")
@allow(signed_in)
def say(person_id: int) -> ResponseReturnValue:
    form = TravelForm()
    with unit_of_work() as db:
        person = _person(db, person_id)
        if not form.validate_on_submit():
            return _page(person, travel_form=form), 422
        services.say_travel_facts(
            db,
            actor=current_actor(),
            person=person,
            notice_days=form.notice_days.data,
            passports=form.passports.data or [],
            never=form.never.data or [],
            rather_not=form.rather_not.data or [],
            interpreter=form.interpreter.data or "",
            now=clock.now(),
        )
    flash(_("Saved."), "success")
    return _back(person_id)


@blueprint.post("/mine/needs")
@allow(has_person)
def say_needs() -> ResponseReturnValue:
    """What I need myself; nobody says it for others."""
    form = NeedsForm()
    with unit_of_work() as db:
        person = _person(db, current_actor().person_id or 0)
        if not form.validate_on_submit():
            return _page(person, needs_form=form), 422
        try:
            services.say_access_needs(
                db,
                actor=current_actor(),
                person=person,
                needs=form.needs.data or "",
                consents=form.consents.data,
                now=clock.now(),
            )
        except Invalid:
            form.consents.errors = [_("Without your consent nothing of this is kept.")]
            return _page(person, needs_form=form), 422
    flash(_("Saved."), "success")
    return _back(person.id)


@blueprint.post("/people/<int:person_id>/needs/look")
@allow(coordinator)
def look(person_id: int) -> ResponseReturnValue:
    """Have the look recorded; then what the person needs is shown for a few minutes."""
    with unit_of_work() as db:
        person = _person(db, person_id)
        services.look_at_access_needs(db, actor=current_actor(), person=person, now=clock.now())
    return redirect(url_for("travel.of_person", person_id=person_id) + "#needs", 303)


def _page(
    person: Person, *, travel_form: TravelForm | None = None, needs_form: NeedsForm | None = None
) -> str:
    db: Session = database.session()
    actor = current_actor()
    said = queries.travel_facts_of(db, person=person)
    countries = queries.countries_of(db, person=person)
    is_me = queries.is_oneself(actor, person)
    needs = queries.access_needs_of(db, actor=actor, person=person, now=clock.now())
    form = travel_form or needs_form
    if travel_form is None:
        travel_form = TravelForm(
            formdata=None,
            notice_days=said.notice_days if said else 0,
            passports=said.passports if said else [],
            interpreter=said.interpreter if said else "",
            **countries,
        )
    if needs_form is None:
        needs_form = NeedsForm(formdata=None, needs=needs.needs if needs else "", consents=needs is not None)
    return render_template(
        "travel/person.html",
        person=person,
        is_me=is_me,
        form=form,
        travel_form=travel_form,
        needs_form=needs_form,
        needs=needs,
        arranges=actor.is_coordinator and not is_me,
        has_needs=(is_me or actor.is_coordinator)
        and queries.has_access_needs(db, actor=actor, person=person),
        looks=queries.looks_at(db, actor=actor, person=person),
    )


def _person(db: Session, person_id: int) -> Person:
    return queries.person_for(db, actor=current_actor(), person_id=person_id)


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(url_for("travel.of_person", person_id=person_id), 303)


# -- Visas and borders


@blueprint.get("/visas")
@allow(office)
def index() -> ResponseReturnValue:
    return _visas()


@blueprint.post("/visas")
@allow(office)
def set_visa() -> ResponseReturnValue:
    form = VisaForm()
    if not form.validate_on_submit():
        return _visas(visa_form=form), 422
    with unit_of_work() as db:
        try:
            services.set_visa_time(
                db,
                actor=current_actor(),
                passport=form.passport.data,
                destination=form.destination.data,
                days=form.days_meant,
                now=clock.now(),
            )
        except Invalid:
            form.destination.errors = [_("Passport and destination are of the same country.")]
            return _visas(visa_form=form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("travel.index", country=form.passport.data), 303)


@blueprint.post("/visas/<int:visa_id>/remove")
@allow(office)
def remove_visa(visa_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        visa = queries.visa_time(db, visa_id=visa_id)
        services.remove_visa_time(db, actor=current_actor(), visa=visa, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("travel.index"), 303)


@blueprint.post("/borders")
@allow(office)
def close_border() -> ResponseReturnValue:
    form = BorderForm()
    if not form.validate_on_submit():
        return _visas(border_form=form), 422
    with unit_of_work() as db:
        try:
            services.close_border(
                db,
                actor=current_actor(),
                country=form.closed.data,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                now=clock.now(),
            )
        except Invalid as invalid:
            form.last_day.errors = [explain(invalid)]
            return _visas(border_form=form), 422
    flash(
        _("The next plan keeps to it. For what people have been told of already, ask for a repair."),
        "success",
    )
    return redirect(url_for("travel.index") + "#borders", 303)


@blueprint.post("/borders/<int:closure_id>/remove")
@allow(office)
def open_border(closure_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        closure = queries.border_closure(db, closure_id=closure_id)
        services.open_border(db, actor=current_actor(), closure=closure, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("travel.index") + "#borders", 303)


def _visas(*, visa_form: VisaForm | None = None, border_form: BorderForm | None = None) -> str:
    db, form = database.session(), visa_form or border_form
    visa_form = visa_form or VisaForm(formdata=None)
    country = request.args.get("country", "").upper()
    country = country if country in COUNTRIES else ""
    return render_template(
        "travel/visas.html",
        form=form,
        visa_form=visa_form,
        border_form=border_form or BorderForm(formdata=None),
        country=country,
        countries=list(visa_form.passport.choices.items()),
        visas=queries.visa_times(db, country=country),
        borders=queries.closed_borders(db, clock.today(), date.max),
    )


add_to(blueprint, (VISAS,), title=_l("Visa times"), rule=office)
