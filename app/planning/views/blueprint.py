"""The blueprint that the modules beside this one put their routes on."""

from __future__ import annotations

from flask import Blueprint

from app.planning.origins import origin_words

blueprint = Blueprint("planning", __name__, url_prefix="/rounds")
blueprint.add_app_template_filter(origin_words)
