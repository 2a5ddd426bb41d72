"""Home, and the pages that the service itself needs."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, has_request_context, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import clock, metrics, schema
from app.access import allow, anybody, requester, signed_in
from app.accounts.identity import cookieless, current_actor
from app.db import database
from app.home import queries
from app.home.queries import Task
from app.i18n import in_language
from app.network.queries.groups import groups_of
from app.workshops.words import STATES

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@allow(signed_in)
def home() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    return render_template(
        "home/home.html",
        tasks=[_in_words(task) for task in queries.tasks(db, actor=actor, now=clock.now())],
        stands=queries.where_requests_stand(db, actor=actor, now=clock.now()),
        stand_words=STATES,
        groups=groups_of(db, person_id=actor.person_id),
        may_request=requester(actor) and not actor.is_coordinator,
        coming=queries.coming_sessions(db, actor=actor, today=clock.today()),
        rounds=queries.open_rounds(db) if actor.is_coordinator else [],
    )


@blueprint.get("/about")
@allow(anybody)
def about() -> ResponseReturnValue:
    """What this is, where its sample data comes from, which version runs."""
    from app import __version__

    return render_template("home/about.html", version=__version__)


@blueprint.get("/help", endpoint="help")
@allow(anybody)
def help_page() -> ResponseReturnValue:
    """What each role does here."""
    return render_template("home/help.html")


@blueprint.get("/healthz")
@allow(anybody)
@cookieless
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@allow(anybody)
@cookieless
def readyz() -> ResponseReturnValue:
    """The service can do its work: the database is there and in its newest form."""
    try:
        database.session().execute(text("SELECT 1"))
        ready = schema.at_head(database.engine)
    except SQLAlchemyError:
        ready = False
    return ({"status": "ok"}, 200) if ready else ({"status": "not ready"}, 503)


@blueprint.get("/metrics")
@allow(anybody)
@cookieless
def metrics_page() -> ResponseReturnValue:
    """Figures for Prometheus; 404 to whoever may not read them."""
    if not metrics.may_read(current_app.config["METRICS_TOKEN"]):
        abort(404)
    return Response(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")


@blueprint.app_context_processor
def for_the_frame() -> dict[str, object]:
    """What the frame of every page links to; letters have no frame."""
    if not has_request_context():
        return {}
    return {
        "home_url": url_for("home.home"),
        "help_url": url_for("home.help"),
        "footer_links": [{"label": _("About Baraza"), "url": url_for("home.about")}],
    }


def _in_words(task: Task) -> dict[str, str]:
    """A task as the list of what needs the reader shows it."""
    title = in_language(task.title)
    where = task.subject_id or 0
    words = {
        "requests_to_decide": lambda: (
            ngettext(
                "%(num)s request waits for your decision",
                "%(num)s requests wait for your decision",
                task.count,
            ),
            url_for("workshops.index", state="submitted"),
        ),
        "requests_without_round": lambda: (
            ngettext(
                "%(num)s approved request is in no round yet",
                "%(num)s approved requests are in no round yet",
                task.count,
            ),
            url_for("workshops.index", state="approved"),
        ),
        "requests_to_report": lambda: (
            ngettext(
                "%(num)s workshop was held, and nobody has said what happened",
                "%(num)s workshops were held, and nobody has said what happened",
                task.count,
            ),
            url_for("workshops.index", state="held"),
        ),
        "request_to_report": lambda: (
            _("“%(title)s” was held: say what happened", title=title),
            url_for("workshops.report", workshop_id=where),
        ),
        "round_is_planned": lambda: (
            _("The planner is working on “%(title)s”", title=title),
            url_for("planning.show", round_id=where),
        ),
        "round_to_plan": lambda: (
            _("“%(title)s” can be planned", title=title),
            url_for("planning.show", round_id=where),
        ),
        "draft_to_publish": lambda: (
            _("“%(title)s” has a draft to look at and publish", title=title),
            url_for("planning.draft", draft_id=where),
        ),
        "answers_outstanding": lambda: (
            ngettext(
                "%(round)s: %(num)s answer is still outstanding",
                "%(round)s: %(num)s answers are still outstanding",
                task.count,
                round=title,
            ),
            url_for("confirmations.show", asking_id=where),
        ),
        "invitations_unwritten": lambda: (
            _(
                "Some people have not been told of version %(number)s of “%(title)s”",
                number=task.count,
                title=title,
            ),
            url_for("planning.show", round_id=where),
        ),
        "letters_held": lambda: (
            _("The letters of “%(title)s” are held", title=title),
            url_for("calendars.letters.index", version_id=where),
        ),
        "answers_kept": lambda: (
            ngettext(
                "%(num)s answer by mail has to be looked at",
                "%(num)s answers by mail have to be looked at",
                task.count,
            ),
            url_for("calendars.answers.index"),
        ),
        "letters_failed": lambda: (
            ngettext("%(num)s letter could not be sent", "%(num)s letters could not be sent", task.count),
            url_for("mail.index"),
        ),
        "request_returned": lambda: (
            _("“%(title)s” was returned with a word", title=title),
            url_for("workshops.show", workshop_id=where),
        ),
        "request_drafted": lambda: (
            _("“%(title)s” is not handed in yet", title=title),
            url_for("workshops.show", workshop_id=where),
        ),
        "seat_offered": lambda: (
            _("You are offered a seat in “%(title)s”: say yes or no", title=title),
            url_for("seats.mine", session_id=where),
        ),
        "facilitator_withdrew": lambda: (
            _("Somebody in the team of “%(title)s” cannot come", title=title),
            url_for("confirmations.place", place_id=where),
        ),
        "places_declined": lambda: (
            ngettext(
                "%(round)s: somebody said no, and nobody else has been asked",
                "%(round)s: %(num)s times somebody said no, and nobody else has been asked",
                task.count,
                round=title,
            ),
            url_for("confirmations.show", asking_id=where, standing="declined"),
        ),
        "places_to_answer": lambda: (
            ngettext(
                "%(num)s session waits for your yes or no",
                "%(num)s sessions wait for your yes or no",
                task.count,
            ),
            url_for("confirmations.mine"),
        ),
        "seats_free": lambda: (
            ngettext(
                "%(num)s seat of “%(title)s” is free",
                "%(num)s seats of “%(title)s” are free",
                task.count,
                title=title,
            ),
            url_for("seats.show", session_id=where),
        ),
        "people_to_name": lambda: (
            ngettext(
                "%(num)s organisation has not said whom it sends to “%(title)s”",
                "%(num)s organisations have not said whom they send to “%(title)s”",
                task.count,
                title=title,
            ),
            url_for("nominations.show", workshop_id=where),
        ),
        "people_to_decide": lambda: (
            ngettext(
                "%(num)s person would like to go to “%(title)s”: say yes or no",
                "%(num)s people would like to go to “%(title)s”: say yes or no",
                task.count,
                title=title,
            ),
            url_for("nominations.show", workshop_id=where),
        ),
        "needs_asked": lambda: (
            _("Say what your organisation needs: “%(title)s”", title=title),
            url_for("needs.answer", answer_id=where),
        ),
        "needs_to_confirm": lambda: (
            _("Somebody has answered “%(title)s” for your organisation: confirm it", title=title),
            url_for("needs.answer", answer_id=where),
        ),
        "availability_asked": lambda: (
            _("Say when you can: %(season)s", season=title),
            url_for("availability.mine"),
        ),
        "availability_missing": lambda: (
            ngettext(
                "%(num)s person has not said when they can: %(season)s",
                "%(num)s people have not said when they can: %(season)s",
                task.count,
                season=title,
            ),
            url_for("availability.ask", ask_id=where, state="waiting"),
        ),
        "availability_untold": lambda: (
            _("Say when you cannot, and when you would rather"),
            url_for("availability.mine"),
        ),
    }
    label, url = words[task.kind]()
    return {"title": label, "url": url, "hint": task.hint}
