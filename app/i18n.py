"""Languages, time zones, and how dates, times, money and texts are written for a reader.

The reader's language and zone are those of their account, else what the browser asks for.
Dates are dates and are never shifted; instants are always shown in a named zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import babel.dates
import babel.lists
import babel.numbers
from babel import Locale
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, force_locale, refresh
from flask_babel import get_locale as _flask_locale
from flask_babel import lazy_gettext as _l

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "es": "Español", "pt": "Português"}
"""The languages of the interface, each by its own name. Text is written in English first."""

REGIONS: Mapping[str, object] = {
    "Africa": _l("Africa"),
    "Asia": _l("Asia"),
    "Caribbean": _l("Caribbean"),
    "Central Africa": _l("Central Africa"),
    "Eastern Africa": _l("Eastern Africa"),
    "Europe": _l("Europe"),
    "Global": _l("Global"),
    "Latin America": _l("Latin America"),
    "Latin America and the Caribbean": _l("Latin America and the Caribbean"),
    "North Africa": _l("North Africa"),
    "Pacific": _l("Pacific"),
    "Portuguese-speaking countries": _l("Portuguese-speaking countries"),
    "Southern Africa": _l("Southern Africa"),
    "Southern Africa and Indian Ocean": _l("Southern Africa and Indian Ocean"),
    "West Africa": _l("West Africa"),
    "West Africa (ECOWAS)": _l("West Africa (ECOWAS)"),
}
"""Regions that many networks have, by their English names: what else a network writes stays as it is."""

DEFAULT_LANGUAGE = "en"
DEFAULT_ZONE = "UTC"


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=choose_language, timezone_selector=choose_zone)
    app.jinja_env.globals["colon"] = colon
    app.jinja_env.filters.update(
        in_language=in_language,
        day=format_day,
        span=format_span,
        moment=format_moment,
        moments=format_moments,
        clock_time=format_time,
        money=format_money,
        number=format_number,
        listing=format_list,
        language_name=language_name,
        country_name=country_name,
        region_name=region_name,
        ago=format_ago,
    )


# -- Who reads


def choose_language() -> str:
    """The account's language, else the one chosen on this device, else the browser's, else what is preferred.

    A program says itself in which language it wants to be answered.
    """
    if not has_request_context():
        return DEFAULT_LANGUAGE
    asked = request.accept_languages.best_match(list(LANGUAGES))
    if asked and g.get("cookieless"):
        return asked
    account = g.get("account")
    if account is not None and account.language in LANGUAGES:
        return str(account.language)
    chosen = session.get("language") if not g.get("cookieless") else None
    if chosen in LANGUAGES:
        return str(chosen)
    return asked or str(g.get("preferred_language", DEFAULT_LANGUAGE))


def prefer(language: str) -> None:
    """Write this page in `language` where nothing else is known of its reader: who has read a letter in it
    can read on in it."""
    g.preferred_language = language
    refresh()


def choose_zone() -> str:
    """The account's time zone, else the one that this device told, else UTC."""
    if not has_request_context():
        return DEFAULT_ZONE
    account = g.get("account")
    if account is not None and account.timezone:
        return str(account.timezone)
    told = session.get("timezone") if not g.get("cookieless") else None
    return str(told) if told and is_zone(told) else DEFAULT_ZONE


def language() -> str:
    """The language of the present reader, as an ISO 639-1 code."""
    locale = _flask_locale()
    return locale.language if locale else DEFAULT_LANGUAGE


def formats() -> str:
    """The locale whose formats are used: English as most of the world writes it, days before months."""
    return {"en": "en_GB", "pt": "pt_PT"}.get(language(), language())


def reading(language: str) -> AbstractContextManager[None]:
    """Write in `language` inside this block: `with reading(person.language): …`."""
    block: AbstractContextManager[None] = force_locale(
        language if language in LANGUAGES else DEFAULT_LANGUAGE
    )
    return block


def is_zone(name: str) -> bool:
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


# -- Texts that users write


