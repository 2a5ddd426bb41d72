"""Typed readers of JSON values that note every defect with its place.

A reader takes a value, its place and the problems found so far, and gives the value
in its Python type, or `INVALID` after noting what is wrong with it.
"""

# INVALID stands for a value of any type:
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from solver.reading.problems import INVALID, MAX_DEPTH, At, Problems, depth_of, nests_deeper
from solver.reading.text import DoubledKeys, GiantNumber, NotFinite
from solver.round import Span
from solver.wording import shown

T = TypeVar("T")
S = TypeVar("S")
Reader = Callable[[Any, At, Problems], T]

LARGEST = 10**12  # the largest whole number a document may hold
YEARS = (1900, 2199)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", re.ASCII)


# -- what a value is, in words ------------------------------------------------


def kind_of(value: object) -> str:
    """The JSON type of a value, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case dict():
            return "an object"
        case list():
            return f"a list of {len(value)}"
        case NotFinite(literal=literal):
            return str(literal)
        case _:
            return "a number"


def wrong_type(value: object, at: At, problems: Problems, wanted: str) -> Any:
    """Note that a value is of another type than wanted."""
    if nests_deeper(value, MAX_DEPTH - depth_of(at)):
        return problems.refuse(at, "too_deep", f"nested deeper than {MAX_DEPTH}")
    return problems.refuse(at, "wrong_type", f"{wanted} is wanted, not {kind_of(value)}")


# -- single values --------------------------------------------------------------


def text(value: Any, at: At, problems: Problems) -> str:
    """Any text that can be written as UTF-8."""
    if not isinstance(value, str):
        return wrong_type(value, at, problems, "a text")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        return problems.refuse(at, "not_utf8", "half of a surrogate pair cannot be written as UTF-8")
    return value


def truth(value: Any, at: At, problems: Problems) -> bool:
    """True or false."""
    return value if isinstance(value, bool) else wrong_type(value, at, problems, "true or false")


def whole(least: int | None = None, most: int | None = LARGEST) -> Reader[int]:
    """A whole number between two limits, both included (`None`: no limit)."""

    def read(value: Any, at: At, problems: Problems) -> int:
        if type(value) is int:
            if least is not None and value < least:
                wanted = "not be negative" if least == 0 else f"be at least {least}"
                return problems.refuse(at, "out_of_range", f"{value} must {wanted}")
            if most is not None and value > most:
                return problems.refuse(at, "out_of_range", f"{value} is more than {_power(most)}")
            return value
        if isinstance(value, GiantNumber):
            return problems.refuse(at, "out_of_range", f"a number of {value.digits} digits is out of range")
        if isinstance(value, float):
            return problems.refuse(
                at, "wrong_type", f"a whole number, without fraction or exponent, is wanted, not {value!r}"
            )
        return wrong_type(value, at, problems, "a whole number")

    return read


def _power(limit: int) -> str:
    return "10^12" if limit == LARGEST else str(limit)


amount = whole(least=0)
"""A count, or money: a whole number from 0 to 10^12."""


def coordinate(limit: int) -> Reader[float]:
    """A latitude or longitude in degrees, between -limit and limit."""

    def read(value: Any, at: At, problems: Problems) -> float:
        if isinstance(value, GiantNumber):
            return problems.refuse(at, "out_of_range", f"a number of {value.digits} digits is out of range")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return wrong_type(value, at, problems, "a number")
        if not (math.isfinite(value) and -limit <= value <= limit):
            return problems.refuse(at, "out_of_range", f"{value} is not between -{limit} and {limit}")
        return float(value)

    return read


def one_of(names: Iterable[str], what: str) -> Reader[str]:
    """One of a fixed set of texts; `what` names the set in messages."""
    allowed = frozenset(names)

    def read(value: Any, at: At, problems: Problems) -> str:
        name = text(value, at, problems)
        if name is INVALID or name in allowed:
            return name
        return problems.refuse(at, "wrong_value", f"{shown(name)} is not {what}")

    return read


def matching(pattern: str, what: str) -> Reader[str]:
    """A text of a certain shape; `what` names the shape in messages."""
    shape = re.compile(pattern)

    def read(value: Any, at: At, problems: Problems) -> str:
        name = text(value, at, problems)
        if name is INVALID or shape.fullmatch(name):
            return name
        return problems.refuse(at, "wrong_value", f"{shown(name)} is not {what}")

    return read


@lru_cache(maxsize=1 << 14)
def _parsed_date(written: str) -> date | None:
    if not _DATE.fullmatch(written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def day(value: Any, at: At, problems: Problems) -> date:
    """A calendar date, `YYYY-MM-DD`."""
    if not isinstance(value, str):
        return wrong_type(value, at, problems, "a date (YYYY-MM-DD)")
    found = _parsed_date(value)
    if found is None:
        return problems.refuse(at, "wrong_format", f"{shown(value)} is not a date (YYYY-MM-DD)")
    return _in_years(found, at, problems)


def instant(value: Any, at: At, problems: Problems) -> datetime:
    """An instant in UTC, `YYYY-MM-DDTHH:MMZ`."""
    if not isinstance(value, str):
        return wrong_type(value, at, problems, "an instant (YYYY-MM-DDTHH:MMZ)")
    if _INSTANT.fullmatch(value):
        try:
            found = datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        except ValueError:
            pass
        else:
            return _in_years(found, at, problems)
    return problems.refuse(at, "wrong_format", f"{shown(value)} is not an instant (YYYY-MM-DDTHH:MMZ)")


def day_or_instant(value: Any, at: At, problems: Problems) -> date | datetime:
    """A date or an instant, told apart by the `T` of the latter."""
    if isinstance(value, str) and "T" in value:
        return instant(value, at, problems)
    return day(value, at, problems)


def start_of(mode: str) -> Reader[date | datetime]:
    """Reader of a session's start: a date in person, an instant online, either where the mode is unknown."""
    if mode == "online":
        return instant
    return day if mode == "in_person" else day_or_instant


