"""Fields that several forms need: clean text, languages by name or code, titles in four languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.db import LocalText
from app.errors import Invalid
from app.i18n import LANGUAGES, country_name, language_name, on_one_line
from app.network.wording import explain
from app.spreadsheets import codes

MOST = 1_000_000_000


class NetworkForm(FlaskForm):  # type: ignore[misc]
    """A form that can also say what a service refused."""

    def refuse(self, invalid: Invalid) -> None:
        """Put what a service refused beside the field that it is about."""
        self[invalid.field].errors = [explain(invalid)]


def clean(text: str | None) -> str | None:
    """A text without control characters and outer space, its accents composed: what a database can keep."""
    if text is None:
        return None
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept)).strip()


DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
"""What browsers send, and what people type where a browser offers a plain field."""


def stripped(text: str | None) -> str:
    """Filter of text fields: `clean`, and never `None`."""
    return clean(text) or ""


def id_or_none(value: Any) -> int | None:
    """Coerce the value of a select whose first option is "none"."""
    return int(value) if value not in (None, "", "None") else None


def choices(words_by_value: Mapping[Any, Any]) -> list[SelectChoice]:
    """The options of a select or of radio buttons, from their words by value."""
    return [SelectChoice(value, label) for value, label in words_by_value.items()]


def clean_line(text: str | None) -> str | None:
    """`clean` for a text on one line: tabs and line breaks that were pasted along with it are blanks."""
    cleaned = clean(text)
    return None if cleaned is None else on_one_line(cleaned)


def text_field(label: Any, limit: int, *, required: bool = True, area: bool = False, **options: Any) -> Any:
    """A text of at most `limit` characters; `area` for one of several lines."""
    kind = TextAreaField if area else StringField
    demands = [DataRequired(_l("Fill this in."))] if required else []
    too_long = Length(max=limit, message=_l("At most %(max)d characters."))
    return kind(label, validators=[*demands, too_long], filters=[clean if area else clean_line], **options)


def whole_field(label: Any, *, high: int = MOST, low: int = 0, **options: Any) -> Any:
    """A whole number from `low` to `high`."""
    return IntegerField(
        label,
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(low, high, message=_l("A number from %(min)s to %(max)s.")),
        ],
        **options,
    )


class LanguagesField(StringField):  # type: ignore[misc]
    """Languages by name in the reader's language or by code, divided by commas; `data` holds the codes."""

    data: list[str] | None

    def __init__(self, label: Any, *, needed: bool = True, **options: Any) -> None:
        options.setdefault("description", _l("Names or codes with commas between them, such as: French, en"))
        super().__init__(label, **options)
        self.flags.required = needed

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(language_name(code) for code in self.data or [])

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = []
        names = {language_name(code).casefold(): code for code in codes.LANGUAGES}
        for word in re.split(r"[,;]", valuelist[0] if valuelist else ""):
            name = word.strip().casefold()
            code = name if name in codes.LANGUAGES else names.get(name)
            if name and code is None:
                raise ValueError(_("“%(word)s” is not a language.", word=word.strip()[:40]))
            if code is not None and code not in self.data:
                self.data.append(code)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.flags.required and not self.data and not self.errors:
            raise ValidationError(_("Name at least one language."))


class TitlesForm(NetworkForm):
    """A form whose subject has a title in each of our languages; one of them is enough."""

    title_en = text_field("English", 200, required=False)
    title_fr = text_field("Français", 200, required=False)
    title_es = text_field("Español", 200, required=False)
    title_pt = text_field("Português", 200, required=False)

    def show_titles(self, titles: LocalText) -> None:
        for code in LANGUAGES:
            self[f"title_{code}"].data = titles.get(code, "")

    @property
    def titles(self) -> LocalText:
        """The titles that were written, by language."""
        return {code: self[f"title_{code}"].data for code in LANGUAGES if self[f"title_{code}"].data}

    def title_fields(self) -> list[tuple[str, str, Any]]:
        """As the component for translated fields takes them."""
        return [(code, native, self[f"title_{code}"]) for code, native in LANGUAGES.items()]


def country_choices(none: Any) -> dict[str, str]:
    """All countries by name in the reader's language, after `none` for the empty choice."""
    named = {code: country_name(code) for code in codes.COUNTRIES}
    return {"": str(none), **dict(sorted(named.items(), key=lambda pair: sort_key(pair[1])))}


def sort_key(name: str) -> str:
    """For sorting names so that 'Égypte' stands with E."""
    return unicodedata.normalize("NFKD", name).casefold()


def choice_field(label: Any, *, required: bool = True, **options: Any) -> Any:
    """A choice among options that the view fills in; values are codes."""
    return SelectField(
        label,
        validators=[InputRequired(_l("Choose one."))] if required else [],
        **options,
    )
