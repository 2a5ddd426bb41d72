"""An answer to "why?" as its page shows it: facts in the reader's words, from the draft's own documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import gettext

from app.i18n import (
    country_name,
    format_list,
    format_moments,
    format_money,
    format_number,
    format_span,
    language_name,
)
from app.planning.draft_reading import DraftReading
from app.planning.letting_in import APPLIED
from app.planning.why_words import FACTS, INSTEAD, days_wider, difference, fewer_seats
from app.planning.words import rule_title

Data = Mapping[str, Any]

_: Callable[..., str] = gettext

NAMED = 12
"""So many people one fact names in full."""


@dataclass(frozen=True, slots=True)
class Way:
    """A change that lets the workshop in, verified by the planner.

    `number` is that of the relaxation in the answer; `None` is the offer, which changes nothing but the
    rest of the plan. `makes` says whether Baraza can make it itself.
    """

    number: int | None
    label: str
    session: str
    worth: str
    gives_way: tuple[str, ...] = ()
    makes: bool = True
    kind: str = "offer"


@dataclass(frozen=True, slots=True)
class Other:
    """What a session held could be instead, at the best, and what that would change; `None`: nothing."""

    what: str
    session: str | None
    worth: str = ""


@dataclass(frozen=True, slots=True)
class WhyReading:
    """An answer, read. `facts` are (rule's name, sentence) pairs: together they keep the workshop out.

    Of a session held: of `starts` venues and days `free` would do, and `binds` says how many each rule
    forbids.
    """

    held: bool
    alone: bool
    facts: tuple[tuple[str, str], ...] = ()
    offer: Way | None = None
    ways: tuple[Way, ...] = ()
    others: tuple[Other, ...] = ()
    binds: tuple[tuple[str, int], ...] = ()
    free: int = 0
    starts: int = 0


def read_why(answer: Data, reading: DraftReading, topics: Mapping[str, str]) -> WhyReading:
    """`explanation/1` in words. `topics`: code -> title in the reader's language."""
    words = _Words(reading, topics, answer["workshop"])
    offer = answer["offer"]
    binds = answer.get("binds", {"free": 0, "all": 0, "rules": {}})
    return WhyReading(
        held=answer["held"],
        alone=answer["alone"],
        facts=tuple(words.facts(answer["obstacles"])),
        offer=words.offer(offer) if offer else None,
        ways=tuple(words.way(n, each) for n, each in enumerate(answer["relaxations"])),
        others=tuple(map(words.other, answer["alternatives"])),
        binds=tuple((rule_title(rule), count) for rule, count in binds["rules"].items()),
        free=binds["free"],
        starts=binds["all"],
    )


class _Words:
    def __init__(self, reading: DraftReading, topics: Mapping[str, str], workshop: str) -> None:
        self._reading, self._topics = reading, topics
        self._round = reading.round
        self._workshop = reading.round.workshops[workshop]
        self._currency = reading.round.currency

    # -- facts ------------------------------------------------------------------

    def facts(self, obstacles: Iterable[Data]) -> Iterable[tuple[str, str]]:
        """One sentence for each fact; those of one kind about several people share one."""
        alike: dict[tuple[str, str], list[Data]] = {}
        for each in obstacles:
            alike.setdefault((each["rule"], each["what"]), []).append(each)
        for (rule, what), found in alike.items():
            if what == "person":
                yield rule_title(rule), str(FACTS[rule, what]) % {"people": self._people(found)}
            else:
                for each in found:
                    yield rule_title(rule), self._fact(each)

    def _people(self, obstacles: Iterable[Data]) -> str:
        """'Amina and Ben (3–5 Mar 2027); Cora': people, with the days or workshops that it is about."""
        alike: dict[str, list[str]] = {}
        for each in obstacles:
            details = [*map(self._span, each["days"]), *map(self._title, each["workshops"])]
            alike.setdefault(", ".join(details), []).append(self._name(each["subject"]))
        groups = []
        for detail, names in alike.items():
            if len(names) > NAMED:
                names[NAMED:] = [_("%(number)s more", number=len(names) - NAMED)]
            groups.append(f"{format_list(names)} ({detail})" if detail else format_list(names))
        return "; ".join(groups)

    def _fact(self, obstacle: Data) -> str:
        rule, what, subject = obstacle["rule"], obstacle["what"], obstacle["subject"]
        needed = obstacle["needed"]
        if (rule, what) == ("follows", "held") and self._is_held(subject):
            return _("It follows %(workshop)s, which cannot be held.", workshop=self._title(subject))
        facts = {
            "days": format_list([self._span(each) for each in obstacle["days"]]),
            "workshops": format_list([self._title(each) for each in obstacle["workshops"]]),
            "venue": self._venue(obstacle["venue"]),
            "place": self._round.places[subject].name if subject in self._round.places else "",
            "language": language_name(subject) if rule == "languages" else "",
            "topic": self._topics.get(self._workshop.topic, self._workshop.topic),
            "fund": self._round.funds[obstacle["fund"]].title if obstacle["fund"] else "",
            "needed": format_money(needed, self._currency) if rule == "budget" else format_number(needed),
            "able": format_number(obstacle["able"]),
        }
        return str(FACTS[rule, what]) % facts

    # -- what it would take -------------------------------------------------------

    def offer(self, offer: Data) -> Way:
        return Way(
            None,
            _("Hold it and let the rest give way"),
            self.session(offer["session"]),
            self._worth(offer["difference"]),
            tuple(self.gives_way(offer["gives_way"])),
        )

    def way(self, number: int, change: Data) -> Way:
        return Way(
            number,
            self._change(change),
            self.session(change["session"]),
            self._worth(change["difference"]),
            tuple(self.gives_way(change["gives_way"] or {})),
            makes=change["kind"] in APPLIED,
            kind=change["kind"],
        )

    def _change(self, change: Data) -> str:
        match change["kind"]:
            case "window":
                return f"{days_wider(change['amount'])}: {self._span(change['window'])}"
            case "venue":
                return _("Allow %(venue)s as host", venue=self._venue(change["venue"]))
            case "seats":
                return fewer_seats(change["seats"], self._workshop.seats.min)
            case "person":
                return self._newcomer(change["person"])
            case _:
                return self._money(change)

    def _newcomer(self, person: Data) -> str:
        facts = {
            "languages": format_list([language_name(each) for each in person["languages"]]),
            "topic": self._topics.get(self._workshop.topic, self._workshop.topic),
            "place": self._round.places[person["home"]].name,
        }
        if max(person["teaches"].values(), default=0) >= 3:
            return _(
                "Ask one more person who may lead %(topic)s and speaks %(languages)s, best near %(place)s",
                **facts,
            )
        return _(
            "Ask one more person who teaches %(topic)s and speaks %(languages)s, best near %(place)s", **facts
        )

    def _money(self, change: Data) -> str:
        parts = []
        if change["budget"] is not None:
            more = format_money(change["budget"] - (self._workshop.budget or 0), self._currency)
            parts.append(_("Add %(money)s to its budget", money=more))
        for each in change["funds"]:
            fund = self._round.funds[each["fund"]]
            more = format_money(each["amount"] - fund.amount, self._currency)
            parts.append(_("Add %(money)s to the fund “%(fund)s”", money=more, fund=fund.title))
        return ", ".join(parts)

    def gives_way(self, changes: Data) -> Iterable[str]:
        """What a comparison (`solver.Comparison.as_data`) says that others lose or must do otherwise."""
        for each in changes.get("cancelled", ()):
            yield _("%(workshop)s is left out", workshop=self._title(each["workshop"]))
        for each in changes.get("moved", ()):
            yield _(
                "%(workshop)s moves: %(when)s",
                workshop=self._title(each["workshop"]),
                when=self._slot(each["workshop"], each["after"]["start"], each["after"]["venue"]),
            )
        for each in changes.get("restaffed", ()):
            gone = [self._name(member["person"]) for member in each["left"]]
            come = [self._name(member["person"]) for member in each["joined"]]
            title = self._title(each["workshop"])
            if gone and come:
                facts = {"workshop": title, "gone": format_list(gone), "come": format_list(come)}
                yield _("%(workshop)s: %(come)s in place of %(gone)s", **facts)
            elif gone:
                yield _("%(workshop)s: without %(gone)s", workshop=title, gone=format_list(gone))
            elif come:
                yield _("%(workshop)s: %(come)s as well", workshop=title, come=format_list(come))
        for each in changes.get("reseated", ()):
            facts = {"workshop": self._title(each["workshop"])}
            yield _(
                "%(workshop)s: %(more)s seats for others, %(fewer)s given up",
                more=len(each["joined"]),
                fewer=len(each["left"]),
                **facts,
            )

    # -- what it could be instead ---------------------------------------------------

    def other(self, instead: Data) -> Other:
        what = str(INSTEAD[instead["of"]]) % {"name": self._name(instead["member"] or "")}
        if instead["session"] is None:
            return Other(what, None)
        replacement = instead["replacement"]
        session = self._name(replacement) if replacement else self.session(instead["session"])
        return Other(what, session, self._worth(instead["difference"]))

    # -- names ----------------------------------------------------------------------

    def session(self, session: Data) -> str:
        """'3–5 Mar 2027, The hall, Dakar (Senegal)'."""
        return self._slot(session["workshop"], session["start"], session["venue"])

    def _slot(self, workshop: str, start: str, venue: str | None) -> str:
        known = self._round.workshops[workshop]
        if venue is None:
            begins = datetime.fromisoformat(start).astimezone(UTC)
            return format_moments(begins, begins + timedelta(minutes=known.minutes))
        first = date.fromisoformat(start)
        return f"{format_span(first, first + timedelta(days=known.days - 1))}, {self._venue(venue)}"

    def _venue(self, code: str | None) -> str:
        if code is None or code not in self._round.venues:
            return ""
        venue = self._round.venues[code]
        place = self._round.places[venue.place]
        return f"{venue.name}, {place.name} ({country_name(place.country)})"

    def _span(self, span: Any) -> str:
        first, last = map(date.fromisoformat, span)
        return format_span(first, last)

    def _title(self, code: str) -> str:
        return self._reading.workshop_titles.get(code, code)

    def _name(self, code: str) -> str:
        return self._reading.person_names.get(code, _("one more person"))

    def _is_held(self, code: str) -> bool:
        return any(each.code == code for each in self._reading.sessions)

    def _worth(self, hundredths: int) -> str:
        return difference(hundredths, self._round.rules.weights.cost, self._currency)
