"""Take the pictures of README and docs anew from a running demonstration, in headless Chromium:

make run                                   in one terminal, until both rounds are planned
flask --app app demo links --json | .venv/bin/python tools/screenshots.py
"""

from __future__ import annotations

import json
import shutil
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
DESK = {"width": 1280, "height": 860}
SMALL_DESK = {"width": 960, "height": 720}
PHONE = {"width": 390, "height": 780}
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def main(links: dict[str, dict[str, str]]) -> None:
    """Write every picture; `links` is what `flask demo links --json` prints."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        with reader(chromium, links["coordinator"]["sign_in"], "en", viewport=DESK) as page:
            page.get_by_role("link", name="Rounds", exact=True).click()
            page.get_by_role("link", name="Season 2027", exact=True).click()
            page.get_by_role("main").locator("a[href*='/drafts/']").first.click()
            take(page, "planned-round", page.get_by_role("row").nth(4), margin=0)
            page.get_by_role("link", name="Board", exact=True).first.click()
            picture_of_a_move(page)
            page.get_by_role("link", name="Schedule", exact=True).first.click()
            page.get_by_role("link", name="Month", exact=True).click()
            take(page, "schedule-month", page.get_by_role("table").first)
            page.set_viewport_size(PHONE)
            page.goto("/")
            read_in(page, "fr")
            take(page, "home-on-a-phone")
            read_in(page, "en")
        with reader(chromium, links["facilitator"]["sign_in"], "en", viewport=SMALL_DESK) as page:
            page.goto("/availability")
            take(page, "availability", page.locator("#glance + *"))
            page.goto("/calendars")
            page.get_by_text("Subscribe", exact=True).first.click()
            take(page, "calendars", page.locator("details[open] .drop-panel"))
            read_in(page, "fr")
        chromium.close()


def picture_of_a_move(page: Any) -> None:
    """The board with a session in the hand, and the same session's page."""
    bar = page.locator("a.bar:not(.online)").nth(4)
    address = bar.get_attribute("href")
    page.set_viewport_size({**DESK, "width": 1100})
    bar.focus()
    page.keyboard.press("m")
    page.locator(".ghost").wait_for(state="attached")
    for _step in range(3):
        page.keyboard.press("Shift+ArrowRight")
    take(page, "board", page.locator(".board-legend"), margin=12)
    page.goto(address)
    take(page, "where-it-can-go", page.get_by_role("row").nth(2), margin=0)
    page.set_viewport_size(DESK)


@contextmanager
def reader(chromium: Any, link: str, language: str, **options: Any) -> Iterator[Any]:
    """The home page of whoever the link signs in, in a language."""
    address = "/".join(link.split("/")[:3])
    context = chromium.new_context(base_url=address, color_scheme="light", reduced_motion="reduce", **options)
    page = context.new_page()
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(f"{address}/")
    read_in(page, language)
    yield page
    context.close()


def read_in(page: Any, language: str) -> None:
    """Choose a language in the menu, unless the page is in it already."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator("summary", has=page.locator(".locale")).click()
        page.locator(f"button[name=language][value={language}]").click()
        page.locator(f"html[lang={language}]").wait_for(state="attached")


def take(page: Any, name: str, last: Any = None, margin: int = 24) -> None:
    """Keep the page as docs/images/<name>.png: down to `margin` px below `last`, else what is in sight."""
    page.wait_for_load_state("networkidle")
    options: dict[str, Any] = {"animations": "disabled", "caret": "hide"}
    if last is not None:
        page.evaluate("scrollTo(0, 0)")
        box = last.bounding_box()
        size = {"width": page.viewport_size["width"], "height": round(box["y"] + box["height"] + margin)}
        options |= {"full_page": True, "clip": {"x": 0, "y": 0, **size}}
    picture = smaller(page.screenshot(**options))
    (IMAGES / f"{name}.png").write_bytes(picture)
    sys.stdout.write(f"{name}.png  {len(picture) / 1000:.0f} kB\n")


def smaller(picture: bytes) -> bytes:
    """The same PNG, compressed as well as zlib can; Chromium is in a hurry."""
    pixels, kept, place = b"", [], len(SIGNATURE)
    while place < len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        kind, body = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += length + 12
        if kind == b"IDAT":
            pixels += body
        elif kind == b"IHDR":
            kept.append((kind, body))
    kept += [(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in kept
    )
    return SIGNATURE + b"".join(chunks)


if __name__ == "__main__":
    main(json.load(sys.stdin))
