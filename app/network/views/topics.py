"""Areas and topics, with their titles in four languages."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator, staff
from app.db import database
from app.network.forms.titled import TopicForm
from app.network.queries import topics as queries
from app.network.services import topics as services
from app.network.views.blueprint import acting, asked_for, blueprint, done, written


@blueprint.get("/topics")
@allow(staff)
def topics() -> ResponseReturnValue:
    db = database.session()
    return render_template(
        "network/topics.html",
        areas=queries.areas(db),
        interest=queries.interest(db),
        nothing=queries.TopicInterest(),
    )


@blueprint.route("/topics/new", methods=["GET", "POST"])
@allow(coordinator)
def new_topic() -> ResponseReturnValue:
    areas, form = queries.areas(database.session()), TopicForm()
    form.offer(areas)
    if not form.is_submitted():
        form.area.data = asked_for("area")
    added = written(
        form,
        lambda db: services.add_topic(db, actor=acting(), details=form.details(areas), now=clock.now()),
    )
    if added is not None:
        return done(_("The topic has been added."), "network.topics")
    return render_template("network/topic_form.html", form=form, topic=None), 422 if form.errors else 200


@blueprint.route("/topics/<code>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit_topic(code: str) -> ResponseReturnValue:
    db, form = database.session(), TopicForm()
    topic = queries.topic(db, code)
    areas = [area for area in queries.areas(db) if area is not topic]
    form.offer(areas)
    if not form.is_submitted():
        form.show(topic)
    changed = written(
        form,
        lambda db: services.change_topic(
            db, actor=acting(), topic=topic, details=form.details(areas), now=clock.now()
        ),
    )
    if changed is not None:
        return done(_("The topic has been changed."), "network.topics")
    return render_template("network/topic_form.html", form=form, topic=topic), 422 if form.errors else 200