def in_language(text: Mapping[str, str] | str | None, preferred: str | None = None) -> str:
    """A text in the reader's language, else in English, else in any it has."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    for code in (preferred or language(), DEFAULT_LANGUAGE, *text):
        if text.get(code):
            return text[code]
    return ""


# -- Dates, times, amounts


def format_day(day: date, form: str = "medium", *, weekday: bool = True) -> str:
    """'Tue 9 Mar 2027'. `form` 'long' writes weekday and month out."""
    pattern = {"medium": "EEE d MMM y", "long": "EEEE d MMMM y", "short": "d MMM"}[form]
    if not weekday:
        pattern = pattern.removeprefix("EEE ").removeprefix("EEEE ")
    if language() in {"es", "pt"} and form == "long":
        pattern = pattern.replace("d MMMM y", "d 'de' MMMM 'de' y")
    return babel.dates.format_date(day, pattern, locale=formats())


def format_span(first: date, last: date) -> str:
    """'9-11 Mar 2027': an inclusive span of days, without repeating what they share."""
    if first == last:
        return format_day(first)
    return babel.dates.format_interval(first, last, "yMMMd", locale=formats())


def format_moment(instant: datetime, zone: str | None = None) -> str:
    """'Tue 9 Mar 2027, 14:00 (Dakar)': an instant in the reader's (or the given) zone, named."""
    name = zone or choose_zone()
    local = instant.astimezone(ZoneInfo(name))
    return f"{format_day(local.date())}, {format_time(instant, name)} ({zone_city(name)})"


def format_moments(start: datetime, end: datetime, zone: str | None = None) -> str:
    """'Tue 9 Mar 2027, 14:00–15:30 (Dakar)': from one instant to another."""
    name = zone or choose_zone()
    first = start.astimezone(ZoneInfo(name)).date()
    hours = f"{format_time(start, name)}–{format_time(end, name)}"
    return f"{format_day(first)}, {hours} ({zone_city(name)})"


def format_time(instant: datetime, zone: str | None = None) -> str:
    """'14:00' in the reader's (or the given) zone."""
    local = instant.astimezone(ZoneInfo(zone or choose_zone()))
    return babel.dates.format_time(local.time(), "HH:mm", locale=formats())


def zone_city(zone: str) -> str:
    """A time zone as people call it: 'Africa/Dakar' -> 'Dakar' in the reader's language."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    return babel.dates.get_timezone_location(ZoneInfo(zone), locale=formats(), return_city=True)


def format_ago(instant: datetime, now: datetime) -> str:
    """'3 minutes ago'; what is just now was a second ago, never in 0 seconds."""
    delta = min(instant.astimezone(UTC) - now.astimezone(UTC), timedelta(seconds=-1))
    return babel.dates.format_timedelta(delta, add_direction=True, locale=formats())


def format_money(amount: int, currency: str) -> str:
    """'€12,400', in French '12 400 €': a whole amount; money has no cents here."""
    usual = Locale.parse(formats()).currency_formats["standard"].pattern
    return babel.numbers.format_currency(
        amount, currency, format=usual.replace(".00", ""), locale=formats(), currency_digits=False
    )


def format_number(number: float, digits: int = 0) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return babel.numbers.format_decimal(number, pattern, locale=formats())


def format_list(parts: Sequence[str]) -> str:
    """'a, b and c'."""
    return babel.lists.format_list(list(parts), locale=formats())


def on_one_line(text: str) -> str:
    """A text with one blank for each run of blanks, tabs and line breaks; blanks that do not break, as
    French sets them before a colon, stay as they are."""
    return re.sub(r"[^\S\u00a0\u2007\u202f]+", " ", text).strip()


def colon() -> str:
    """What ends a term before its detail: French sets a space before the colon."""
    return "\N{NO-BREAK SPACE}:" if language() == "fr" else ":"


def language_name(code: str) -> str:
    """'fr' -> 'French' in the reader's language."""
    name: str = Locale.parse(formats()).languages.get(code, code)
    return name


def country_name(code: str) -> str:
    """'SN' -> 'Senegal' in the reader's language."""
    name: str = Locale.parse(formats()).territories.get(code, code)
    return name


def region_name(name: str) -> str:
    """'West Africa' in the reader's language; a region that only this network knows as it was written."""
    return str(REGIONS.get(name, name))
