"""What comes back: said and taken back on the person's page."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.availability import patterns, queries
from app.availability.forms import PatternForm
from app.availability.views.blueprint import Visit, at_both_doors
from app.availability.views.page import send_the_way_back, show
from app.availability.wording import pattern_in_words, refusal
from app.db import unit_of_work
from app.errors import Invalid


@at_both_doors("POST", "/patterns")
def add_pattern(visit: Visit) -> ResponseReturnValue:
    form = PatternForm(prefix="again", meta=visit.meta())
    if not form.validate_on_submit():
        return show(visit, pattern_form=form), 422
    try:
        with unit_of_work() as db:
            person = visit.person(db)
            pattern = patterns.add_pattern(
                db, actor=visit.actor, person=person, **form.said(), now=clock.now()
            )
            send_the_way_back(db, visit, person)
            flash(_("Saved: %(days)s.", days=pattern_in_words(pattern)), "success")
    except Invalid as invalid:
        form[invalid.field].errors = [refusal(invalid)]
        return show(visit, pattern_form=form), 422
    return redirect(visit.home(), 303)


@at_both_doors("POST", "/patterns/<int:pattern_id>/remove")
def remove_pattern(visit: Visit, pattern_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        pattern = queries.pattern_for(db, person=visit.person(db), pattern_id=pattern_id)
        patterns.remove_pattern(db, actor=visit.actor, pattern=pattern, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(visit.home(), 303)
