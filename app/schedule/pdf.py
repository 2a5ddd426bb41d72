"""The programme on paper: a PDF in the language of this block (`app.i18n.reading`).

A font with every letter of languages written in Latin script goes along, so that names of towns are never
spelled otherwise; see fonts/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.fonts import FontFace

from app.i18n import (
    country_name,
    format_day,
    format_list,
    format_moments,
    format_span,
    in_language,
    language_name,
)
from app.i18n import language as reader_language
from app.schedule.programme import Listed

FONTS = Path(__file__).parent / "fonts"
WIDTHS = (50, 95, 45, 40, 47)
"""Of the columns, in millimetres: A4 across."""


class _Paper(FPDF):
    footer_text = ""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("text", size=8)
        self.cell(0, 5, f"{self.footer_text}  ·  {self.page_no()}/{{nb}}", align="C")


def programme_pdf(
    sessions: Sequence[Listed], *, title: str, network: str, printed_on: str, zone: str
) -> bytes:
    """The sessions as a table over as many pages as it takes; its head stands on each."""
    paper = _Paper(orientation="landscape", format="A4")
    paper.add_font("text", fname=FONTS / "DejaVuSans.ttf")
    paper.add_font("text", style="B", fname=FONTS / "DejaVuSans-Bold.ttf")
    paper.set_lang(reader_language())
    paper.set_title(title)
    paper.set_author(network)
    paper.set_auto_page_break(True, margin=16)
    paper.footer_text = f"{network}  ·  {printed_on}"
    paper.add_page()
    paper.set_font("text", style="B", size=16)
    paper.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    paper.set_font("text", size=9)
    with paper.table(
        col_widths=WIDTHS,
        text_align="LEFT",
        line_height=5,
        padding=1.2,
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD"),
    ) as table:
        table.row([_("When"), _("Workshop"), _("Where"), _("Languages"), _("Asked for by")])
        for each in sessions:
            table.row(
                [
                    _when(each, zone),
                    f"{in_language(each.titles)}\n{in_language(each.topic)}" if each.titles else _("Meeting"),
                    _where(each),
                    format_list([language_name(code) for code in each.languages]),
                    each.asked_by,
                ]
            )
    return bytes(paper.output())


def _where(each: Listed) -> str:
    if not each.country:
        return str(_("Online"))
    country = country_name(each.country)
    return f"{each.town}, {country}" if each.town else country


def _when(each: Listed, zone: str) -> str:
    session = each.session
    if session.starts_at is not None and session.ends_at is not None:
        return format_moments(session.starts_at, session.ends_at, zone)
    return format_span(session.day, session.last) if session.day != session.last else format_day(session.day)
