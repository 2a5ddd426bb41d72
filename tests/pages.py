"""Reading pages as people do: by heading, link, label and table, never by substring of the markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """One element with its attributes, children and text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, tag: str = "*", **attributes: str) -> list[Element]:
        """Every descendant of this tag with these attributes (`class_` matches one class of several)."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child._fits(tag, attributes):
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def one(self, tag: str = "*", **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag} {attributes}>, wanted one"
        return found[0]

    def _fits(self, tag: str, attributes: dict[str, str]) -> bool:
        if tag not in ("*", self.tag):
            return False
        for name, value in attributes.items():
            have = self.attributes.get(name.rstrip("_").replace("_", "-"))
            if have is None or (value not in have.split() if name == "class_" else have != value):
                return False
        return True


class Page(HTMLParser):
    """A parsed page: `Page(response.text)`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("document")
        self._open = [self.root]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, text: str) -> None:
        self._open[-1].children.append(text)

    @property
    def heading(self) -> str:
        return self.root.one("h1").text

    @property
    def text(self) -> str:
        return self.root.one("body").text

    def links(self) -> dict[str, str]:
        """Link text -> address."""
        return {link.text: link.attributes.get("href", "") for link in self.root.all("a")}

    def rows(self) -> list[list[str]]:
        """The cells of every body row of every table."""
        return [
            [cell.text for cell in row.children if isinstance(cell, Element)]
            for body in self.root.all("tbody")
            for row in body.all("tr")
        ]

    def errors(self) -> list[str]:
        """The lines of the error summary."""
        return [link.text for summary in self.root.all(class_="error-summary") for link in summary.all("a")]

    def field(self, name: str) -> str:
        """The value now in a form field."""
        for tag in ("input", "select", "textarea"):
            for element in self.root.all(tag, name=name):
                if tag == "input":
                    return element.attributes.get("value", "")
                if tag == "textarea":
                    return element.text
                chosen = [option for option in element.all("option") if "selected" in option.attributes]
                return chosen[0].attributes.get("value", "") if chosen else ""
        raise AssertionError(f"no field {name}")
