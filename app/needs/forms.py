"""The forms of a call and of an answer: shape only. The rules are the services'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, StopValidation

from app.errors import Invalid
from app.i18n import LANGUAGES
from app.needs import words as wording
from app.needs.asking import Page, What, When, Whom
from app.needs.models import MOST_PEOPLE, NeedsAnswer
from app.needs.services import Said
from app.network.forms.fields import (
    DATE_FORMATS,
    TitlesForm,
    choices,
    id_or_none,
    stripped,
    text_field,
)
from app.network.models import Topic

WORDS_LENGTH = 2000


# -- A call


class CallForm(FlaskForm):  # type: ignore[misc]
    """What the three pages share: refusals go to the field they are about."""

    FIELDS: ClassVar[Mapping[str, str]] = {}

    def answers(self) -> Page:
        raise NotImplementedError

    def refuse(self, invalid: Invalid) -> None:
        """Put a refusal at its field in words; above the form where it is about another page."""
        name = self.FIELDS.get(invalid.field, invalid.field)
        if name in self:
            self[name].errors = [*self[name].errors, wording.explain(invalid)]
        else:
            self.form_errors.append(wording.explain(invalid))


class WhatForm(CallForm, TitlesForm):
    FIELDS: ClassVar[Mapping[str, str]] = {"titles": "title_en"}

    about_en = text_field("English", WORDS_LENGTH, required=False, area=True)
    about_fr = text_field("Français", WORDS_LENGTH, required=False, area=True)
    about_es = text_field("Español", WORDS_LENGTH, required=False, area=True)
    about_pt = text_field("Português", WORDS_LENGTH, required=False, area=True)
    topic_ids = SelectMultipleField(_l("Topics"), coerce=int)

    def about_fields(self) -> list[tuple[str, str, Any]]:
        """As the component for translated fields takes them."""
        return [(code, native, self[f"about_{code}"]) for code, native in LANGUAGES.items()]

    def fill(self, page: What) -> None:
        self.show_titles(dict(page.titles))
        for code in LANGUAGES:
            self[f"about_{code}"].data = page.about.get(code, "")
        self.topic_ids.data = list(page.topic_ids)

    def answers(self) -> What:
        return What(
            titles=self.titles,
            about={code: self[f"about_{code}"].data or "" for code in LANGUAGES},
            topic_ids=frozenset(self.topic_ids.data or ()),
        )


class WhomForm(CallForm):
    region = SelectField(_l("Region"))
    group_id = SelectField(_l("Working group"), coerce=id_or_none)
    chosen_ids = SelectMultipleField(_l("Organisations asked by name"), coerce=int)

    def fill(self, page: Whom) -> None:
        self.region.data, self.group_id.data = page.region, page.group_id
        self.chosen_ids.data = list(page.chosen_ids)

    def answers(self) -> Whom:
        return Whom(
            region=self.region.data or "",
            group_id=self.group_id.data,
            chosen_ids=frozenset(self.chosen_ids.data or ()),
        )


class WhenForm(CallForm):
    closes_on = DateField(
        _l("Last day for answers"),
        format=DATE_FORMATS,
        description=_l("It ends with that day, wherever on earth the answer comes from."),
        validators=[InputRequired(_l("Give a date."))],
    )
    languages = SelectMultipleField(
        _l("Languages"),
        description=_l("In which of them could learning be held? Platforms choose among these."),
    )
    remind_every = SelectField(
        _l("Reminders to those who have not answered"),
        coerce=int,
        choices=lambda: choices(wording.RHYTHMS),
        description=_l("They stop by themselves when an answer is handed in."),
    )

    def fill(self, page: When) -> None:
        self.closes_on.data, self.languages.data = page.closes_on, list(page.languages)
        self.remind_every.data = page.remind_every

    def answers(self) -> When:
        return When(
            closes_on=self.closes_on.data,
            languages=tuple(self.languages.data or ()),
            remind_every=self.remind_every.data,
        )


PAGES: Mapping[str, type[CallForm]] = {"what": WhatForm, "whom": WhomForm, "when": WhenForm}


class ReopenForm(CallForm):
    closes_on = DateField(
        _l("New last day"), format=DATE_FORMATS, validators=[InputRequired(_l("Give a date."))]
    )


class OneMoreForm(CallForm):
    organisation_id = SelectField(
        _l("Organisation"), coerce=id_or_none, validators=[InputRequired(_l("Choose one."))]
    )


# -- An answer


class PeopleField(IntegerField):  # type: ignore[misc]
    """A number of people; what is none is said once."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(text.strip() for text in valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a number.")) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class TopicForm(Form):  # type: ignore[misc]
    """What is asked of one topic; what a truncated or scripted form leaves out is left as it is."""

    how_much = RadioField(
        _l("How much do you need it?"),
        coerce=int,
        choices=lambda: choices(wording.HOW_MUCH),
        validate_choice=False,
        validators=[Optional(), AnyOf(list(wording.HOW_MUCH))],
    )
    people = PeopleField(
        _l("For how many people?"),
        validators=[
            Optional(),
            NumberRange(0, MOST_PEOPLE, message=_l("A number from %(min)s to %(max)s.")),
        ],
    )
    languages = SelectMultipleField(_l("In which languages?"), validators=[Optional()])
    words = TextAreaField(
        _l("In your words"),
        validators=[Length(max=WORDS_LENGTH, message=_l("At most %(max)d characters."))],
        filters=[stripped],
    )
    level = SelectField(
        _l("Could you teach it to others?"),
        coerce=int,
        choices=lambda: choices(wording.LEVELS),
        validate_choice=False,
        validators=[Optional(), AnyOf(list(wording.LEVELS))],
    )
    offer_languages = SelectMultipleField(_l("Teach in which languages?"), validators=[Optional()])
    offer_words = TextAreaField(
        _l("What you could show others"),
        validators=[Length(max=WORDS_LENGTH, message=_l("At most %(max)d characters."))],
        filters=[stripped],
    )

    def said(self) -> Said:
        return Said(
            how_much=self.how_much.data,
            people=self.people.data,
            languages=tuple(self.languages.data or ()),
            words=self.words.data,
            level=self.level.data,
            offer_languages=tuple(self.offer_languages.data or ()),
            offer_words=self.offer_words.data,
        )


