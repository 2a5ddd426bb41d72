"""Scenarios: two to four drafts of a round side by side, and the one that is chosen."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.i18n import country_name, in_language, language_name, region_name
from app.network.wording import GENDERS
from app.planning import queries, services
from app.planning.commitments import commitments_of
from app.planning.draft_reading import DraftReading
from app.planning.models import Draft, PlanningRound
from app.planning.scenarios import CO2_KG_PER_KM, Measured, from_west_to_east, hours_elsewhere, measured
from app.planning.views.blueprint import blueprint
from app.planning.words import WEIGHTS

MOST = 4
COUNTRIES = 12
"""So many countries are shown, those that want most."""


@blueprint.get("/<int:round_id>/scenarios")
@allow(coordinator)
def scenarios(round_id: int) -> ResponseReturnValue:
    db = database.session()
    planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
    listed = queries.drafts_of(db, planning_round)
    chosen = _asked_for(listed)
    readings = _readings(planning_round, [each.id for each in chosen])
    weights = readings[0].round.rules.weights if readings else None
    genders = queries.genders_of(db)
    figures = [measured(each, weights, genders) for each in readings] if weights else []
    return render_template(
        "planning/scenarios.html",
        planning_round=planning_round,
        drafts=listed,
        chosen=chosen,
        figures=figures,
        terms=[(WEIGHTS[name].label, [each.terms[name] for each in figures]) for name in WEIGHTS],
        groups=_groups(figures),
        zones=from_west_to_east(_awkward_zones(figures), planning_round.first_day),
        elsewhere=hours_elsewhere(commitments_of(db, planning_round).calls, planning_round.last_day),
        differences=[each.differences_from(readings[0]) for each in readings[1:]],
        co2=CO2_KG_PER_KM,
        most=MOST,
    )


@blueprint.post("/drafts/<int:draft_id>/choose")
@allow(coordinator)
def choose(draft_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        draft = queries.draft_for(db, actor=current_actor(), draft_id=draft_id)
        services.choose_draft(db, actor=current_actor(), draft=draft, now=clock.now())
    flash(_("This draft is the chosen one now. The others are kept."), "success")
    return redirect(url_for("planning.draft", draft_id=draft_id), 303)


def _asked_for(drafts: list[Draft]) -> list[Draft]:
    """The drafts asked for with `?draft=3&draft=5`; else the chosen one and the newest."""
    wanted = request.args.getlist("draft", type=int)[:MOST]
    if wanted:
        by_id = {each.id: each for each in drafts}
        return [by_id[each] for each in dict.fromkeys(wanted) if each in by_id]
    first = [each for each in drafts if each.chosen_at is not None]
    return [*first, *(each for each in drafts if each not in first)][:3]


def _readings(planning_round: PlanningRound, draft_ids: list[int]) -> list[DraftReading]:
    db = database.session()
    drafts = {each.id: each for each in queries.drafts_with_documents(db, draft_ids=draft_ids)}
    codes = {each["id"] for draft in drafts.values() for each in draft.round_document["workshops"]}
    titles = {code: in_language(each) for code, each in queries.titles_of(db, codes).items()}
    return [DraftReading(drafts[each], titles) for each in draft_ids]


def _groups(figures: list[Measured]) -> list[dict[str, Any]]:
    """Region, country, language, gender: a row for each, with what each draft does for it."""
    kinds = (
        (_("Region"), "regions", region_name, None),
        (_("Country"), "countries", country_name, COUNTRIES),
        (_("Language"), "languages", language_name, None),
        (_("Gender"), "genders", GENDERS.__getitem__, None),
    )
    groups = []
    for label, part, naming, most in kinds:
        names = list(dict.fromkeys(name for each in figures for name in getattr(each, part)))[:most]
        rows = [(naming(name), [getattr(each, part).get(name) for each in figures]) for name in names]
        if names != [""]:  # where nobody has said as whom they are counted, there is nothing to compare
            groups.append({"label": label, "rows": rows})
    return groups


def _awkward_zones(figures: list[Measured]) -> set[str]:
    """The time zones in which a draft has somebody sit at an awkward hour."""
    return {zone for each in figures for zone, hours in each.zones.items() if hours.outside}
