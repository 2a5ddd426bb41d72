"""What workers do about rounds: plan one (`planning`), or help one that does (`assisting`)."""

from app.planning.jobs.planning import plan_document, run_planning_round

__all__ = ["plan_document", "run_planning_round"]
