"""The shape of what is sent: asking, and answering. What it means is the services' to judge."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.confirmations.models import ANSWERS, PARTS, REASONS
from app.network.forms.fields import DATE_FORMATS

LONGEST_WORD = 1000


class AskingForm(FlaskForm):  # type: ignore[misc]
    closes_on = DateField(_l("Last day to answer"), format=DATE_FORMATS, validators=[InputRequired()])
    remind_every = IntegerField(
        _l("Remind every … days"), default=3, validators=[InputRequired(), NumberRange(0, 30)]
    )
    silence = RadioField(
        _l("No answer in time means"),
        default="substitute",
        choices=[
            SelectChoice("substitute", _l("No, and the best substitute is asked at once")),
            SelectChoice("declined", _l("No; I choose the substitute")),
            SelectChoice("accepted", _l("Yes")),
        ],
    )
    substitute_days = IntegerField(
        _l("Days a substitute has to answer"), default=5, validators=[InputRequired(), NumberRange(1, 30)]
    )
    message = TextAreaField(_l("A word to all"), validators=[Optional(), Length(max=LONGEST_WORD)])


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """One answer; its fields are drawn by hand, once for each session of the page."""

    answer = SelectField(choices=[SelectChoice(each) for each in ANSWERS], validators=[InputRequired()])
    part = SelectField(choices=[SelectChoice(each) for each in PARTS], default="team")
    workshop = IntegerField(validators=[InputRequired()])
    reason = SelectField(choices=[SelectChoice(each) for each in ("", *REASONS)], default="")
    word = StringField(validators=[Optional(), Length(max=LONGEST_WORD)])
    could_if = StringField(validators=[Optional(), Length(max=LONGEST_WORD)])
    until = DateField(format=DATE_FORMATS, validators=[Optional()])
    seen = StringField(validators=[Optional(), Length(max=64)])
