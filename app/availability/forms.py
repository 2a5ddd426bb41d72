"""The form of one span. Shape only: the rules are the services'."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.availability.services import NOTE_LENGTH
from app.network.forms.fields import clean_line

DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
"""What browsers send, and what people type where a browser offers a plain field."""


class SpanForm(FlaskForm):  # type: ignore[misc]
    """Days on which a person cannot, or would rather; a last day left out means one day."""

    kind = RadioField(
        _l("On these days I am"),
        choices=[
            SelectChoice("unavailable", _l("Unavailable")),
            SelectChoice("preferred", _l("Available, and would rather")),
        ],
        default="unavailable",
        validators=[InputRequired(_l("Say which of the two it is."))],
    )
    first_day = DateField(
        _l("First day"), format=DATE_FORMATS, validators=[InputRequired(_l("Give the first day."))]
    )
    last_day = DateField(
        _l("Last day"),
        format=DATE_FORMATS,
        description=_l("Leave it empty for a single day."),
        validators=[Optional()],
    )
    note = StringField(
        _l("Note"),
        description=_l("Seen by you and those who look after your organisation."),
        validators=[Optional(), Length(max=NOTE_LENGTH)],
        filters=[lambda text: clean_line(text) or ""],
    )

    @property
    def end(self) -> date:
        """The last day, the first where none was given."""
        day: date = self.last_day.data or self.first_day.data
        return day
