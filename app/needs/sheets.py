"""Answers as a spreadsheet: one row for each organisation and topic of the open calls, out and back.

The same rows are the paper form typed in. What a row says is handed in, marked as answered by somebody
else, and can be confirmed by the organisation's focal point.

A file may be weeks under way, and the organisation may answer by its link meanwhile. So each row carries a
mark of what it said when it was taken away: a row that comes back as it went changes nothing, whatever has
been said since; one that was filled in, and has been answered otherwise since, is refused. A row without a
mark was typed from paper: what is blank in it says nothing, and takes nothing away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, staff
from app.facts import record
from app.i18n import LANGUAGES as OURS
from app.i18n import in_language, reading
from app.needs.facts import AnswersImported
from app.needs.models import MOST_PEOPLE, NOT_NOW, NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.needs.queries.scope import answers_seen_by
from app.needs.services.answers import speak
from app.needs.words import HOW_MUCH
from app.network.models import Organisation, Topic
from app.spreadsheets.cells import LANGUAGE, Code, Many, Text, Whole
from app.spreadsheets.problems import CellRefused
from app.spreadsheets.sheet import Column, Entry, Sheet, Values

WORDS_LENGTH = 2000
PAGE = "sheet"

NEED = ("how_much", "people", "languages", "words")
OFFER = ("teach", "teach_languages", "teach_words")
MARK_LENGTH = 8


@dataclass(frozen=True, slots=True)
class HowMuch:
    """0 to 3, or the word for it in any of our languages."""

    def parse(self, text: str) -> int:
        word = text.strip().casefold().rstrip(".")
        if word in {"0", "1", "2", "3"}:
            return int(word)
        for language in OURS:
            with reading(language):
                for weight, label in HOW_MUCH.items():
                    if word == str(label).casefold():
                        return weight
        raise CellRefused("not_how_much", value=text[:60])

    def write(self, value: int) -> int:
        return value


class AnswerLedger:
    """The answers to open calls that the actor sees, with a row for each of their topics."""

    def __init__(self, db: Session, actor: Actor, call_id: int | None = None, answer_id: int | None = None):
        self._db = db
        self._actor = actor
        query = (
            select(NeedsAnswer)
            .join(NeedsAnswer.call)
            .join(NeedsAnswer.organisation)
            .where(NeedsCall.state == "open", answers_seen_by(actor))
            .options(
                joinedload(NeedsAnswer.organisation),
                joinedload(NeedsAnswer.call).selectinload(NeedsCall.topics).joinedload(Topic.area),
                selectinload(NeedsAnswer.lines),
                selectinload(NeedsAnswer.offers),
            )
            .order_by(NeedsCall.code, Organisation.code)
        )
        if call_id is not None:
            query = query.where(NeedsAnswer.call_id == call_id)
        if answer_id is not None:
            query = query.where(NeedsAnswer.id == answer_id)
        answers = db.scalars(query).all()
        self._answers = {(answer.call.code, answer.organisation.code): answer for answer in answers}
        self._topics = {
            answer.call.code: {topic.code: topic for topic in sorted(answer.call.topics, key=_order)}
            for answer in answers
        }
        self._rows: dict[str, Values] = {}
        for answer in answers:
            lines = {line.topic_id: line for line in answer.lines}
            offers = {offer.topic_id: offer for offer in answer.offers}
            for topic in self._topics[answer.call.code].values():
                values = _values(answer, topic, lines.get(topic.id), offers.get(topic.id))
                self._rows[values["code"]] = values

    def codes(self) -> Iterable[str]:
        return self._rows

    def values(self, code: str) -> Values | None:
        found = self._rows.get(code)
        return None if found is None else dict(found)

    def in_reach(self) -> Iterable[Values]:
        return self._rows.values()

    def namesake(self, values: Values) -> str | None:
        return None

    def check(self, entry: Entry) -> None:
        values = entry.values
        if entry.current is not None:
            _hold_against_now(entry, entry.current)
            if values["how_much"] is None and any(values[name] for name in ("people", "words")):
                entry.refuse("how_much_missing", "how_much")
            if not values["teach"] and values["teach_words"]:
                entry.refuse("teach_missing", "teach")
            answer = self._answers[values["call"], values["organisation"]]
            for name in ("languages", "teach_languages"):
                if strange := set(values[name]) - set(answer.call.languages) - set(entry.current[name]):
                    entry.refuse("not_offered", name, value=", ".join(sorted(strange)))
            return
        known = {call for call, _organisation in self._answers}
        if values["call"] not in known:
            entry.refuse("unknown_call", "call", value=values["call"])
        elif (values["call"], values["organisation"]) not in self._answers:
            entry.refuse("not_asked", "organisation", value=values["organisation"])
        else:
            entry.refuse("topic_not_asked", "topic", value=values["topic"])

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        by_answer: dict[tuple[str, str], list[Values]] = {}
        for entry in entries:
            key = entry.values["call"], entry.values["organisation"]
            by_answer.setdefault(key, []).append(entry.values)
        for key, rows in by_answer.items():
            self._write(self._answers[key], rows, now)
        self._db.flush()
        per_call: dict[int, int] = {}
        for call_code, organisation in by_answer:
            call_id = self._answers[call_code, organisation].call_id
            per_call[call_id] = per_call.get(call_id, 0) + 1
        for call_id, number in per_call.items():
            record(self._db, actor=self._actor, fact=AnswersImported(call_id, number), now=now)

    def _write(self, answer: NeedsAnswer, rows: Sequence[Values], now: datetime) -> None:
        answer.version += 1
        lines = {line.topic_id: line for line in answer.lines}
        offers = {offer.topic_id: offer for offer in answer.offers}
        for values in rows:
            topic = self._topics[answer.call.code][values["topic"]]
            _write_line(answer, topic.id, lines.get(topic.id), values)
            _write_offer(answer, topic.id, offers.get(topic.id), values)
        answer.state, answer.handed_in_at = "handed_in", now
        name = next((values["answered_by"] for values in rows if values["answered_by"]), "")
        speak(answer, self._actor, now=now, name=name, way="sheet")


def _order(topic: Topic) -> tuple[str, str]:
    return (topic.area.code if topic.area else topic.code, topic.code)


def mark_of(values: Mapping[str, Any]) -> str:
    """A mark of what a row says of its topic; who says it does not count."""
    said = [values[name] or None for name in OFFER] + [values[name] for name in NEED]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:MARK_LENGTH]


def _hold_against_now(entry: Entry, now: Values) -> None:
    """Read a row as it was meant when it was taken away: see the head of this module."""
    values = entry.values
    taken_away = values["mark"] if "mark" in entry.given else ""
    values["mark"] = now["mark"]
    if not taken_away:
        for names in (NEED, OFFER):
            if all(values[name] in (None, "", ()) for name in names if name in entry.given):
                values.update({name: now[name] for name in names})
    elif taken_away == mark_of(values):
        values.update({name: now[name] for name in (*NEED, *OFFER)})
    elif now["mark"] not in (taken_away, mark_of(values)):
        entry.refuse("answered_since", "mark")
    values["teach"] = values["teach"] or 0
    if mark_of(values) == now["mark"]:
        values["answered_by"] = now["answered_by"]


def row_code(values: Mapping[str, Any]) -> str:
    """What a row means: an organisation's word on a topic of a call."""
    return "/".join(str(values.get(name) or "") for name in ("call", "organisation", "topic"))


