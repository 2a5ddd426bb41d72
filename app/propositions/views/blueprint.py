"""The blueprint that the modules of this package hang their views on, and what several of them say."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.propositions import queries, words
from app.propositions.models import PropositionSet
from app.propositions.words import Names

blueprint = Blueprint("propositions", __name__, url_prefix="/propositions")


def currency() -> str:
    currency: str = current_app.extensions["baraza.settings"].currency
    return currency


def names_of(db: Session, propositions: Any, found: PropositionSet | None) -> Names:
    organisations = {m.organisation_id: m.organisation for each in propositions for m in each.members}
    venues = {venue.id: venue for venue in queries.venues(db)} if propositions else {}
    return Names(venues, organisations, found.currency if found else currency())


def refused(proposition_id: int, conflict: Conflict) -> ResponseReturnValue:
    flash(str(words.REFUSALS[conflict.reason]), "warning")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)
