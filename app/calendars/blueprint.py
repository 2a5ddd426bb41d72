"""The blueprint that `views` and `feed_pages` put their routes on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("calendars", __name__)
