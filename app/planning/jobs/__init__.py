"""What workers do about rounds: plan one (`planning`), or help one that does (`assisting`)."""

from app.planning.jobs.planning import run_planning_round

__all__ = ["run_planning_round"]