def _values(answer: NeedsAnswer, topic: Topic, line: NeedsLine | None, offer: NeedsOffer | None) -> Values:
    values: Values = {
        "call": answer.call.code,
        "organisation": answer.organisation.code,
        "organisation_name": answer.organisation.name,
        "topic": topic.code,
        "topic_title": in_language(topic.titles),
        "how_much": line.how_much if line else None,
        "people": line.people if line else None,
        "languages": tuple(sorted(line.languages)) if line else (),
        "words": line.words if line else "",
        "teach": offer.level if offer else 0,
        "teach_languages": tuple(sorted(offer.languages)) if offer else (),
        "teach_words": offer.words if offer else "",
        "answered_by": answer.answered_by,
    }
    return {"code": row_code(values), **values, "mark": mark_of(values)}


def _write_line(answer: NeedsAnswer, topic_id: int, line: NeedsLine | None, values: Values) -> None:
    if values["how_much"] is None:
        if line is not None:
            answer.lines.remove(line)
        return
    if line is None:
        line = NeedsLine(topic_id=topic_id)
        answer.lines.append(line)
    line.how_much, line.people, line.words = values["how_much"], values["people"], values["words"]
    line.languages = [] if values["how_much"] == NOT_NOW else list(values["languages"])
    line.version, line.page = answer.version, PAGE