D = TypeVar("D", bound=date)


def _in_years(found: D, at: At, problems: Problems) -> D:
    first, last = YEARS
    if first <= found.year <= last:
        return found
    return problems.refuse(at, "out_of_range", f"the year {found.year} is not between {first} and {last}")


def span(value: Any, at: At, problems: Problems) -> Span:
    """A pair of dates, both included."""
    if not isinstance(value, list) or len(value) != 2:
        return wrong_type(value, at, problems, "a pair of dates")
    first: Any = day(value[0], (at, 0), problems)
    last: Any = day(value[1], (at, 1), problems)
    if first is INVALID or last is INVALID:
        return INVALID
    if last < first:
        return problems.refuse((at, 1), "reversed_span", f"ends on {last}, before it starts on {first}")
    return Span(first, last)


# -- lists and maps ---------------------------------------------------------------


def listed(item: Reader[T], *, distinct: bool = True, least: int = 0) -> Reader[tuple[T, ...]]:
    """A list of values, `least` or more of them, none twice (unless `distinct` is false)."""

    def read(value: Any, at: At, problems: Problems) -> tuple[T, ...]:
        if not isinstance(value, list):
            return wrong_type(value, at, problems, "a list")
        found = tuple(item(element, (at, index), problems) for index, element in enumerate(value))
        if distinct and len(set(found)) != len(found):
            _refuse_doubled(value, found, at, problems)
        if len(found) < least:
            return problems.refuse(at, "wrong_value", f"at least {least} is wanted, not {len(found)}")
        return found

    return read


def _refuse_doubled(value: list[Any], found: tuple[Any, ...], at: At, problems: Problems) -> None:
    first_at: dict[Any, int] = {}
    for index, element in enumerate(found):
        if element is INVALID:
            continue
        if element in first_at:
            written = shown(value[index]) if isinstance(value[index], str) else value[index]
            problems.refuse((at, index), "doubled_item", f"{written} is in the list twice")
        else:
            first_at[element] = index


def mapped(key: Reader[str], item: Reader[T], what: str) -> Reader[Mapping[str, T]]:
    """An object with keys of one kind and values of another; `what` names it in messages."""

    def read(value: Any, at: At, problems: Problems) -> Mapping[str, T]:
        if not isinstance(value, dict):
            return wrong_type(value, at, problems, f"an object {what}")
        refuse_doubled_keys(value, at, problems)
        return {
            key(name, (at, name), problems): item(inner, (at, name), problems)
            for name, inner in value.items()
        }

    return read


def or_null(reader: Reader[T]) -> Reader[T | None]:
    """Null, or what `reader` reads."""

    def read(value: Any, at: At, problems: Problems) -> T | None:
        return None if value is None else reader(value, at, problems)

    return read


# -- objects ------------------------------------------------------------------------


