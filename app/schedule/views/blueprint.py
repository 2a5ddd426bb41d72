"""The blueprint of the schedule."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("schedule", __name__)
