"""The programme for whoever asks, on a page and on paper."""

from __future__ import annotations

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, anybody
from app.db import database
from app.errors import NotFound
from app.i18n import LANGUAGES, choose_zone, format_day, reading, region_name
from app.i18n import language as reader_language
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


@blueprint.get("/programme.pdf")
@allow(anybody)
def printed_programme() -> ResponseReturnValue:
    """The same on paper: `?region=` as in the address of its page, `?lang=` for another language."""
    from app.schedule.pdf import programme_pdf  # loaded at first use: it brings Pillow and numpy along

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
