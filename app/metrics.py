"""Six figures for whoever runs the service, in the Prometheus format, not public by default."""

from __future__ import annotations

import hmac
import time
from functools import lru_cache

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select

from app.db import database
from app.jobs.models import Job
from app.mail.models import OutboxLetter
from app.stages import JOBS_OPTIONAL
from config import Settings

REGISTRY = CollectorRegistry()
REQUESTS = Counter("baraza_requests_total", "Requests answered.", ["route", "status"], registry=REGISTRY)
SECONDS = Histogram("baraza_request_seconds", "Time to answer a request.", ["route"], registry=REGISTRY)
JOBS = Gauge("baraza_jobs", "Jobs by state.", ["state"], registry=REGISTRY)
LETTERS = Gauge("baraza_letters", "Letters in the outbox by state.", ["state"], registry=REGISTRY)
OLDEST_JOB = Gauge(
    "baraza_oldest_job_timestamp", "When the oldest waiting job was queued.", registry=REGISTRY
)
OLDEST_LETTER = Gauge(
    "baraza_oldest_letter_timestamp", "When the oldest waiting letter was written.", registry=REGISTRY
)

LOOPBACK = {"127.0.0.1", "::1"}


def init_app(app: Flask, settings: Settings) -> None:
    app.after_request(_count)
    app.config["METRICS_TOKEN"] = settings.metrics_token


def may_read(token: str) -> bool:
    """With METRICS_TOKEN set, whoever shows it; without, this machine alone (and no proxy in between)."""
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers


def render() -> bytes:
    """The figures of this moment; those of the tables are read now, in four small queries."""
    db = database.session()
    for gauge, model in ((JOBS, Job), (LETTERS, OutboxLetter)):
        gauge.clear()
        for state, count in db.execute(select(model.state, func.count()).group_by(model.state)):
            gauge.labels(state).set(count)
    for gauge, column, condition in (
        (OLDEST_JOB, Job.queued_at, (Job.state == "queued") & Job.kind.not_in(JOBS_OPTIONAL)),
        (OLDEST_LETTER, OutboxLetter.created_at, OutboxLetter.state == "queued"),
    ):
        oldest = db.scalar(select(func.min(column)).where(condition))
        gauge.set(oldest.timestamp() if oldest else 0)
    return generate_latest(REGISTRY)


def _count(response: Response) -> Response:
    seconds = time.perf_counter() - g.started if "started" in g else None
    count(str(request.url_rule or "none"), response.status_code, seconds)
    return response


def count(route: str, status: int, seconds: float | None) -> None:
    """Note that a request was answered."""
    answered, took = _figures_of(route, status)
    answered.inc()
    if seconds is not None:
        took.observe(seconds)


@lru_cache(maxsize=1024)
def _figures_of(route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(route, status), SECONDS.labels(route)
