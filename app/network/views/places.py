"""Places and venues, and the days on which a venue is closed."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator, staff
from app.db import database, unit_of_work
from app.network.forms.places import PlaceForm, VenueClosureForm, VenueForm
from app.network.queries import places as queries
from app.network.services import places as services
from app.network.views.blueprint import (
    acting,
    asked_for,
    blueprint,
    country_names,
    done,
    page_number,
    written,
)


@blueprint.get("/places")
@allow(staff)
def places() -> ResponseReturnValue:
    db, name, country = database.session(), asked_for("name"), asked_for("country")
    return render_template(
        "network/places.html",
        page=queries.places(db, name=name, country=country, page=page_number()),
        name=name,
        country=country,
        countries=country_names(queries.countries(db)),
    )


@blueprint.get("/places/<code>")
@allow(staff)
def place(code: str) -> ResponseReturnValue:
    db = database.session()
    found = queries.place(db, code)
    return render_template(
        "network/place.html", place=found, organisations=queries.organisations_in(db, found)
    )


@blueprint.route("/places/new", methods=["GET", "POST"])
@allow(coordinator)
def new_place() -> ResponseReturnValue:
    form = PlaceForm()
    form.offer()
    added = written(
        form,
        lambda db: services.add_place(db, actor=acting(), details=form.details(), now=clock.now()),
    )
    if added is not None:
        return done(_("The place has been added."), "network.place", code=added.code)
    return render_template("network/place_form.html", form=form, place=None), 422 if form.errors else 200


@blueprint.route("/places/<code>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit_place(code: str) -> ResponseReturnValue:
    place, form = queries.place(database.session(), code), PlaceForm()
    form.offer()
    if not form.is_submitted():
        form.show(place)
    changed = written(
        form,
        lambda db: services.change_place(
            db, actor=acting(), place=place, details=form.details(), now=clock.now()
        ),
    )
    if changed is not None:
        return done(_("The place has been changed."), "network.place", code=code)
    return render_template("network/place_form.html", form=form, place=place), 422 if form.errors else 200


@blueprint.route("/venues/new", methods=["GET", "POST"])
@allow(coordinator)
def new_venue() -> ResponseReturnValue:
    places, form = queries.places_to_choose(database.session()), VenueForm()
    form.offer(places)
    if not form.is_submitted():
        form.place.data = asked_for("place")
    added = written(
        form,
        lambda db: services.add_venue(db, actor=acting(), details=form.details(places), now=clock.now()),
    )
    if added is not None:
        return done(_("The venue has been added."), "network.venue", code=added.code)
    return render_template("network/venue_form.html", form=form, venue=None), 422 if form.errors else 200


@blueprint.route("/venues/<code>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit_venue(code: str) -> ResponseReturnValue:
    db, form = database.session(), VenueForm()
    venue, places = queries.venue(db, code), queries.places_to_choose(db)
    form.offer(places)
    if not form.is_submitted():
        form.show(venue)
    changed = written(
        form,
        lambda db: services.change_venue(
            db, actor=acting(), venue=venue, details=form.details(places), now=clock.now()
        ),
    )
    if changed is not None:
        return done(_("The venue has been changed."), "network.venue", code=code)
    return render_template("network/venue_form.html", form=form, venue=venue), 422 if form.errors else 200


@blueprint.get("/venues/<code>")
@allow(staff)
def venue(code: str) -> ResponseReturnValue:
    found = queries.venue(database.session(), code)
    return render_template("network/venue.html", venue=found, form=VenueClosureForm())


@blueprint.post("/venues/<code>/closures")
@allow(coordinator)
def close_venue(code: str) -> ResponseReturnValue:
    venue, form = queries.venue(database.session(), code), VenueClosureForm()
    closed = written(
        form,
        lambda db: services.close_venue(
            db,
            actor=acting(),
            venue=venue,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            note=form.note.data or "",
            now=clock.now(),
        ),
    )
    if closed is not None:
        return done(_("The venue is marked as closed on these days."), "network.venue", code=code)
    return render_template("network/venue.html", venue=venue, form=form), 422


@blueprint.post("/venues/<code>/closures/<int(max=2147483647):closure_id>/remove")
@allow(coordinator)
def reopen_venue(code: str, closure_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        closure = queries.venue_closure(db, queries.venue(db, code), closure_id)
        services.reopen_venue(db, actor=acting(), closure=closure, now=clock.now())
    return done(_("The venue is open on these days again."), "network.venue", code=code)
