"""The pages of the network: one module per subject, all on one blueprint."""

from flask_babel import lazy_gettext as _l

from app.access import staff
from app.network.sheets import SHEETS
from app.network.views import closures, groups, organisations, overview, people, places, topics
from app.network.views.blueprint import blueprint
from app.spreadsheets.views import add_to

add_to(blueprint, SHEETS, title=_l("Network"), rule=staff)

__all__ = ["blueprint", "closures", "groups", "organisations", "overview", "people", "places", "topics"]
