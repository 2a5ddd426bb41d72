"""Gather the texts of code and templates into the catalogues of French, Spanish and Portuguese.

English is the language of the source. New texts come in untranslated; the tests fail until each has its
translation. Places in the code and dates are left out, so that only texts change these files.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
TRANSLATIONS = PROJECT / "app" / "translations"
LANGUAGES = ("fr", "es", "pt")
KEYWORDS = ("_", "_l", "ngettext:1,2", "lazy_gettext", "gettext")


def extract(template: Path) -> None:
    """Write every text that code and templates use to `template`, a .pot file."""
    keywords = [argument for keyword in KEYWORDS for argument in ("-k", keyword)]
    options = ["-F", "babel.cfg", "--no-location", "--sort-output", "--omit-header", "--no-wrap"]
    extractor = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    subprocess.run(
        [*extractor, *options, *keywords, "-o", str(template), "app", "templates"],
        cwd=PROJECT,
        check=True,
    )


def catalogue_of(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one when there is none yet."""
    path = catalogue_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(catalogue: Catalog) -> None:
    """Keep a catalogue, with the least of headers: its language and how that makes plurals."""
    path = catalogue_of(str(catalogue.locale))
    path.parent.mkdir(parents=True, exist_ok=True)
    headers = {"Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    with tempfile.TemporaryFile() as whole:
        catalogue.fuzzy = False
        write_po(whole, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
        whole.seek(0)
        lines = whole.read().decode().splitlines()
    body = lines.index("", lines.index('msgid ""'))
    kept = [line for line in lines[:body] if line.startswith('"') and line[1:].partition(":")[0] in headers]
    text = "\n".join(['msgid ""', 'msgstr ""', *kept, *lines[body:]]).rstrip("\n") + "\n"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        extract(template)
        for language in LANGUAGES:
            catalogue = read(language)
            with template.open("rb") as file:
                catalogue.update(read_po(file), no_fuzzy_matching=True)
            write(catalogue)


if __name__ == "__main__":
    main()
