"""The pages of needs: calls, answering them with and without an account, shared needs, spreadsheets."""

from flask_babel import lazy_gettext as _l

from app.access import staff
from app.needs.sheets import SHEETS
from app.needs.views import answering, area, asking, calls, handing_in, shared, taking_away
from app.needs.views.blueprint import blueprint
from app.spreadsheets.views import add_to

add_to(blueprint, SHEETS, title=_l("Needs"), rule=staff)

__all__ = ["answering", "area", "asking", "blueprint", "calls", "handing_in", "shared", "taking_away"]
