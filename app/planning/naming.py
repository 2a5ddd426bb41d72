"""Names, places and differences of a round in the reader's words, from its own document.

names = Naming(round, titles)             # titles: of workshops by code, in the reader's language
names.session({"workshop": "w7", "start": "2027-03-03", "venue": "hall", …})
list(names.differences(comparison))       # what `solver.Comparison.as_data` says, a line for each
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import gettext

from app.i18n import country_name, format_list, format_moments, format_span
from solver import Round

Data = Mapping[str, Any]

_: Callable[..., str] = gettext


class Naming:
    """Says what ids mean."""

    def __init__(self, round: Round, titles: Mapping[str, str]) -> None:
        self._round, self._titles = round, titles

    def title(self, code: str) -> str:
        """Of a workshop."""
        return self._titles.get(code, code)

    def name(self, code: str) -> str:
        """Of a person; the planner's newcomer is one more."""
        person = self._round.people.get(code)
        return person.name if person else _("one more person")

    def venue(self, code: str | None) -> str:
        """'The hall, Dakar (Senegal)'."""
        if code is None or code not in self._round.venues:
            return ""
        venue = self._round.venues[code]
        place = self._round.places[venue.place]
        return f"{venue.name}, {place.name} ({country_name(place.country)})"

    def span(self, span: Any) -> str:
        first, last = map(date.fromisoformat, span)
        return format_span(first, last)

    def session(self, session: Data) -> str:
        """'3–5 Mar 2027, The hall, Dakar (Senegal)'."""
        return self.slot(session["workshop"], session["start"], session["venue"])

    def slot(self, workshop: str, start: str, venue: str | None) -> str:
        """When and where a workshop is."""
        known = self._round.workshops[workshop]
        if venue is None:
            begins = datetime.fromisoformat(start).astimezone(UTC)
            return format_moments(begins, begins + timedelta(minutes=known.minutes))
        first = date.fromisoformat(start)
        return f"{format_span(first, first + timedelta(days=known.days - 1))}, {self.venue(venue)}"

    def differences(self, changes: Data, *, but: str = "") -> Iterator[str]:
        """What a comparison says, without what is new of the workshop `but`."""
        for each in changes.get("cancelled", ()):
            yield _("%(workshop)s is left out", workshop=self.title(each["workshop"]))
        for each in changes.get("moved", ()):
            yield _(
                "%(workshop)s moves: %(when)s",
                workshop=self.title(each["workshop"]),
                when=self.slot(each["workshop"], each["after"]["start"], each["after"]["venue"]),
            )
        for each in changes.get("restaffed", ()):
            gone = [self.name(member["person"]) for member in each["left"]]
            come = [self.name(member["person"]) for member in each["joined"]]
            title = self.title(each["workshop"])
            if gone and come:
                facts = {"workshop": title, "gone": format_list(gone), "come": format_list(come)}
                yield _("%(workshop)s: %(come)s in place of %(gone)s", **facts)
            elif gone:
                yield _("%(workshop)s: without %(gone)s", workshop=title, gone=format_list(gone))
            elif come:
                yield _("%(workshop)s: %(come)s as well", workshop=title, come=format_list(come))
        for each in changes.get("reseated", ()):
            facts = {"workshop": self.title(each["workshop"])}
            yield _(
                "%(workshop)s: %(more)s seats for others, %(fewer)s given up",
                more=len(each["joined"]),
                fewer=len(each["left"]),
                **facts,
            )
        for each in changes.get("new", ()):
            if each["workshop"] != but:
                yield _(
                    "%(workshop)s is held: %(when)s",
                    workshop=self.title(each["workshop"]),
                    when=self.session(each),
                )
