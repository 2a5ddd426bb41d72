"""What pages of earlier stages say about confirmations."""

from __future__ import annotations

from typing import Any

from app import clock
from app.accounts.identity import current_actor
from app.confirmations import queries, words
from app.confirmations.models import Asking, ProposedPlace
from app.confirmations.proposals import open_asking
from app.confirmations.queries import Standing
from app.confirmations.views.blueprint import blueprint
from app.db import database
from app.planning.models import Draft, PlanningRound
from app.schedule.models import WorkshopSession


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    def confirmations_of_draft(draft: Draft) -> Standing:
        return queries.standing_of_draft(database.session(), draft=draft)

    def asking_of_round(planning_round: PlanningRound) -> Asking | None:
        return open_asking(database.session(), round_id=planning_round.id)

    def withdrawn_from(session: WorkshopSession) -> list[ProposedPlace]:
        """Who has said no to a session in whose team they are; for the secretariat."""
        if not current_actor().is_coordinator:
            return []
        found = queries.withdrawals(database.session(), today=clock.today(), session_ids=[session.id])
        return [place for _, place in found]

    return {
        "confirmations_of_draft": confirmations_of_draft,
        "asking_of_round": asking_of_round,
        "withdrawn_from": withdrawn_from,
        "confirmation_words": words,
        "my_person_id": lambda: current_actor().person_id,
    }
