"""Where one is led after signing in: only ever to a page of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.local_paths import local_path


@pytest.mark.parametrize(
    "path", ["/", "/schedule", "/schedule?region=Pacific&mine=1", "/a/b#c", "/a//b", "/?next=//x"]
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        None, "", "schedule", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "https://evil.example",
        "https:evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y", "/\x00", "/a b",
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_not_followed(elsewhere: str | None) -> None:
    assert local_path(elsewhere) == "/"
    assert local_path(elsewhere, default="/account") == "/account"


@given(st.text(alphabet="/\\.:@\t\n ae?#", max_size=12))
def test_whatever_is_kept_stays_on_this_site_for_a_browser(typed: str) -> None:
    kept = local_path(typed)
    seen_by_browsers = kept.replace("\\", "/").replace("\t", "").replace("\n", "").strip()
    assert seen_by_browsers.startswith("/")
    assert not seen_by_browsers.startswith("//")
