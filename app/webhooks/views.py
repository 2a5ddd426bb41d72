"""Webhooks: registered and looked after by coordinators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, once
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.jobs.queue import wake
from app.web import row_id
from app.webhooks import queries, services
from app.webhooks.events import WORDS
from app.webhooks.forms import WebhookForm
from app.webhooks.jobs import own_host, seal, settings
from app.webhooks.words import CALL_STATES, problem

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.get("")
@allow(coordinator)
def index() -> ResponseReturnValue:
    return _list(WebhookForm())


@blueprint.post("")
@allow(coordinator)
def register() -> ResponseReturnValue:
    """Register an address. The answer alone shows the key; sent again, the form registers no second one."""
    form = WebhookForm()
    if not form.validate_on_submit():
        return _list(form), 422
    try:
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            made = services.register_webhook(
                db,
                actor=current_actor(),
                label=form.label.data,
                address=form.address.data,
                events=form.events.data,
                seal=seal(),
                own_host=own_host(),
                loopback=settings().webhooks_to_loopback,
                now=clock.now(),
            )
            once.answered(db, url_for("webhooks.show", webhook_id=made.webhook.id))
    except Invalid as invalid:
        form[invalid.field].errors = [problem(invalid.reason)]
        return _list(form), 422
    except Conflict:
        form.label.errors = [_("There are many webhooks already: remove one first.")]
        return _list(form), 422
    return render_template("webhooks/registered.html", webhook=made.webhook, key=made.key)


@blueprint.get("/<int:webhook_id>")
@allow(coordinator)
def show(webhook_id: int) -> ResponseReturnValue:
    db = database.session()
    webhook = queries.webhook_for(db, actor=current_actor(), webhook_id=webhook_id)
    page = max(request.args.get("page", 1, type=row_id), 1)
    calls, total = queries.calls_of(db, webhook, page=page)
    return render_template(
        "webhooks/show.html",
        webhook=webhook,
        calls=calls,
        page=page,
        pages=max(1, -(-total // queries.PAGE)),
        total=total,
        event_words=WORDS,
        state_words=CALL_STATES,
        problem=problem,
    )


@blueprint.post("/<int:webhook_id>/stop")
@allow(coordinator)
def stop(webhook_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        webhook = queries.webhook_for(db, actor=current_actor(), webhook_id=webhook_id)
        services.stop_webhook(db, actor=current_actor(), webhook=webhook, now=clock.now())
    flash(_("It is not called any more."), "success")
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


@blueprint.post("/<int:webhook_id>/start")
@allow(coordinator)
def start(webhook_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        webhook = queries.webhook_for(db, actor=current_actor(), webhook_id=webhook_id)
        services.start_webhook(db, actor=current_actor(), webhook=webhook, now=clock.now())
    flash(_("From now on it is called again."), "success")
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


@blueprint.post("/<int:webhook_id>/remove")
@allow(coordinator)
def remove(webhook_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        webhook = queries.webhook_for(db, actor=current_actor(), webhook_id=webhook_id)
        services.remove_webhook(db, actor=current_actor(), webhook=webhook, now=clock.now())
    flash(_("The webhook is removed."), "success")
    return redirect(url_for("webhooks.index"), 303)


@blueprint.post("/<int:webhook_id>/try")
@allow(coordinator)
def try_out(webhook_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        webhook = queries.webhook_for(db, actor=current_actor(), webhook_id=webhook_id)
        services.try_webhook(db, actor=current_actor(), webhook=webhook, now=clock.now(), wake=wake)
    flash(_("A test is on its way. Load the page again to see the answer."), "success")
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


@blueprint.post("/<int:webhook_id>/calls/<int:call_id>/again")
@allow(coordinator)
def call_again(webhook_id: int, call_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        call = queries.call_for(db, actor=current_actor(), webhook_id=webhook_id, call_id=call_id)
        services.call_again(db, actor=current_actor(), call=call, now=clock.now(), wake=wake)
    flash(_("It is called again. Load the page again to see the answer."), "success")
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


def _list(form: WebhookForm) -> str:
    found = queries.webhooks(database.session(), actor=current_actor())
    return render_template("webhooks/index.html", form=form, webhooks=found, event_words=WORDS)
