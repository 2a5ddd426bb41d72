"""Planning on from a draft: for longer, or with other weights, as a new draft."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict
from app.i18n import colon
from app.jobs.queue import wake
from app.planning import queries
from app.planning.draft_writer import document_bytes
from app.planning.forms import OnwardForm
from app.planning.leaning import HIGHEST, LOWEST, PRESET_NAMES, PRESETS, SLIDERS, STEPS, WORDS, leant, moved
from app.planning.models import Draft
from app.planning.replanning import starting_from
from app.planning.services import plan_onward
from app.planning.views.blueprint import blueprint
from app.planning.views.planner import second_choices
from app.planning.words import WEIGHTS, refusal, weight_worth
from solver import read_round


@blueprint.route("/drafts/<int:draft_id>/onward", methods=["GET", "POST"])
@allow(coordinator)
def onward(draft_id: int) -> ResponseReturnValue:
    draft = queries.draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    preset = PRESETS.get(request.args.get("preset", ""), {})
    form = OnwardForm(seconds=60, **preset)
    form.seconds.choices = second_choices()
    if not form.validate_on_submit():
        return _page(draft, form), 422 if form.errors else 200
    leans = moved({name: form[name].data for name in SLIDERS})
    try:
        with unit_of_work() as db:
            _plan_on(db, draft_id, leans, form.seconds.data)
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
        return redirect(url_for("planning.onward", draft_id=draft_id), 303)
    flash(_("The planner is at work. What it makes is a new draft; this one stays as it is."), "success")
    return redirect(url_for("planning.show", round_id=draft.round_id), 303)


def _plan_on(db: Any, draft_id: int, leans: dict[str, int], seconds: int) -> None:
    """Plan on with what the draft was given, but for its weights."""
    draft = queries.draft_for(db, actor=current_actor(), draft_id=draft_id)
    given: dict[str, Any] = draft.round_document
    rules = {**given["rules"], "weights": leant(given["rules"]["weights"], leans)}
    plan_onward(
        db,
        actor=current_actor(),
        planning_round=draft.planning_round,
        round_document={**given, "rules": rules},
        start=starting_from(draft.schedule_document, read_round(document_bytes(given))),
        origin={"why": "weights" if leans else "continued", "draft": draft.id}
        | ({"leans": leans} if leans else {}),
        seats_as_of=draft.knows_seats_of,
        seconds=seconds,
        workers=current_app.extensions["baraza.settings"].planner_workers,
        now=clock.now(),
        wake=wake,
    )


def _page(draft: Draft, form: OnwardForm) -> str:
    weights: dict[str, int] = draft.round_document["rules"]["weights"]
    currency: str = draft.round_document["currency"]
    thrift = form["money"].data or 0
    sliders = []
    for name in SLIDERS:
        worths = _worths(name, weights, currency)
        now = worths.get((form[name].data or 0) - thrift, "")
        sliders.append({"field": form[name], "hint": WORDS[name].hint, "worths": worths, "now": now})
    return render_template(
        "planning/onward.html",
        draft=draft,
        planning_round=draft.planning_round,
        form=form,
        sliders=sliders,
        steps={step: str(label) for step, label in STEPS.items()},
        presets=PRESET_NAMES,
    )


def _worths(slider: str, weights: dict[str, int], currency: str) -> dict[int, str]:
    """What the goods of a slider are worth in money, by how much farther it stands than thrift.

    'Workshops held: as much as €5,000; Needs served: as much as €200'. Empty for thrift itself, and where
    money does not count.
    """
    names, price = SLIDERS[slider], weights["cost"]
    if slider == "money" or price <= 0:
        return {}
    farthest = HIGHEST - LOWEST
    return {
        ahead: "; ".join(
            f"{WEIGHTS[name].label}{colon()} "
            + weight_worth(Fraction(weights.get(name, 0)) * Fraction(2) ** ahead, price, currency)
            for name in names
        )
        for ahead in range(-farthest, farthest + 1)
    }
