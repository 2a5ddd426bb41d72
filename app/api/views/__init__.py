"""The views of the API: thin, over the queries and services of the stages."""

from __future__ import annotations

from app.api.views import about, documents, drafts, explanations, rounds, schedule
from app.api.views.blueprint import blueprint

__all__ = ["about", "blueprint", "documents", "drafts", "explanations", "rounds", "schedule"]
