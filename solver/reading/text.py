"""From bytes to JSON values: UTF-8 without a byte-order mark, no doubled keys, no NaN, no giant numbers.

Defects that the JSON parser could only report by position (or not at all) become
values of their own kind here, so that the reader, which knows the place, reports them.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter
from typing import Any

from solver.reading.problems import MAX_DEPTH, Problems

MAX_DIGITS = 40
"""Longer numbers are not even converted: the time for that grows with the square of the length."""


class DoubledKeys(dict[str, Any]):
    """An object that names some key twice; the last value stands."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs)
        self.doubled = [key for key, count in times.items() if count > 1]


class NotFinite:
    """NaN or an infinity: Python's JSON parser knows them, JSON does not."""

    def __init__(self, literal: str) -> None:
        self.literal = literal


class GiantNumber:
    """A whole number with more digits than anybody means."""

    def __init__(self, literal: str) -> None:
        self.digits = len(literal.removeprefix("-"))


def parse(data: bytes, problems: Problems) -> Any:
    """The JSON value in `data`.

    Raises:
        MalformedDocument: there is none.
    """
    if data.startswith(codecs.BOM_UTF8):
        problems.refuse(None, "byte_order_mark", "begins with a byte-order mark; UTF-8 without one is wanted")
        raise problems.as_error()
    if not data.strip():
        problems.refuse(None, "empty", "the document is empty")
        raise problems.as_error()
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_constant=NotFinite,
        )
    except UnicodeDecodeError as error:
        problems.refuse(None, "not_utf8", f"not UTF-8 text: {error.reason} at byte {error.start}")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problems.refuse(None, "not_json", f"not JSON: {error.msg} at {where}")
    except RecursionError:
        problems.refuse(None, "too_deep", f"nested deeper than {MAX_DEPTH}")
    raise problems.as_error()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else DoubledKeys(pairs)


def _whole_number(literal: str) -> int | GiantNumber:
    return int(literal) if len(literal) <= MAX_DIGITS else GiantNumber(literal)
