"""The forms of availability. Shape only: the rules are the services'."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.availability.services import NOTE_LENGTH
from app.availability.wording import weekday_name
from app.network.forms.fields import DATE_FORMATS, clean, clean_line

GRADES = [
    SelectChoice("unavailable", _l("Unavailable")),
    SelectChoice("if_need_be", _l("Available if need be")),
    SelectChoice("preferred", _l("Available, and would rather")),
]


def _day(label: Any, *, required: str = "", **options: Any) -> DateField:
    demands = [InputRequired(required)] if required else [Optional()]
    return DateField(label, format=DATE_FORMATS, validators=demands, **options)


class SpanForm(FlaskForm):  # type: ignore[misc]
    """What is said of some days; a last day left out means one day."""

    kind = RadioField(
        _l("On these days I am"),
        choices=[*GRADES, SelectChoice("available", _l("Available all the same"))],
        default="unavailable",
        validators=[InputRequired(_l("Say which of these it is."))],
    )
    first_day = _day(_l("First day"), required=_l("Give the first day."))
    last_day = _day(_l("Last day"), description=_l("Leave it empty for a single day."))
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

    def said(self) -> dict[str, Any]:
        """What the form says, as services take it."""
        return {
            "kind": self.kind.data,
            "first_day": self.first_day.data,
            "last_day": self.end,
            "note": self.note.data,
        }


class PatternForm(FlaskForm):  # type: ignore[misc]
    """What comes back, and what it is then."""

    kind = RadioField(
        _l("What comes back"),
        choices=[
            SelectChoice("weekly", _l("Every week, on these days")),
            SelectChoice("ramadan", _l("Ramadan")),
            SelectChoice("school_holidays", _l("School holidays where I live")),
        ],
        default="weekly",
        validators=[InputRequired()],
    )
    weekdays = SelectMultipleField(_l("Weekdays"), choices=[], validators=[Optional()])
    grade = RadioField(_l("Then I am"), choices=GRADES, default="unavailable", validators=[InputRequired()])
    first_day = _day(_l("From"))
    last_day = _day(_l("Until"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.weekdays.choices = [SelectChoice(digit, weekday_name(digit)) for digit in "1234567"]

    def said(self) -> dict[str, Any]:
        """What the form says, as services take it."""
        return {
            "kind": self.kind.data,
            "grade": self.grade.data,
            "weekdays": "".join(self.weekdays.data or ()),
            "first_day": self.first_day.data,
            "last_day": self.last_day.data,
        }


class PaintForm(FlaskForm):  # type: ignore[misc]
    """What was painted, as `app.availability.painting.read_strokes` reads it."""

    strokes = HiddenField(validators=[Length(max=40_000)])


class SchoolHolidayForm(FlaskForm):  # type: ignore[misc]
    """School holidays of a country."""

    country = SelectField(_l("Country"), validators=[DataRequired(_l("Choose a country."))])
    title = StringField(
        _l("What they are called"),
        validators=[
            DataRequired(_l("Fill this in.")),
            Length(max=120, message=_l("At most %(max)d characters.")),
        ],
        filters=[clean_line],
    )
    first_day = _day(_l("First day"), required=_l("Give the first day."))
    last_day = _day(_l("Last day"), required=_l("Give the last day."))


class AskForm(FlaskForm):  # type: ignore[misc]
    """A season for which people are asked when they can."""

    title = StringField(
        _l("What it is called"),
        description=_l("Such as: Season 2027"),
        validators=[
            DataRequired(_l("Fill this in.")),
            Length(max=120, message=_l("At most %(max)d characters.")),
        ],
        filters=[clean_line],
    )
    first_day = _day(_l("First day"), required=_l("Give the first day."))
    last_day = _day(_l("Last day"), required=_l("Give the last day."))
    closes_on = _day(_l("Answers until"), required=_l("Give the day."))
    who = RadioField(
        _l("Who is asked"),
        choices=[
            SelectChoice("teaching", _l("Those who facilitate")),
            SelectChoice("learning", _l("Those who want to learn something")),
            SelectChoice("everybody", _l("Everybody")),
        ],
        default="teaching",
        validators=[InputRequired()],
    )
    organisation = SelectField(_l("Within"), validators=[Optional()])
    group = SelectField(_l("Group"), validators=[Optional()])
    remind_every = IntegerField(
        _l("Remind every"),
        description=_l("Days between letters to those who have not answered; 0 for no reminders."),
        default=5,
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(0, 60, message=_l("A number from %(min)s to %(max)s.")),
        ],
    )
    message = TextAreaField(
        _l("A word of your own"),
        description=_l("Stands in the letter, as you write it."),
        validators=[Optional(), Length(max=2000, message=_l("At most %(max)d characters."))],
        filters=[lambda text: clean(text) or ""],
    )