def _write_offer(answer: NeedsAnswer, topic_id: int, offer: NeedsOffer | None, values: Values) -> None:
    if not values["teach"]:
        if offer is not None:
            answer.offers.remove(offer)
        return
    if offer is None:
        offer = NeedsOffer(topic_id=topic_id)
        answer.offers.append(offer)
    offer.level, offer.languages = values["teach"], list(values["teach_languages"])
    offer.words, offer.version, offer.page = values["teach_words"], answer.version, PAGE


def open_answers(db: Session, actor: Actor) -> AnswerLedger:
    return AnswerLedger(db, actor)


_LANGUAGES = _l("ISO codes divided by semicolons, such as fr;en")

ANSWERS = Sheet(
    name="answers",
    title=_l("Answers to needs calls"),
    open=open_answers,
    coded_by=row_code,
    named_after=("topic",),
    may_import=staff,
    may_export=staff,
    sentences={
        "not_how_much": _l(
            "“%(value)s” is not 0, 1, 2 or 3 (not now, useful, important, urgent), nor the word for it"
        ),
        "how_much_missing": _l("say how much it is needed: 0, 1, 2 or 3"),
        "teach_missing": _l("say what could be taught: 1 shares experience, 2 facilitates, 3 leads"),
        "answered_since": _l(
            "this topic has been answered otherwise since the file was taken away; take it away again"
        ),
        "not_offered": _l("%(value)s is not among the languages of the call"),
        "unknown_call": _l("there is no open call “%(value)s” that you look after"),
        "not_asked": _l("“%(value)s” is not asked by this call, or not yours to answer for"),
        "topic_not_asked": _l("the call does not ask about “%(value)s”"),
    },
    columns=(
        Column("code", _l("Row"), Text(200), read_only=True),
        Column("call", _l("Call"), Code(), required=True, hint=_l("code of the call; leave it as it is")),
        Column("organisation", _l("Organisation"), Code(), required=True, hint=_l("code of an organisation")),
        Column("organisation_name", _l("Its name"), Text(250), read_only=True),
        Column("topic", _l("Topic"), Code(), required=True, hint=_l("code of a topic; leave it as it is")),
        Column("topic_title", _l("Its title"), Text(250), read_only=True),
        Column(
            "how_much",
            _l("How much it is needed"),
            HowMuch(),
            hint=_l("0 not now, 1 useful, 2 important, 3 urgent; empty for no answer"),
        ),
        Column("people", _l("For how many people"), Whole(0, MOST_PEOPLE), hint=_l("a whole number")),
        Column(
            "languages", _l("In which languages"), Many(LANGUAGE, ordered=False), default=(), hint=_LANGUAGES
        ),
        Column("words", _l("In your words"), Text(WORDS_LENGTH, lines=True), default=""),
        Column(
            "teach",
            _l("Could teach it"),
            Whole(0, 3),
            hint=_l("0 no, 1 shares experience, 2 facilitates, 3 leads"),
        ),
        Column(
            "teach_languages",
            _l("Teach in which languages"),
            Many(LANGUAGE, ordered=False),
            default=(),
            hint=_LANGUAGES,
        ),
        Column("teach_words", _l("What could be shown"), Text(WORDS_LENGTH, lines=True), default=""),
        Column("answered_by", _l("Answered by"), Text(200), default="", hint=_l("name of who answered")),
        Column(
            "mark",
            _l("Mark"),
            Text(MARK_LENGTH),
            default="",
            hint=_l("leave it as it is: it tells whether the topic has been answered otherwise since"),
        ),
    ),
)

SHEETS = (ANSWERS,)
