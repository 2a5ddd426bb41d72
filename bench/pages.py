"""What every page weighs, and how fast it is answered beside an empty Flask view in the same run.

Every page that a coordinator can open on the demonstration, a version published. Weights are of the page, its
style sheet, scripts and icon, each compressed by gzip (level 6) as a reverse proxy does; the budget for a
first view is 50 kB. Times are of the application alone, asked by a test client, page and empty view in turns.
Prints a table, writes bench/results/pages.csv, and ends with status 1 when a page is over the budget.
"""

from __future__ import annotations

import csv
import gzip
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import config  # noqa: E402
from app import create_app  # noqa: E402
from tests.architecture.walk import HOME, address, client_of, rules  # noqa: E402
from tests.architecture.world import World, build  # noqa: E402
from tests.pages import Page  # noqa: E402

BUDGET = 50_000
TIMES = 7
"""Each page is asked so often; the median counts."""

LOADED = {"link": "href", "script": "src", "img": "src"}
RELATIONS = {"stylesheet", "icon"}


def empty_app() -> Flask:
    """A bare Flask application with one view that says nothing much."""
    app = Flask("empty")

    @app.get("/")
    def nothing() -> str:
        return "hello"

    return app


def zipped(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def loaded_by(html: str) -> Iterator[str]:
    """Addresses of what a browser loads with the page."""
    for element in Page(html).root.all():
        where = element.attributes.get(LOADED.get(element.tag, ""), "")
        if where and (element.tag != "link" or element.attributes.get("rel") in RELATIONS):
            yield where


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Endpoint and address of every page that the coordinator can open."""
    for rule, method in rules(world):
        if method != "GET":
            continue
        url = address(world, rule)
        answer = client_of(world, "coordinator").get(url, base_url=HOME)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield rule.endpoint, url


def seconds(client: FlaskClient, url: str) -> float:
    started = time.perf_counter()
    client.get(url, base_url=HOME).get_data()
    return time.perf_counter() - started


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        settings = config.load(
            {}, environment="production", secret_key="b" * 40, public_url=HOME,
            mail_server="mail.example.org", instance_path=Path(name),
        )  # fmt: skip
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        logging.disable(logging.INFO)
        world = build(app, Path(name))
        coordinator, empty = client_of(world, "coordinator"), empty_app().test_client()

        @cache
        def weight_of(url: str) -> int:
            return zipped(coordinator.get(url, base_url=HOME).get_data())

        rows = []
        for endpoint, url in pages(world):
            html = coordinator.get(url, base_url=HOME).get_data()
            beside = sum(weight_of(part) for part in set(loaded_by(html.decode())))
            pairs = [(seconds(coordinator, url), seconds(empty, "/")) for _ in range(TIMES)]
            page_seconds = statistics.median(page for page, _ in pairs)
            ratio = statistics.median(nothing / page for page, nothing in pairs)
            rows.append((endpoint, zipped(html), zipped(html) + beside, round(1 / page_seconds), ratio))
    rows.sort(key=lambda row: -row[2])
    print(f"{'page':32} {'html':>8} {'first view':>11}  {'requests/s':>10}  {'of an empty view':>16}")
    for endpoint, html_size, first_view, rate, ratio in rows:
        over = "  OVER" if first_view > BUDGET else ""
        print(f"{endpoint:32} {html_size:8,} {first_view:11,}  {rate:10,}  {ratio:16.4f}{over}")
    with (PROJECT / "bench" / "results" / "pages.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("page", "html_gzip_bytes", "first_view_gzip_bytes", "requests_per_second", "ratio_to_empty_view")
        )
        writer.writerows((*row[:4], f"{row[4]:.4f}") for row in rows)
    return int(any(row[2] > BUDGET for row in rows))


if __name__ == "__main__":
    sys.exit(main())