class AreaForm(FlaskForm):  # type: ignore[misc]
    """The topics of one area; `version` and `page` tell what the reader had seen."""

    version = IntegerField(validators=[Optional()])
    page = HiddenField(validators=[Length(max=32)])

    def topics(self) -> Iterator[tuple[int, TopicForm]]:
        """Each topic's id and form."""
        for name, field in self._fields.items():
            if isinstance(field, FormField):
                yield int(name.removeprefix("t")), field.form

    def said(self) -> dict[int, Said]:
        """What the sound topics say; those with something wrong are left out."""
        return {topic_id: form.said() for topic_id, form in self.topics() if not form.errors}


def area_form(
    topics: Sequence[Topic],
    *,
    languages: Sequence[SelectChoice],
    answer: NeedsAnswer,
    filled: bool,
    meta: Mapping[str, Any],
) -> AreaForm:
    """The form of an area: filled in by the reader, or with what is there and what is usual."""
    fields = {f"t{topic.id}": FormField(TopicForm) for topic in topics}
    kind = type("AreaForm", (AreaForm,), fields)
    options: dict[str, Any] = {"meta": dict(meta)}
    if not filled:
        options |= {"formdata": None, "data": _present(topics, answer, {str(c.value) for c in languages})}
    form: AreaForm = kind(**options)
    for _topic_id, part in form.topics():
        part.languages.choices = part.offer_languages.choices = list(languages)
    return form


def _present(topics: Sequence[Topic], answer: NeedsAnswer, offered: set[str]) -> dict[str, Any]:
    lines = {line.topic_id: line for line in answer.lines}
    offers = {offer.topic_id: offer for offer in answer.offers}
    usual = [code for code in answer.organisation.languages if code in offered]
    found: dict[str, Any] = {"version": answer.version}
    for topic in topics:
        line, offer = lines.get(topic.id), offers.get(topic.id)
        found[f"t{topic.id}"] = {
            "how_much": line.how_much if line else None,
            "people": line.people if line else None,
            "languages": list(line.languages) if line and line.how_much else usual,
            "words": line.words if line else "",
            "level": offer.level if offer else 0,
            "offer_languages": list(offer.languages) if offer else usual,
            "offer_words": offer.words if offer else "",
        }
    return found


class HandInForm(FlaskForm):  # type: ignore[misc]
    name = text_field(_l("Your name"), 200, required=False)
    remark = TextAreaField(
        _l("Anything else?"),
        description=_l("What you need that is not among the topics, or what we should know."),
        validators=[Length(max=WORDS_LENGTH, message=_l("At most %(max)d characters."))],
        filters=[stripped],
    )

    def refuse(self, invalid: Invalid) -> None:
        self[invalid.field].errors = [wording.explain(invalid)]


class ContactForm(FlaskForm):  # type: ignore[misc]
    person_id = SelectField(_l("Who answers"), coerce=id_or_none)
