"""The topics of one area, saved as one goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from app import clock, once
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.i18n import language_name
from app.needs import queries, services
from app.needs.forms import AreaForm, area_form
from app.needs.models import NeedsAnswer
from app.needs.views.doors import Door, around, two_doors
from app.network.models import Topic


@two_doors("/area/<code>", "GET", "POST")
def area(door: Door, code: str) -> ResponseReturnValue:
    """One area's topics. POST keeps what is sound and goes on; a script that saves quietly gets JSON."""
    if request.method == "GET":
        found = door.answer(database.session())
        if not found.call.takes_answers(clock.now()):
            return redirect(door.url("answer"), 303)
        form = _area_form(door, found, _topics(found, code), filled=False)
        form.page.data = once.key_of_form()
        return _area_page(door, found, code, form)
    try:
        return _save_area(door, code)
    except Conflict:
        if _wants_json():
            return jsonify(state="closed", message=_("The call is closed: nothing more can be saved.")), 409
        return redirect(door.url("answer"), 303)


def _save_area(door: Door, code: str) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = door.answer(db)
        form = _area_form(door, found, _topics(found, code), filled=True)
        sound = form.validate()
        saved = services.save_answer(
            db,
            actor=door.actor,
            answer=found,
            said=form.said(),
            seen=form.version.data or 0,
            page=form.page.data or "",
            now=clock.now(),
        )
        version = found.version
    if _wants_json():
        return _as_json(form, saved, version), 200
    if not sound or saved.overtaken:
        if saved.overtaken:
            form.version.process_data(version)
            form.version.raw_data = None
        return _area_page(door, found, code, form, saved.overtaken), 409 if saved.overtaken else 422
    return redirect(_onward(door, found, code), 303)


def _as_json(form: AreaForm, saved: services.Saved, version: int) -> Any:
    """What a script needs to know: that all is kept, or which topics need a look."""
    wrong = [f"t{topic_id}" for topic_id, part in form.topics() if part.errors]
    overtaken = [f"t{topic_id}" for topic_id in saved.overtaken]
    return jsonify(
        state="overtaken" if overtaken else "wrong" if wrong else "saved",
        version=version,
        topics=overtaken or wrong,
    )


def _onward(door: Door, found: NeedsAnswer, code: str) -> str:
    """Where the pressed button leads: the first page, or the next area, after the last one the check page."""
    if request.form.get("go") == "leave":
        return door.url("answer")
    codes = [area.code for area, _topics in queries.areas_of(found.call)]
    following = codes.index(code) + 1
    if request.form.get("go") == "check" or following == len(codes):
        return door.url("check")
    return door.url("area", code=codes[following])


def _topics(found: NeedsAnswer, code: str) -> Sequence[Topic]:
    topics = next((topics for area, topics in queries.areas_of(found.call) if area.code == code), None)
    if topics is None:
        raise NotFound
    return topics


def _area_form(door: Door, found: NeedsAnswer, topics: Sequence[Topic], *, filled: bool) -> AreaForm:
    languages = [SelectChoice(code, language_name(code)) for code in found.call.languages]
    return area_form(topics, languages=languages, answer=found, filled=filled, meta=door.meta)


def _area_page(
    door: Door, found: NeedsAnswer, code: str, form: AreaForm, overtaken: Sequence[int] = ()
) -> str:
    areas = queries.areas_of(found.call)
    codes = [area.code for area, _topics in areas]
    here, topics = next((area, topics) for area, topics in areas if area.code == code)
    return render_template(
        "needs/area.html",
        **around(door, found),
        form=form,
        area=here,
        topics=topics,
        overtaken=frozenset(overtaken),
        lines={line.topic_id: line for line in found.lines},
        offers={offer.topic_id: offer for offer in found.offers},
        labels=[area.titles for area, _topics in areas],
        urls=[door.url("area", code=other) for other in codes],
        current=codes.index(code),
        is_last=code == codes[-1],
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
