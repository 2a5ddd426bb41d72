"""The blueprint: everything below /api/v1."""

from __future__ import annotations

from flask import Blueprint

from app.api.words import sentence
from app.problems import words_from

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
words_from(sentence)
