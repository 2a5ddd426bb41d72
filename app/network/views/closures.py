"""The days that the network keeps free, everywhere or in one country."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator, staff
from app.db import database, unit_of_work
from app.network.forms.titled import ClosureForm
from app.network.queries import places as queries
from app.network.services import closures as services
from app.network.views.blueprint import acting, blueprint, done, written


@blueprint.get("/free-days")
@allow(staff)
def closures() -> ResponseReturnValue:
    return render_template("network/closures.html", closures=queries.closures(database.session()))


@blueprint.route("/free-days/new", methods=["GET", "POST"])
@allow(coordinator)
def new_closure() -> ResponseReturnValue:
    form = ClosureForm()
    form.offer()
    kept = written(
        form,
        lambda db: services.keep_days_free(db, actor=acting(), details=form.details(), now=clock.now()),
    )
    if kept is not None:
        return done(_("These days are kept free."), "network.closures")
    return render_template("network/closure_form.html", form=form, closure=None), 422 if form.errors else 200


@blueprint.route("/free-days/<int(max=2147483647):closure_id>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit_closure(closure_id: int) -> ResponseReturnValue:
    closure, form = queries.closure(database.session(), closure_id), ClosureForm()
    form.offer()
    if not form.is_submitted():
        form.show(closure)
    kept = written(
        form,
        lambda db: services.keep_days_free(
            db, actor=acting(), details=form.details(), now=clock.now(), closure=closure
        ),
    )
    if kept is not None:
        return done(_("These days are kept free."), "network.closures")
    page = render_template("network/closure_form.html", form=form, closure=closure)
    return page, 422 if form.errors else 200


@blueprint.post("/free-days/<int(max=2147483647):closure_id>/remove")
@allow(coordinator)
def remove_closure(closure_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.release_days(db, actor=acting(), closure=queries.closure(db, closure_id), now=clock.now())
    return done(_("These days are no longer kept free."), "network.closures")
