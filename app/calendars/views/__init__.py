"""Calendars over HTTP: feeds and files for programs, and the pages of one's own feeds."""

from app.calendars.answers import views as answers
from app.calendars.letters import views as letters
from app.calendars.views.blueprint import blueprint

from app.calendars.views import own, published  # isort: skip  # they put their routes on it

blueprint.register_blueprint(letters.blueprint)
blueprint.register_blueprint(answers.blueprint)

__all__ = ["blueprint", "own", "published"]
