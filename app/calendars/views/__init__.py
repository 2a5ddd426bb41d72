"""Calendars over HTTP: feeds and files for programs, and the pages of one's own feeds."""

from app.calendars.views.blueprint import blueprint

from app.calendars.views import own, published  # isort: skip  # they put their routes on it

__all__ = ["blueprint", "own", "published"]
