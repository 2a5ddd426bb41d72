"""The forms about own calendars. Shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.network.forms.fields import clean_line
from app.own_calendars.models import LABEL_LENGTH


class RuleForm(FlaskForm):  # type: ignore[misc]
    """Which events take a day."""

    label = StringField(
        _l("Name"),
        description=_l("For you alone, to tell several calendars apart."),
        validators=[Length(max=LABEL_LENGTH)],
        filters=[lambda text: clean_line(text) or ""],
    )
    rule = RadioField(
        _l("Which events take a day"),
        choices=[
            SelectChoice("long", _l("All-day events and long ones")),
            SelectChoice("all_day", _l("Only all-day events")),
            SelectChoice("every", _l("Every event")),
        ],
        default="long",
        validators=[InputRequired(_l("Choose which events count."))],
    )
    hours = IntegerField(
        _l("Long means, in hours"),
        default=4,
        validators=[
            InputRequired(_l("Enter a number of hours from 1 to 24.")),
            NumberRange(1, 24, _l("Enter a number of hours from 1 to 24.")),
        ],
    )


class AddressForm(RuleForm):
    """A calendar by its address. The address is never shown again."""

    address = StringField(
        _l("Address of the calendar"),
        validators=[InputRequired(_l("Enter the address.")), Length(max=2000)],
        filters=[lambda text: (text or "").strip()],
    )


class FileForm(RuleForm):
    """A calendar as a file."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file first."))])
