"""The form about a feed. Shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.calendars.models import LABEL_LENGTH
from app.calendars.services import Choices
from app.i18n import LANGUAGES
from app.network.forms.fields import clean_line

ALARMS = {
    0: _l("None"),
    15: _l("15 minutes before"),
    60: _l("1 hour before"),
    24 * 60: _l("1 day before"),
    7 * 24 * 60: _l("1 week before"),
}
DETAIL_WORDS = {
    "full": _l("Everything: title, place, topic"),
    "discreet": _l("Discreet: “Meeting” and the country"),
    "busy": _l("Busy times alone"),
    "freebusy": _l("Busy times alone, for planning programs (VFREEBUSY)"),
}


class FeedForm(FlaskForm):  # type: ignore[misc]
    """What somebody chooses for one feed."""

    label = StringField(
        _l("Name"),
        description=_l("Such as “phone”: to tell several apart."),
        validators=[Length(max=LABEL_LENGTH)],
        filters=[lambda text: clean_line(text) or ""],
    )
    language = SelectField(
        _l("Language"),
        choices=[
            SelectChoice("", _l("As in my account")),
            *(SelectChoice(code, name) for code, name in LANGUAGES.items()),
        ],
        default="",
    )
    detail = RadioField(
        _l("How much it says"),
        choices=[SelectChoice(value, words) for value, words in DETAIL_WORDS.items()],
        default="full",
        validators=[InputRequired(_l("Choose how much it says."))],
    )
    alarm = SelectField(
        _l("Alarm"),
        choices=[SelectChoice(minutes, words) for minutes, words in ALARMS.items()],
        coerce=int,
        default=0,
        description=_l("Google and Outlook set their own alarms and ignore this one."),
    )
    timed_days = BooleanField(_l("Days in person with their hours, not as all-day entries"))
    with_travel = BooleanField(_l("My days of travel as entries of their own"))

    def chosen(self) -> Choices:
        return Choices(
            label=self.label.data,
            language=self.language.data,
            detail=self.detail.data,
            alarm_minutes=self.alarm.data or None,
            timed_days=self.timed_days.data,
            with_travel=self.with_travel.data,
        )
