"""Stopping letters that are not essential, by the link in each of them (RFC 2369, RFC 8058)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.access import Actor, allow, anybody
from app.db import database, unit_of_work
from app.errors import NotFound
from app.i18n import prefer
from app.mail import subscriptions
from app.mail.models import Subscription
from app.mail.views.outbox import blueprint
from app.mail.words import CATEGORY_WORDS
from app.personal_links import opened_by_link, read_link_token

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program posts in its reader's name, without cookies and without following a redirect."""


@blueprint.route("/letters/<token>", methods=["GET", "POST"])
@allow(anybody)
@opened_by_link
def subscription(token: str) -> ResponseReturnValue:
    """What would stop, and the button; opening it changes nothing. Raises NotFound, LinkExpired."""
    named = read_link_token(subscriptions.LINK, token, clock.now())
    found = database.session().get(Subscription, int(named["subscription"]))
    if found is None:
        raise NotFound
    status = 200
    if request.method == "POST":
        is_one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
        is_clear = _change(found.id, "stop" if is_one_click else request.form.get("letters", ""))
        if is_clear and not is_one_click:
            return redirect(url_for("mail.subscription", token=token), 303)
        status = 200 if is_clear else 422
    prefer(found.language)
    page = render_template(
        "mail/outbox/subscription.html",
        subscription=found,
        words=CATEGORY_WORDS[found.category],
        here=url_for("mail.subscription", token=token),
    )
    return page, status


def _change(subscription_id: int, wanted: str) -> bool:
    """Whether what was posted says one or the other."""
    actor = Actor(name="by the link in a letter", link=(subscriptions.LINK, subscription_id))
    with unit_of_work() as db:
        found = db.get_one(Subscription, subscription_id)
        if wanted == "stop":
            subscriptions.stop(db, actor=actor, subscription=found, now=clock.now())
        elif wanted == "again":
            subscriptions.want_again(db, actor=actor, subscription=found, now=clock.now())
    return wanted in {"stop", "again"}