def refuse_doubled_keys(value: dict[str, Any], at: At, problems: Problems) -> None:
    """Note every key that an object names twice."""
    if isinstance(value, DoubledKeys):
        for key in value.doubled:
            problems.refuse((at, key), "doubled_key", "the key is there twice")


class Fields:
    """The fields of one object. Call `finish` when every known key has been asked for.

    An object that is none (null, a list …) is noted once; all its fields then read
    as `INVALID` without further notes.
    """

    __slots__ = ("_at", "_known", "_problems", "_value", "readable")

    def __init__(self, value: Any, at: At, problems: Problems) -> None:
        self._at, self._problems = at, problems
        self._known: set[str] = set()
        self.readable = isinstance(value, dict)
        self._value: dict[str, Any] = value if self.readable else {}
        if not self.readable:
            wrong_type(value, at, problems, "an object")

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def at(self, key: str) -> At:
        """The place of a field."""
        return (self._at, key)

    def need(self, key: str, reader: Reader[T]) -> T:
        """A field that must be there."""
        self._known.add(key)
        if key in self._value:
            return reader(self._value[key], (self._at, key), self._problems)
        if self.readable:
            self._problems.refuse((self._at, key), "missing_key", "the key is missing")
        return INVALID

    def may(self, key: str, reader: Reader[T], default: S) -> T | S:
        """A field that may be left out."""
        self._known.add(key)
        if key in self._value:
            return reader(self._value[key], (self._at, key), self._problems)
        return default

    def refuse(self, key: str, reason: Any, message: str) -> None:
        """Note a defect of a field."""
        self._known.add(key)
        self._problems.refuse((self._at, key), reason, message)

    def finish(self) -> None:
        """Note every key that nobody asked for, and every doubled one."""
        if len(self._value) > len(self._known) or not self._known.issuperset(self._value):
            for key in self._value:
                if key not in self._known:
                    self._problems.refuse((self._at, key), "unknown_key", "no such key")
                    _refuse_if_too_deep(self._value[key], (self._at, key), self._problems)
        refuse_doubled_keys(self._value, self._at, self._problems)


def _refuse_if_too_deep(value: Any, at: At, problems: Problems) -> None:
    if nests_deeper(value, MAX_DEPTH - depth_of(at)):
        problems.refuse(at, "too_deep", f"nested deeper than {MAX_DEPTH}")


def known_id(what: str, ids: Container[str]) -> Reader[str]:
    """Reader of an id that is among `ids`."""

    def read(value: Any, at: At, problems: Problems) -> str:
        found = text(value, at, problems)
        if found is INVALID or found in ids:
            return found
        return problems.refuse(at, "dangling_id", f"no {what} {shown(found)}")

    return read


# -- references -----------------------------------------------------------------------


class Table(Generic[T]):
    """A list of objects by their ids, and who refers to them.

    `complete` is false where the list is missing or some id in it could not be read: an
    id that seems to point nowhere may then point to that one, so it is not called a defect.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self.rows: dict[str, T] = {}
        self.complete = False
        self._references: list[tuple[str, At]] = []

    def read(self, row: Callable[[str, Fields], T]) -> Reader[Mapping[str, T]]:
        """Reader of the whole list; `row` builds one of its values from its id and its other fields."""

        def read(value: Any, at: At, problems: Problems) -> Mapping[str, T]:
            if not isinstance(value, list):
                return wrong_type(value, at, problems, "a list")
            self.complete = True
            first_at: dict[str, int] = {}
            for index, element in enumerate(value):
                fields = Fields(element, (at, index), problems)
                found_id = fields.need("id", text)
                found = row(found_id, fields)
                fields.finish()
                if found_id is INVALID:
                    self.complete = False
                elif found_id in self.rows:
                    taken = f"{shown(found_id)} is already the id of number {first_at[found_id]}"
                    problems.refuse(fields.at("id"), "duplicate_id", f"{taken} of this list")
                else:
                    self.rows[found_id] = found
                    first_at[found_id] = index
            return self.rows

        return read

    def id(self, value: Any, at: At, problems: Problems) -> str:
        """Reader of an id that points into this table; `resolve` looks it up once all are known."""
        found = text(value, at, problems)
        if found is not INVALID:
            self._references.append((found, at))
        return found

    def resolve(self, problems: Problems) -> None:
        """Note every id that points nowhere."""
        if self.complete:
            for found, at in self._references:
                if found not in self.rows:
                    problems.refuse(at, "dangling_id", f"no {self._what} {shown(found)}")
