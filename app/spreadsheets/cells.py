"""What a column holds: from the text of a cell to a value, and back."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from app.i18n import on_one_line
from app.spreadsheets.codes import COUNTRIES, LANGUAGES
from app.spreadsheets.problems import CellRefused

CODE_LENGTH = 60
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,20})?(e-[0-9]{1,2})?")

YES = frozenset({"yes", "y", "1", "true", "x", "oui", "vrai", "sí", "si", "verdadero", "sim", "verdadeiro"})
NO = frozenset({"no", "n", "0", "false", "non", "faux", "falso", "não", "nao"})


class Kind(Protocol):
    """A kind of cell. `parse` gets a text that is not empty; `write` gives text, a number or a date."""

    def parse(self, text: str) -> Any:
        """The value that the text stands for. Raises CellRefused."""

    def write(self, value: Any) -> object:
        """What is written for a value; never called for `None`."""


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


@dataclass(frozen=True, slots=True)
class Text:
    """Any text of at most `limit` characters, on one line unless `lines`."""

    limit: int
    lines: bool = False

    def parse(self, text: str) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not self.lines:
            text = on_one_line(text)
        text = unicodedata.normalize("NFC", text)
        if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text):
            raise CellRefused("control_character")
        if len(text) > self.limit:
            raise CellRefused("too_long", limit=self.limit)
        return text

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Code:
    """A code that names a row, here or elsewhere."""

    def parse(self, text: str) -> str:
        if not _CODE.fullmatch(text):
            raise CellRefused("not_a_code", value=_short(text), limit=CODE_LENGTH)
        return text

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`; '12.0' is 12, and spaces may divide thousands."""

    low: int = 0
    high: int = 1_000_000_000

    def parse(self, text: str) -> int:
        digits = re.sub(r"[\s\u00a0\u202f]", "", text)
        digits = re.sub(r"\.0+$", "", digits)
        if not _WHOLE.fullmatch(digits):
            raise CellRefused("not_whole", value=_short(text))
        number = int(digits)
        _require_within(number, self.low, self.high)
        return number

    def write(self, value: int) -> int:
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number from `low` to `high`, with point or comma."""

    low: float
    high: float

    def parse(self, text: str) -> float:
        if not _NUMBER.fullmatch(text):
            raise CellRefused("not_a_number", value=_short(text))
        number = float(text.replace(",", "."))
        _require_within(number, self.low, self.high)
        return number

    def write(self, value: float) -> float:
        return int(value) if math.isfinite(value) and value == int(value) else value


def _require_within(number: float, low: float, high: float) -> None:
    if not low <= number <= high:
        raise CellRefused("out_of_range", value=number, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as ISO 8601 writes it: '2027-03-09'. Other orders are refused: who knows which is the month?"""

    def parse(self, text: str) -> date:
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise CellRefused("not_a_day", value=_short(text)) from None

    def write(self, value: date) -> date:
        return value


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no, in any of our languages."""

    def parse(self, text: str) -> bool:
        word = text.casefold()
        if word in YES or word in NO:
            return word in YES
        raise CellRefused("not_yes_or_no", value=_short(text))

    def write(self, value: bool) -> str:
        return "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words, the same in every language."""

    choices: Sequence[str]

    def parse(self, text: str) -> str:
        word = text.casefold().replace(" ", "_")
        if word not in self.choices:
            raise CellRefused("not_one_of", value=_short(text), choices=", ".join(self.choices))
        return word

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Listed:
    """A word of a published list: a country, a language, a time zone."""

    members: Collection[str]
    reason: str
    upper: bool | None = None

    def parse(self, text: str) -> str:
        word = text if self.upper is None else text.upper() if self.upper else text.lower()
        if word not in self.members:
            raise CellRefused(self.reason, value=_short(text))
        return word

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address, in small letters."""

    def parse(self, text: str) -> str:
        try:
            address = validate_email(text, check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            raise CellRefused("not_an_address", value=_short(text)) from None
        if len(address) > 254:
            raise CellRefused("too_long", limit=254)
        return address

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Many:
    """Several values divided by semicolons: each once, in the given order or (`ordered=False`) sorted."""

    of: Kind
    ordered: bool = True

    def parse(self, text: str) -> tuple[Any, ...]:
        values = dict.fromkeys(self.of.parse(part.strip()) for part in text.split(";") if part.strip())
        return tuple(values) if self.ordered else tuple(sorted(values))

    def write(self, value: Sequence[Any]) -> str:
        return ";".join(str(self.of.write(part)) for part in value)


COUNTRY = Listed(COUNTRIES, "not_a_country", upper=True)
LANGUAGE = Listed(LANGUAGES, "not_a_language", upper=False)
ZONE = Listed(available_timezones(), "not_a_zone")
