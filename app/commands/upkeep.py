"""Keeping an installation well: backup and restore, a test mail, a check-up, throwing away what is old."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url

import config
from app import clock, schema
from app.accounts.models import ApiToken, Login, SignInCode
from app.availability.holidays import coverage
from app.db import database, unit_of_work
from app.facts import AuditEntry
from app.i18n import LANGUAGES
from app.jobs.models import Job
from app.mail import transport
from app.mail.message import Letter, Mailbox, message_id
from app.mail.models import OutboxLetter
from app.mail.sender import sender
from app.network.models import Place
from app.stages import JOBS_OPTIONAL

CODES_STAY = timedelta(days=7)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database to FILE, while the service runs."""
    if file.exists():
        raise click.ClickException(f"{file} is there already; nothing was written.")
    url = make_url(_settings().database)
    unfinished = file.with_name(file.name + ".part")
    try:
        if url.drivername.startswith("sqlite"):
            with sqlite3.connect(str(url.database)) as live, sqlite3.connect(unfinished) as copy:
                live.backup(copy)
            copy.close()
            live.close()
        else:
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
        unfinished.chmod(0o600)
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"Backed up to {file} ({file.stat().st_size:,} bytes). Keep it as safe as the data itself.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Replace the whole database by the one in FILE. Stop the service first."""
    url = make_url(_settings().database)
    is_sqlite = url.drivername.startswith("sqlite")
    if is_sqlite and not _is_sound_sqlite(file):
        raise click.ClickException(f"{file} is not a backup of this kind of database; nothing was changed.")
    if not yes:
        click.confirm("This replaces everything in the present database. Go on?", abort=True)
    database.session.remove()
    database.engine.dispose()
    if is_sqlite:
        _replace_sqlite(Path(str(url.database)), file)
    else:
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))
    if not schema.at_head(database.engine):
        schema.upgrade(database.engine)
    click.echo(f"Restored from {file}.")


@click.command("send-test-mail")
@click.argument("address")
@with_appcontext
def send_test_mail(address: str) -> None:
    """Send a mail to ADDRESS through the configured server, and say what happened."""
    settings = _settings()
    if not settings.mail_server:
        raise click.ClickException("No mail server is configured: set MAIL_SERVER.")
    now = clock.now()
    letter = Letter(
        to=Mailbox("", address),
        subject="Baraza can send mail",
        text=f"This is a test from {settings.public_url}. Nothing else needs to be done.\n",
        html=f"<p>This is a test from {settings.public_url}. Nothing else needs to be done.</p>",
        language="en",
        written_at=now,
        message_id=message_id(f"test-{now:%Y%m%d%H%M%S}", sender()),
    )
    try:
        transport.send(transport.SafeMail(current_app), letter, sender())
    except transport.DeliveryError as failure:
        raise click.ClickException(f"Not sent: {failure}") from None
    click.echo(f"Sent to {address} through {settings.mail_server}:{settings.mail_port}.")


@click.command()
@with_appcontext
def doctor() -> None:
    """Look for what is wrong or missing in this installation; exit status 1 when something is."""
    failed = False
    for ok, what in _findings(_settings()):
        click.echo(f"{'ok   ' if ok else 'LOOK '} {what}")
        failed = failed or not ok
    if failed:
        raise SystemExit(1)


@click.command()
@click.option("--months", type=click.IntRange(min=1), help="Default: KEEP_MONTHS.")
@with_appcontext
def purge(months: int | None) -> None:
    """Throw away what is old: spent codes, ended logins, sent letters, finished jobs, the audit trail."""
    now = clock.now()
    before = now - timedelta(days=30 * (months or _settings().keep_months))
    counts = {}
    with unit_of_work() as db:
        for name, statement in {
            "sign-in codes": delete(SignInCode).where(SignInCode.expires_at < now - CODES_STAY),
            "ended logins": delete(Login).where(Login.expires_at < now),
            "tokens that ran out": delete(ApiToken).where(ApiToken.expires_at < now - CODES_STAY),
            "letters": delete(OutboxLetter).where(
                OutboxLetter.state.in_(("sent", "kept", "failed", "replaced", "unwanted")),
                OutboxLetter.created_at < before,
            ),
            "jobs": delete(Job).where(Job.finished_at < before),
            "audit entries": delete(AuditEntry).where(
                AuditEntry.happened_at < before, ~AuditEntry.reactions_pending
            ),
        }.items():
            counts[name] = db.execute(statement).rowcount  # type: ignore[attr-defined]
    click.echo("Thrown away: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")


def _findings(settings: config.Settings) -> Iterator[tuple[bool, str]]:
    """What was looked at, and whether it is well."""
    at_head = schema.at_head(database.engine)
    yield (
        at_head,
        "database: reachable, " + ("in its newest form" if at_head else "needs: flask --app app init"),
    )
    if not at_head:
        return
    db = database.session()
    stuck = db.scalar(
        select(func.count()).where(
            Job.state == "queued",
            Job.kind.not_in(JOBS_OPTIONAL),
            Job.queued_at < clock.now() - timedelta(minutes=10),
        )
    )
    yield (
        not stuck,
        f"jobs: {stuck} waiting for more than ten minutes" + (" (is a worker running?)" if stuck else ""),
    )
    failed = db.scalar(select(func.count()).where(OutboxLetter.state == "failed"))
    yield not failed, f"mail: {failed} letters could not be sent"
    yield (
        bool(settings.mail_server) or settings.environment != "production",
        f"mail server: {settings.mail_server or 'none, letters stay in the outbox'}",
    )
    year = clock.today().year + 1
    countries = db.scalars(select(Place.country).distinct()).all()
    unknown = sorted(country for country in countries if coverage(country, year) == "no_data")
    yield not unknown, f"holidays of {year}: " + (f"no data for {', '.join(unknown)}" if unknown else "known")
    uncompiled = [
        code
        for code in LANGUAGES
        if code != "en" and not (config.PROJECT / f"app/translations/{code}/LC_MESSAGES/messages.mo").exists()
    ]
    yield (
        not uncompiled,
        "languages: " + (f"not compiled: {', '.join(uncompiled)} (make setup)" if uncompiled else "all"),
    )
    yield os.access(settings.instance_path, os.W_OK), f"instance folder: {settings.instance_path}"


def _is_sound_sqlite(file: Path) -> bool:
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as candidate:
            sound = candidate.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ours = candidate.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
            ).fetchone()
        candidate.close()
    except sqlite3.DatabaseError:
        return False
    return bool(sound and ours == (1,))


def _replace_sqlite(live: Path, backup_file: Path) -> None:
    """Put the backup in place in one step: a crash leaves either the old or the new, whole."""
    with tempfile.NamedTemporaryFile(dir=live.parent, delete=False) as fresh:
        fresh.write(backup_file.read_bytes())
        fresh.flush()
        os.fsync(fresh.fileno())
    for leftover in (f"{live}-wal", f"{live}-shm"):
        Path(leftover).unlink(missing_ok=True)
    os.replace(fresh.name, live)


def _run(program: str, *arguments: str) -> None:
    """Run a PostgreSQL program on our database; its password goes by environment, never by argument."""
    url = make_url(_settings().database)
    found = shutil.which(program)
    if found is None:
        raise click.ClickException(f"{program} is not installed (Debian: postgresql-client).")
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    connection = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(
        [found, f"--dbname={connection}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise click.ClickException(f"{program} failed: {done.stderr.strip()[-500:]}")


def _settings() -> config.Settings:
    settings: config.Settings = current_app.extensions["baraza.settings"]
    return settings
