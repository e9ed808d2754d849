"""A browser, where the machine has one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright
from requirement import missing
from seeing import Seen

_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; one a file, since as long as it is there no other test can run an event loop."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing("chromium", "chromium is not installed (Debian package chromium): pages are not tested in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(_QUIET))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, server: str) -> object:
    """``visit(width=360, javascript=False, …)`` gives a page; nothing may be complained of in the end."""
    @contextmanager
    def opened(*, width: int = 1280, javascript: bool = True, locale: str = "en-GB") -> Iterator[Seen]:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=javascript, color_scheme="light",
            locale=locale, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        seen = Seen(context.new_page(), server)
        seen.page.on("console", lambda m: seen.complaints.append(f"console {m.type}: {m.text}")
                     if m.type in ("error", "warning") and "status of 40" not in m.text else None)
        seen.page.on("pageerror", lambda e: seen.complaints.append(f"script: {e}"))
        seen.page.on("request", lambda r: None if r.url.startswith((server, "data:", "blob:"))
                     else seen.complaints.append(f"request to {r.url}"))
        yield seen
        context.close()
        assert not seen.complaints

    return opened
