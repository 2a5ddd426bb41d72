"""The one blueprint of the stage."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("confirmations", __name__)
