"""Forms of the schedule."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length, Optional


class PublishForm(FlaskForm):  # type: ignore[misc]
    """Publishing needs no more than a note, and that is optional."""

    note = TextAreaField(_l("A note on this version"), validators=[Optional(), Length(max=2000)])
