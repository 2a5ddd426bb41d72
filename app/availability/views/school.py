"""School holidays by country."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from app import clock, once
from app.access import allow, coordinator, staff
from app.accounts.identity import current_actor
from app.availability import queries
from app.availability import school as services
from app.availability.forms import SchoolHolidayForm
from app.availability.models import SchoolHoliday
from app.availability.school import SchoolHolidayDetails
from app.availability.views.blueprint import blueprint, today
from app.availability.wording import refusal
from app.db import database, unit_of_work
from app.errors import Invalid
from app.i18n import country_name
from app.network.queries import places


@blueprint.get("/school-holidays")
@allow(staff)
def school_holidays() -> ResponseReturnValue:
    return render_template(
        "availability/school_holidays.html",
        holidays=queries.school_holidays(database.session(), since=today()),
    )


@blueprint.route("/school-holidays/new", methods=["GET", "POST"])
@allow(coordinator)
def new_school_holiday() -> ResponseReturnValue:
    return _edit(None)


@blueprint.route("/school-holidays/<int:holiday_id>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit_school_holiday(holiday_id: int) -> ResponseReturnValue:
    return _edit(queries.school_holiday(database.session(), holiday_id))


@blueprint.post("/school-holidays/<int:holiday_id>/remove")
@allow(coordinator)
def remove_school_holiday(holiday_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        holiday = queries.school_holiday(db, holiday_id)
        services.drop_school_holiday(db, actor=current_actor(), holiday=holiday, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("availability.school_holidays"), 303)


def _edit(holiday: SchoolHoliday | None) -> ResponseReturnValue:
    form = SchoolHolidayForm(obj=holiday)
    countries = places.countries(database.session())
    form.country.choices = [
        SelectChoice(code, name) for name, code in sorted((country_name(code), code) for code in countries)
    ]
    if not form.validate_on_submit():
        return _form(form, holiday), 422 if form.errors else 200
    details = SchoolHolidayDetails(
        country=form.country.data,
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        title=form.title.data,
    )
    try:
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            services.keep_school_holiday(
                db, actor=current_actor(), details=details, now=clock.now(), holiday=holiday
            )
            answer = once.answered(db, url_for("availability.school_holidays"))
    except Invalid as invalid:
        form[invalid.field].errors = [refusal(invalid)]
        return _form(form, holiday), 422
    flash(_("The school holidays have been saved."), "success")
    return answer


def _form(form: SchoolHolidayForm, holiday: SchoolHoliday | None) -> str:
    return render_template("availability/school_holiday_form.html", form=form, holiday=holiday)
