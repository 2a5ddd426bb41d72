"""The pages of workshops: reading, asking, deciding, reporting, the funds, and spreadsheets."""

from flask_babel import lazy_gettext as _l

from app.access import staff
from app.spreadsheets.views import add_to
from app.workshops.imports import REQUESTS
from app.workshops.initiatives.imports import INITIATIVES
from app.workshops.views import browsing, deciding, funds, initiatives, reporting, requesting
from app.workshops.views.blueprint import blueprint

add_to(blueprint, (REQUESTS, INITIATIVES), title=_l("Workshops"), rule=staff)

__all__ = ["blueprint", "browsing", "deciding", "funds", "initiatives", "reporting", "requesting"]
