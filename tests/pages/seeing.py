"""A page as a test sees it in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page


@dataclass
class Seen:
    """A page in a browser, and what happened on it that should not."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a path of the server."""
        self.page.goto(self.origin + path)

    def follow(self, what: Locator) -> None:
        """Clicks what leads elsewhere, and waits until the page there is whole."""
        with self.page.expect_navigation():
            what.click()

    @property
    def path(self) -> str:
        """Path and query of the address."""
        address = urlsplit(self.page.url)
        return address.path + (f"?{address.query}" if address.query else "")
