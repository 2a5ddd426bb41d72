"""The programme for whoever asks, and opening a round for it."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, anybody, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import NotFound
from app.i18n import LANGUAGES, choose_zone, format_day, reading, region_name
from app.i18n import language as reader_language
from app.planning.queries import round_for
from app.schedule import services
from app.schedule.pdf import programme_pdf
from app.schedule.programme import programme, public_regions, slug
from app.schedule.views.blueprint import blueprint


@blueprint.get("/programme")
@allow(anybody)
def public_programme() -> ResponseReturnValue:
    """All that is open, with a page for each region. While nothing is, there is no such page."""
    return _page(None)


@blueprint.get("/programme/<region>")
@allow(anybody)
def public_programme_of(region: str) -> ResponseReturnValue:
    return _page(region)


@blueprint.post("/schedule/rounds/<int:round_id>/open")
@allow(coordinator)
def open_programme(round_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        planning_round = round_for(db, actor=current_actor(), round_id=round_id)
        services.open_programme(db, actor=current_actor(), planning_round=planning_round, now=clock.now())
    flash(_("What is published of this round is open to everybody now, without names."), "success")
    return redirect(url_for("schedule.public_programme"), 303)


@blueprint.post("/schedule/rounds/<int:round_id>/close")
@allow(coordinator)
def close_programme(round_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        planning_round = round_for(db, actor=current_actor(), round_id=round_id)
        services.close_programme(db, actor=current_actor(), planning_round=planning_round, now=clock.now())
    flash(_("This round is not shown to the public any more."), "success")
    return redirect(url_for("schedule.versions"), 303)


@blueprint.get("/programme.pdf")
@allow(anybody)
def printed_programme() -> ResponseReturnValue:
    """The same on paper: `?region=` as in the address of its page, `?lang=` for another language."""
    chosen, _regions = _chosen(request.args.get("region") or None)
    sessions = programme(database.session(), region=chosen, today=clock.today())
    language = request.args.get("lang", "")
    with reading(language if language in LANGUAGES else reader_language()):
        paper = programme_pdf(
            sessions,
            title=_title(chosen),
            network=current_app.extensions["baraza.settings"].network_name,
            printed_on=format_day(clock.today()),
            zone=choose_zone(),
        )
    name = f"programme-{slug(chosen) if chosen else 'all'}.pdf"
    return Response(
        paper,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _page(wanted: str | None) -> ResponseReturnValue:
    chosen, regions = _chosen(wanted)
    return render_template(
        "schedule/programme.html",
        sessions=programme(database.session(), region=chosen, today=clock.today()),
        title=_title(chosen),
        address=slug(chosen) if chosen else None,
        regions=[(slug(region), region_name(region), region == chosen) for region in regions],
    )


def _chosen(wanted: str | None) -> tuple[str | None, list[str]]:
    """The region of an address (None: all of them), and those that there are. Raises NotFound."""
    regions = public_regions(database.session(), today=clock.today())
    chosen = next((region for region in regions if slug(region) == wanted), None)
    if not regions or (wanted is not None and chosen is None):
        raise NotFound
    return chosen, regions


def _title(region: str | None) -> str:
    return str(_("Programme of %(region)s", region=region_name(region)) if region else _("Programme"))
