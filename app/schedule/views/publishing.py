"""Publishing a draft, or an older version again: what will change, whom it touches, then the act itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict
from app.planning.models import Draft
from app.planning.queries import titles_of
from app.schedule import queries, services
from app.schedule.changes import people_touched
from app.schedule.forms import PublishForm
from app.schedule.models import Version
from app.schedule.telling import telling
from app.schedule.views.blueprint import blueprint


@blueprint.route("/schedule/publish/<int:draft_id>", methods=["GET", "POST"])
@allow(coordinator)
def publish(draft_id: int) -> ResponseReturnValue:
    draft = queries.draft_for(database.session(), draft_id=draft_id)

    def act(db: Session, note: str) -> Version:
        return services.publish_draft(
            db,
            actor=current_actor(),
            draft=draft,
            note=note,
            now=clock.now(),
            seen=request.form.get("revision", type=int),
        )

    return _page(draft, PublishForm(), act, back=url_for("planning.draft", draft_id=draft_id))


@blueprint.route("/schedule/versions/<int:version_id>/again", methods=["GET", "POST"])
@allow(coordinator)
def publish_again(version_id: int) -> ResponseReturnValue:
    """Going back to an older version, as a new one."""
    version = queries.version_for(database.session(), version_id=version_id)
    form = PublishForm(note=_("Back to version %(number)s", number=version.number))

    def act(db: Session, note: str) -> Version:
        return services.publish_again(db, actor=current_actor(), version=version, note=note, now=clock.now())

    return _page(version, form, act, back=url_for("schedule.version", version_id=version_id))


def _page(
    source: Draft | Version, form: PublishForm, act: Callable[[Session, str], Version], *, back: str
) -> ResponseReturnValue:
    db = database.session()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                published = act(work, form.note.data or "")
        except Conflict as conflict:
            flash(_refusal(conflict.reason), "warning")
            return redirect(request.path if conflict.reason == "draft_changed" else back, 303)
        flash(
            _("Version %(number)s is published. Calendars and invitations follow.", number=published.number),
            "success",
        )
        return redirect(url_for("schedule.version", version_id=published.id), 303)
    changes = queries.changes_by_publishing(db, draft=source)
    return (
        render_template(
            "schedule/publish.html",
            form=form,
            draft=source,
            older=source if isinstance(source, Version) else None,
            back=back,
            changes=changes,
            titles=titles_of(db, {change.session.workshop for change in changes}),
            touched=len(people_touched(changes)),
            telling=telling(db, changes),
            latest=queries.latest_version(db, round_id=source.round_id),
        ),
        422 if form.errors else 200,
    )


def _refusal(reason: str) -> str:
    sentences: dict[str, str] = {
        "round_closed": _("The round is closed: nothing more can be published in it."),
        "draft_changed": _("The draft was changed by hand since this page was made: look once more."),
        "nothing_changed": _("This draft says the same as what is published already."),
        "request_not_approved": _(
            "A request in this draft is not approved any more: have the round planned again."
        ),
    }
    return sentences[reason]
