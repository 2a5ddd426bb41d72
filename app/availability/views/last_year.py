"""The same as last year: shown first, copied as ticked."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.availability import last_year as services
from app.availability.last_year import By
from app.availability.views.blueprint import Visit, at_both_doors, today
from app.availability.views.page import send_the_way_back
from app.db import database, unit_of_work


@at_both_doors("GET", "/last-year")
def last_year(visit: Visit) -> ResponseReturnValue:
    db = database.session()
    person, (into, by) = visit.person(db), _asked_for(request.args.get("year"), request.args.get("by"))
    years = services.years_to_copy_into(db, person=person, today=today())
    if years and into not in years:
        into = years[-1]
    return render_template(
        "availability/last_year.html",
        visit=visit,
        person=person,
        into=into,
        by=by,
        years=[(str(each), str(each)) for each in years],
        copies=services.copies(db, person=person, year=into, by=by, today=today()),
    )


@at_both_doors("POST", "/last-year")
def copy_last_year(visit: Visit) -> ResponseReturnValue:
    into, by = _asked_for(request.form.get("year"), request.form.get("by"))
    ticked = {int(text) for text in request.form.getlist("span") if text.isdecimal() and len(text) < 10}
    with unit_of_work() as db:
        person = visit.person(db)
        copied = services.copy_last_year(
            db,
            actor=visit.actor,
            person=person,
            year=into,
            by=by,
            span_ids=ticked,
            today=today(),
            now=clock.now(),
        )
        if copied:
            send_the_way_back(db, visit, person)
    if copied:
        flash(
            ngettext("%(num)s entry has been copied.", "%(num)s entries have been copied.", copied), "success"
        )
    else:
        flash(_("Nothing was copied."), "info")
    return redirect(visit.home(), 303)


def _asked_for(year: str | None, by: str | None) -> tuple[int, By]:
    """The year to copy into, this one or the next, and by what; whatever else is asked for is the next."""
    now = today().year
    return (now if year == str(now) else now + 1), cast(By, by if by in ("weekday", "date") else "weekday")
