"""Forms of nominations: shape only; what a list must satisfy stands in `rules.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app.network.forms.fields import DATE_FORMATS, clean, clean_line, id_or_none
from app.network.models import Person
from app.nominations.models import NEEDS, Nomination
from app.nominations.words import NEEDS as NEED_WORDS
from app.workshops.forms import DATE_NEEDED
from app.workshops.models import Workshop

LONGEST = 1000


def _needs() -> list[SelectChoice]:
    return [SelectChoice(need, NEED_WORDS[need]) for need in NEEDS]


class CallForm(FlaskForm):  # type: ignore[misc]
    """Until when names are taken, and a word to the organisations."""

    closes_on = DateField(
        _l("Names are taken until"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)]
    )
    note = TextAreaField(
        _l("A word to the organisations"), filters=[clean], validators=[Optional(), Length(max=LONGEST)]
    )


class OpenForm(CallForm):
    """The same for several workshops at once."""

    workshop_ids = SelectMultipleField(
        _l("Workshops"), coerce=int, validators=[InputRequired(_l("Choose at least one workshop."))]
    )

    def offer(self, workshops: Iterable[Workshop], title: object) -> None:
        self.workshop_ids.choices = [SelectChoice(each.id, title(each)) for each in workshops]  # type: ignore[operator]


class EntryForm(Form):  # type: ignore[misc]
    """One place in an organisation's list."""

    place = SelectField(_l("Place in your order"), coerce=int)
    person_id = SelectField(_l("Person"), coerce=id_or_none, validators=[Optional()])
    new_name = StringField(_l("Name"), filters=[clean_line], validators=[Optional(), Length(max=200)])
    new_email = StringField(
        _l("E-mail address"),
        filters=[lambda text: (clean_line(text) or "").lower() or None],
        validators=[
            Optional(),
            Length(max=254),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("Write an address such as name@example.org.")),
        ],
    )
    need = RadioField(_l("How much they need it"), choices=_needs, coerce=id_or_none, validators=[Optional()])
    purpose = TextAreaField(
        _l("What they need it for"), filters=[clean], validators=[Optional(), Length(max=LONGEST)]
    )
    is_substitute = False
    position = 0

    @property
    def is_filled(self) -> bool:
        return bool(self.person_id.data or self.new_name.data)


class ListForm(FlaskForm):  # type: ignore[misc]
    """An organisation's list: entries of nominees, then of substitutes, each read with its own prefix."""

    seen = StringField(filters=[clean_line])

    def lay_out(
        self,
        *,
        people: Sequence[Person],
        named: Sequence[Nomination],
        nominees: int,
        substitutes: int,
        submitted: object,
    ) -> None:
        """Give the form its entries, filled from what is sent in, else from the list as it is."""
        self.entries: list[EntryForm] = []
        chosen = [SelectChoice("", _l("Nobody"))] + [SelectChoice(each.id, each.name) for each in people]
        there = {
            False: [each for each in named if not each.is_substitute],
            True: [each for each in named if each.is_substitute],
        }
        for substitute, number in ((False, nominees), (True, substitutes)):
            for position in range(number):
                row = there[substitute][position] if position < len(there[substitute]) else None
                entry = EntryForm(
                    submitted,
                    prefix=f"{'s' if substitute else 'n'}{position + 1}-",
                    data={
                        "place": position + 1,
                        "person_id": row.person_id if row else None,
                        "need": row.need if row else None,
                        "purpose": row.purpose if row else "",
                    },
                )
                entry.person_id.choices = chosen
                entry.place.choices = [SelectChoice(n, str(n)) for n in range(1, number + 1)]
                entry.is_substitute, entry.position = substitute, position + 1
                self.entries.append(entry)

    @property
    def filled(self) -> list[EntryForm]:
        """The entries that name somebody: nominees first, each part in the order that was asked for."""
        return sorted(
            (entry for entry in self.entries if entry.is_filled),
            key=lambda entry: (entry.is_substitute, entry.place.data or entry.position, entry.position),
        )

    def validate_entries(self) -> bool:
        """Check every entry, also after one that is wrong."""
        checked = [entry.validate() for entry in self.entries]
        return all(checked)

    @property
    def all_errors(self) -> dict[str, object]:
        found: dict[str, object] = dict(self.errors)
        for entry in self.entries:
            for name, errors in entry.errors.items():
                found[f"{entry._prefix}{name}"] = errors
        return found


class ForwardForm(FlaskForm):  # type: ignore[misc]
    """Putting oneself forward."""

    need = RadioField(
        _l("How much do you need it?"),
        choices=[
            SelectChoice(3, _l("Urgent: I cannot do my work without it")),
            SelectChoice(2, _l("Important: it would help me much")),
            SelectChoice(1, _l("Useful: good to have")),
        ],
        coerce=id_or_none,
        validators=[InputRequired(_l("Say how much you need it."))],
    )
    purpose = TextAreaField(
        _l("What do you need it for?"), filters=[clean], validators=[Optional(), Length(max=LONGEST)]
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """Yes or no to somebody who put themselves forward, with a word that they read."""

    word = TextAreaField(_l("A word to them"), filters=[clean], validators=[Optional(), Length(max=LONGEST)])
