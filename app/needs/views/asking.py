"""A call as a form of three short pages: saved one by one, looked at as a whole before it opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock, once
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid, NotFound
from app.i18n import LANGUAGES, country_name, in_language, language_name, region_name
from app.needs import services, words
from app.needs.asking import STEPS, page_of
from app.needs.forms import PAGES, CallForm, WhatForm, WhenForm, WhomForm
from app.needs.models import NeedsCall
from app.needs.queries import calls as reading
from app.needs.views.blueprint import blueprint

USUALLY_OPEN = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick."""

    value: int
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Boxes under one heading."""

    label: str
    options: Sequence[Option]
    near: bool = False


@blueprint.route("/calls/new", methods=["GET", "POST"])
@allow(coordinator)
def begin() -> ResponseReturnValue:
    """The first page; what it says becomes a draft."""
    form = WhatForm()
    with unit_of_work() as db:
        groups = _offer(db, form)
        if not form.validate_on_submit():
            return _form_page(form, "what", None, groups), 422 if form.is_submitted() else 200
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        try:
            call = services.draft_call(
                db,
                actor=current_actor(),
                what=form.answers(),
                closes_on=clock.today() + USUALLY_OPEN,
                languages=list(LANGUAGES),
                now=clock.now(),
            )
        except Invalid as invalid:
            db.rollback()
            form.refuse(invalid)
            return _form_page(form, "what", None, groups), 422
        return once.answered(db, url_for("needs.ask", call_id=call.id, step="whom"))


@blueprint.get("/calls/<int:call_id>/ask/<step>")
@allow(coordinator)
def ask(call_id: int, step: str) -> ResponseReturnValue:
    db = database.session()
    call = _open_to_change(db, call_id, step)
    form = PAGES[step](formdata=None)
    groups = _offer(db, form)
    form.fill(page_of(call, step))
    return _form_page(form, step, call, groups)


@blueprint.post("/calls/<int:call_id>/ask/<step>")
@allow(coordinator)
def save_page(call_id: int, step: str) -> ResponseReturnValue:
    with unit_of_work() as db:
        call = _open_to_change(db, call_id, step)
        form = PAGES[step]()
        groups = _offer(db, form)
        if not form.validate():
            return _form_page(form, step, call, groups), 422
        try:
            services.change_call(db, actor=current_actor(), call=call, page=form.answers(), now=clock.now())
        except Invalid as invalid:
            db.rollback()
            form.refuse(invalid)
            return _form_page(form, step, call, groups), 422
        following = STEPS.index(step) + 1
        if call.state == "draft" and following < len(STEPS) and request.args.get("then") != "check":
            return redirect(url_for("needs.ask", call_id=call_id, step=STEPS[following]), 303)
    return redirect(url_for("needs.show", call_id=call_id), 303)


def _open_to_change(db: Session, call_id: int, step: str) -> NeedsCall:
    """A call whose page may be changed now. Raises NotFound, Conflict."""
    if step not in PAGES:
        raise NotFound
    call = reading.call_for(db, actor=current_actor(), call_id=call_id)
    if call.state == "closed":
        raise Conflict("call_closed")
    if call.state == "open" and step == "whom":
        raise Conflict("call_open")
    return call


def _offer(db: Session, form: CallForm) -> list[OptionGroup]:
    """Give a page's form its choices; returns the groups of boxes that the page shows by itself."""
    if isinstance(form, WhatForm):
        groups = [
            OptionGroup(
                in_language(area.titles),
                [Option(topic.id, in_language(topic.titles)) for topic in topics],
                near=True,
            )
            for area, topics in reading.topics_by_area(db)
        ]
        form.topic_ids.choices = _choices(groups)
        return groups
    if isinstance(form, WhomForm):
        regions = reading.regions_of_platforms(db)
        form.region.choices = [
            SelectChoice("", _("Every region")),
            *(SelectChoice(region, region_name(region)) for region in regions),
        ]
        form.group_id.choices = [
            SelectChoice("", _("No group in particular")),
            *(SelectChoice(str(group.id), in_language(group.titles)) for group in reading.groups(db)),
        ]
        groups = [
            OptionGroup(
                region_name(region) or _("Elsewhere"),
                [Option(row.id, row.name, country_name(row.country) if row.country else "") for row in rows],
            )
            for region, rows in groupby(reading.organisations_to_ask(db), key=lambda row: row.region)
        ]
        form.chosen_ids.choices = _choices(groups)
        return groups
    if isinstance(form, WhenForm):
        offered = sorted(set(LANGUAGES) | set(reading.languages_of_platforms(db)), key=language_name)
        offered.sort(key=lambda code: code not in LANGUAGES)
        form.languages.choices = [SelectChoice(code, language_name(code)) for code in offered]
    return []


def _choices(groups: Sequence[OptionGroup]) -> list[SelectChoice]:
    return [SelectChoice(str(option.value), option.label) for group in groups for option in group.options]


def _form_page(form: CallForm, step: str, call: NeedsCall | None, groups: object) -> str:
    return render_template(
        f"needs/ask_{step}.html",
        form=form,
        step=step,
        call=call,
        groups=groups,
        words=words,
        labels=[*(str(words.STEPS[name]) for name in STEPS), _("Check and open")],
        urls=[url_for("needs.ask", call_id=call.id, step=name) if call else None for name in STEPS],
        current=STEPS.index(step),
        then=request.args.get("then", ""),
    )
