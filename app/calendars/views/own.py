"""Pages of the reader's own feeds: open, choose, subscribe, renew, close."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app import clock, once
from app.access import allow, signed_in
from app.accounts.identity import current_account, current_actor
from app.accounts.local_paths import local_path
from app.calendars import composing, links, queries, services, subjects
from app.calendars.addresses import feed_address
from app.calendars.forms import ALARMS, DETAIL_WORDS, FeedForm
from app.calendars.models import Feed
from app.calendars.subjects import Subject, Title
from app.calendars.views.blueprint import blueprint
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.i18n import LANGUAGES, country_name, in_language, language, region_name
from app.schedule import queries as schedule


@blueprint.get("/calendars")
@allow(signed_in)
def index() -> ResponseReturnValue:
    """The reader's own feeds, and what else one can subscribe to."""
    account, actor = current_account(), current_actor()
    db = database.session()
    feeds = queries.feeds_of(db, actor=actor)
    titles = subjects.titles_of(db, feeds)
    public = f"{_public_url()}/calendar/public-{language()}.ics"
    return render_template(
        "calendars/index.html",
        feeds=[_described(one, titles.get(Subject(one.kind, one.key), "")) for one in feeds],
        lacks_own=account.person_id is not None and not any(one.kind == "person" for one in feeds),
        has_person=account.person_id is not None,
        choices=_choices(),
        public=public if subjects.something_is_public(db) else None,
    )


@blueprint.post("/calendars")
@allow(signed_in)
def open_feed() -> ResponseReturnValue:
    """A feed as usual about something, with one tap; the one that is there already is used."""
    kind, _colon, key = request.form.get("subject", "").partition(":")
    try:
        with unit_of_work() as db:
            if kind == "person":
                services.feed_of_person(db, account=current_account(), now=clock.now())
            else:
                services.follow(db, actor=current_actor(), kind=kind, key=key, now=clock.now())
    except Conflict:
        return _too_many()
    flash(_("The calendar has an address now. Subscribe to it."), "success")
    then = request.form.get("then", "")
    return redirect(local_path(then, url_for("calendars.index")), 303)


@blueprint.get("/calendars/new")
@allow(signed_in)
def new() -> ResponseReturnValue:
    subject = _asked_for(request.args.get("subject", "person:"))
    return _form_page(FeedForm(), subject, url_for("calendars.add", subject=f"{subject.kind}:{subject.key}"))


@blueprint.post("/calendars/new")
@allow(signed_in)
def add() -> ResponseReturnValue:
    """One more feed about something, with choices of its own."""
    subject, form = _asked_for(request.args.get("subject", "person:")), FeedForm()
    if not form.validate_on_submit():
        here = url_for("calendars.add", subject=f"{subject.kind}:{subject.key}")
        return _form_page(form, subject, here), 422
    try:
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            made = services.open_feed(
                db,
                actor=current_actor(),
                kind=subject.kind,
                key=subject.key,
                choices=form.chosen(),
                now=clock.now(),
            )
            flash(_("The calendar has an address now. Subscribe to it."), "success")
            return once.answered(db, url_for("calendars.show", feed_id=made.id))
    except Conflict:
        return _too_many()


@blueprint.get("/calendars/<int:feed_id>")
@allow(signed_in)
def show(feed_id: int) -> ResponseReturnValue:
    """Every way to subscribe to a feed, with how often each program looks for changes."""
    db = database.session()
    found = queries.feed_for(db, actor=current_actor(), feed_id=feed_id)
    title = subjects.titles_of(db, [found]).get(Subject(found.kind, found.key), "")
    described = _described(found, title)
    to = links.subscribe_links(described["address"], described["name"])
    return render_template(
        "calendars/show.html",
        name=described["name"],
        address=described["address"],
        ways=ways_to_subscribe(to),
        code=Markup(links.code_of(to.webcal)),  # noqa: S704 - made of squares
    )


@blueprint.get("/calendars/<int:feed_id>/edit")
@allow(signed_in)
def edit(feed_id: int) -> ResponseReturnValue:
    found = queries.feed_for(database.session(), actor=current_actor(), feed_id=feed_id)
    form = FeedForm(obj=found)
    form.alarm.data = found.alarm_minutes or 0
    return _form_page(
        form, Subject(found.kind, found.key), url_for("calendars.change", feed_id=feed_id), found
    )


@blueprint.post("/calendars/<int:feed_id>/edit")
@allow(signed_in)
def change(feed_id: int) -> ResponseReturnValue:
    form = FeedForm()
    with unit_of_work() as db:
        found = queries.feed_for(db, actor=current_actor(), feed_id=feed_id)
        if not form.validate_on_submit():
            here = url_for("calendars.change", feed_id=feed_id)
            return _form_page(form, Subject(found.kind, found.key), here, found), 422
        services.change_feed(db, actor=current_actor(), feed=found, choices=form.chosen(), now=clock.now())
    flash(_("Saved. Your calendar programs show it when they look the next time."), "success")
    return redirect(url_for("calendars.index", _anchor=f"feed-{feed_id}"), 303)


