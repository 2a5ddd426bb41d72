"""Needs in the reader's words: how much, what could be taught, and what has become of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.errors import Invalid
from app.i18n import language_name, region_name
from app.needs.sharing import Finding

STEPS: Mapping[str, Any] = {
    "what": _l("What is asked"),
    "whom": _l("Who is asked"),
    "when": _l("Until when, in which languages"),
}

HOW_MUCH: Mapping[int, Any] = {
    0: _l("Not now"),
    1: _l("Useful"),
    2: _l("Important"),
    3: _l("Urgent"),
}

LEAST: Mapping[int, Any] = {
    1: _l("Useful or more"),
    2: _l("Important or urgent"),
    3: _l("Urgent"),
}

LEVELS: Mapping[int, Any] = {
    0: _l("No"),
    1: _l("We can share our experience"),
    2: _l("We have somebody who facilitates"),
    3: _l("We have somebody who can lead a workshop"),
}

STATES: Mapping[str, tuple[Any, str, str]] = {
    "not_begun": (_l("Not begun"), "neutral", "minus"),
    "begun": (_l("Begun"), "info", "edit"),
    "handed_in": (_l("Handed in"), "success", "check"),
}
"""The state of an answer as a tag: words, tone, icon."""

STANDINGS: Mapping[str, Any] = {
    "not_begun": _l("Not begun"),
    "begun": _l("Begun"),
    "handed_in": _l("Handed in"),
    "to_confirm": _l("To be confirmed"),
    "unreached": _l("Nobody to write to"),
}
"""What the list of answers can be narrowed to."""

WAYS: Mapping[str, Any] = {
    "link": _l("by personal link"),
    "account": _l("signed in"),
    "secretary": _l("answered by somebody else for the organisation"),
    "sheet": _l("from a spreadsheet or paper form"),
}

LETTERS: Mapping[str, Any] = {
    "invitation": _l("Asked"),
    "reminder": _l("Reminded"),
    "last_days": _l("Reminded of the last days"),
    "link": _l("Link sent again"),
    "confirmation": _l("Asked to confirm"),
}

RHYTHMS: Mapping[int, Any] = {
    0: _l("Only in the last days"),
    3: _l("Every three days"),
    7: _l("Every week"),
    14: _l("Every two weeks"),
}

REFUSALS: Mapping[str, Any] = {
    "no_title": _l("Give a title in at least one language."),
    "no_topic": _l("Choose at least one topic."),
    "answered_topic": _l("A topic that somebody has answered already cannot be taken out."),
    "no_language": _l("Choose at least one language."),
    "already_over": _l("This day is already over: is the year right?"),
    "too_far": _l("That is more than two years ahead: is the year right?"),
    "nobody_asked": _l("No platform is asked: choose another region or group, or name organisations."),
    "unknown": _l("This is not one of the choices any more."),
    "missing": _l("Write your name."),
    "nothing_said": _l("Nothing has been answered yet: say of one topic at least how much you need it."),
}


def explain(invalid: Invalid) -> str:
    """Why a service refused a value."""
    return str(REFUSALS[invalid.reason])


def in_words(finding: Finding, topic: str) -> str:
    """What stands out, as a sentence: '11 of 15 platforms of West Africa name … important or urgent'."""
    region = region_name(finding.region)
    sentence: str = (
        ngettext(
            "%(num)s of %(all)s platforms of %(region)s names “%(topic)s” important or urgent",
            "%(num)s of %(all)s platforms of %(region)s name “%(topic)s” important or urgent",
            finding.named,
            all=finding.all,
            region=region,
            topic=topic,
        )
        if region
        else ngettext(
            "%(num)s of %(all)s platforms of no region names “%(topic)s” important or urgent",
            "%(num)s of %(all)s platforms of no region name “%(topic)s” important or urgent",
            finding.named,
            all=finding.all,
            topic=topic,
        )
    )
    if not finding.language:
        return f"{sentence}."
    name = language_name(finding.language)
    whole: str
    if finding.in_language == finding.named:
        whole = _("%(sentence)s, all of them in %(language)s.", sentence=sentence, language=name)
        return whole
    whole = ngettext(
        "%(sentence)s, %(num)s of them in %(language)s.",
        "%(sentence)s, %(num)s of them in %(language)s.",
        finding.in_language,
        sentence=sentence,
        language=name,
    )
    return whole
