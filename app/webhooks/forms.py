"""The shape of what is typed about webhooks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from app.network.forms.fields import clean_line
from app.webhooks.events import EVENTS, WORDS


class WebhookForm(FlaskForm):  # type: ignore[misc]
    """An address, and what it is to be told."""

    label = StringField(
        _l("What is it called?"),
        [DataRequired(_l("Give it a name.")), Length(max=100)],
        filters=[clean_line],
    )
    address = StringField(
        _l("Address"),
        [DataRequired(_l("Enter an address that begins with https://.")), Length(max=2000)],
        filters=[lambda text: text.strip() if text else text],
    )
    events = SelectMultipleField(
        _l("What is it told?"),
        [DataRequired(_l("Choose at least one."))],
        choices=[SelectChoice(name, WORDS[name]) for name in EVENTS],
    )