@blueprint.post("/calendars/<int:feed_id>/renew")
@allow(signed_in)
def renew(feed_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = queries.feed_for(db, actor=current_actor(), feed_id=feed_id)
        services.renew_feed(db, actor=current_actor(), feed=found, now=clock.now())
    flash(
        _("The address is a new one. Subscribe again on each of your devices; the old address is gone."),
        "success",
    )
    return redirect(url_for("calendars.index"), 303)


@blueprint.post("/calendars/<int:feed_id>/close")
@allow(signed_in)
def close(feed_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = queries.feed_for(db, actor=current_actor(), feed_id=feed_id)
        services.close_feed(db, actor=current_actor(), feed=found, now=clock.now())
    flash(_("The calendar is closed. Whoever subscribed to it sees nothing new any more."), "success")
    return redirect(url_for("calendars.index"), 303)


def ways_to_subscribe(to: links.SubscribeLinks) -> list[dict[str, str]]:
    """The programs that people use: what to press, and how often each looks for changes."""
    return [
        {
            "label": _("Apple Calendar"),
            "url": to.webcal,
            "button": _("Open in Apple Calendar"),
            "how_often": _(
                "iPhone, iPad and Mac. Looks as often as you set: a Mac from every 5 minutes to every week, "
                "a phone from every 15 minutes to once a day."
            ),
        },
        {
            "label": _("Google Calendar"),
            "url": to.google,
            "button": _("Add to Google Calendar"),
            "how_often": _(
                "Also for the app on Android. Looks every 4 to 24 hours, and nothing makes it look sooner."
            ),
        },
        {
            "label": _("Outlook.com"),
            "url": to.outlook,
            "button": _("Add to Outlook.com"),
            "how_often": _("For a private account. Looks about every 3 hours."),
        },
        {
            "label": _("Microsoft 365"),
            "url": to.microsoft365,
            "button": _("Add to Microsoft 365"),
            "how_often": _("For Outlook at work or school. Looks about every 3 hours."),
        },
        {
            "label": _("Thunderbird, Outlook on a computer"),
            "url": to.webcal,
            "button": _("Open in your calendar program"),
            "how_often": _("Thunderbird looks every 30 minutes, Outlook every 6 hours as we ask it to."),
        },
        {
            "label": _("Download once"),
            "url": to.download,
            "button": _("Download the file"),
            "how_often": _("A file that will not change any more: later changes do not arrive."),
        },
    ]


def subscribe_choices(address: str, name: str) -> list[dict[str, str]]:
    """The ways to subscribe to a feed, with how often each client looks for changes."""
    to = links.subscribe_links(address, name)
    return [
        {
            "label": _("Apple, Thunderbird, Outlook for desktop"),
            "url": to.webcal,
            "hint": _("opens your calendar program"),
        },
        {"label": _("Google Calendar"), "url": to.google, "hint": _("looks for changes every 4 to 24 hours")},
        {"label": _("Outlook.com"), "url": to.outlook, "hint": _("looks for changes about every 3 hours")},
        {
            "label": _("Microsoft 365"),
            "url": to.microsoft365,
            "hint": _("looks for changes about every 3 hours"),
        },
        {"label": _("Download once"), "url": to.download, "hint": _("a file that will not change any more")},
    ]


def _asked_for(text: str) -> Subject:
    """What a form is about. Raises NotFound unless the reader may follow it."""
    kind, _colon, key = text.partition(":")
    actor = current_actor()
    subject = Subject(kind, str(actor.person_id or "") if kind == "person" else key)
    if not subjects.may_follow(database.session(), actor=actor, subject=subject):
        raise NotFound
    return subject


def _too_many() -> ResponseReturnValue:
    flash(
        _("You have %(number)s calendars already: close some first.", number=services.MOST_FEEDS), "warning"
    )
    return redirect(url_for("calendars.index"), 303)


def _described(feed: Feed, title: Title) -> dict[str, Any]:
    """A feed as the page shows it: what it is about, what was chosen, and how to subscribe."""
    name = composing.feed_name(
        feed.kind, title, person=current_account().name, language=language(), label=feed.label
    )
    address = feed_address(feed, public_url=_public_url())
    chosen = [
        str(DETAIL_WORDS[feed.detail]) if feed.detail != "full" else "",
        LANGUAGES.get(feed.language, ""),
        _("alarm %(when)s", when=ALARMS[feed.alarm_minutes]) if feed.alarm_minutes in ALARMS else "",
        _("days with their hours") if feed.timed_days else "",
        _("with days of travel") if feed.with_travel else "",
    ]
    return {
        "feed": feed,
        "name": name,
        "address": address,
        "links": subscribe_choices(address, name),
        "chosen": " · ".join(filter(None, chosen)),
    }


def _form_page(form: FeedForm, subject: Subject, action: str, feed: Feed | None = None) -> str:
    about = Feed(kind=subject.kind, key=subject.key)
    title = subjects.titles_of(database.session(), [about]).get(subject, "")
    return render_template(
        "calendars/form.html",
        form=form,
        action=action,
        feed=feed,
        subject=subject,
        about=composing.subject_name(subject.kind, title, person=current_account().name),
    )


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What one can subscribe to besides one's own sessions: heading, then (subject, title) pairs."""
    db = database.session()
    headings = {
        "country": _("Countries"),
        "organisation": _("Organisations"),
        "topic": _("Topics"),
        "group": _("Groups"),
        "round": _("Rounds"),
    }
    regions = [(f"region:{name}", region_name(name)) for name in schedule.regions(db)]
    others = [
        (
            headings[kind],
            [
                (f"{kind}:{key}", country_name(key) if kind == "country" else in_language(title))
                for key, title in found
            ],
        )
        for kind, found in subjects.offered(db)
    ]
    return [(heading, found) for heading, found in ((_("Regions"), regions), *others) if found]


def _public_url() -> str:
    url: str = current_app.extensions["baraza.settings"].public_url
    return url
