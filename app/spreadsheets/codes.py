"""Codes made from names, and the lists of countries and languages that codes are taken from.

The lists are those that Babel has names for, less the regions and private codes that ISO 3166-1 and
ISO 639-1 do not hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from babel import Locale

_NAMED = Locale("en")
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
_NO_LANGUAGES = {"sh"}


def _two_letters(codes: Iterable[object], pattern: str) -> frozenset[str]:
    return frozenset(str(code) for code in codes if re.fullmatch(pattern, str(code)))


COUNTRIES = _two_letters(_NAMED.territories, "[A-Z]{2}") - _NO_COUNTRIES
"""ISO 3166-1 alpha-2."""

LANGUAGES = _two_letters(_NAMED.languages, "[a-z]{2}") - _NO_LANGUAGES
"""ISO 639-1."""


def slug(name: str) -> str:
    """'Réseau d’ONG' -> 'reseau-d-ong', at most 50 characters; empty when nothing of it is Latin."""
    letters = (char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", "".join(letters).lower()).strip("-")[:50].strip("-")


class NewCodes:
    """Gives out codes that are free, each once: 'ama', 'ama-2', 'ama-3'."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def take(self, code: str) -> None:
        """Have this code given out to nobody."""
        self._taken.add(code)

    def make(self, name: str, otherwise: str) -> str:
        """A free code from a name, or from the word `otherwise` when the name yields none."""
        base = slug(name) or otherwise
        number = self._last.get(base, 1)
        code = base if number == 1 else f"{base}-{number}"
        while code in self._taken:
            number += 1
            code = f"{base}-{number}"
        self._last[base] = number
        self._taken.add(code)
        return code
