"""The pages of the schedule: what is published, publishing, and the programme for whoever asks."""

from __future__ import annotations

from app.schedule.views import programme, published, publishing
from app.schedule.views.blueprint import blueprint

__all__ = ["blueprint", "programme", "published", "publishing"]
