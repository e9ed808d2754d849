"""A page as a test sees it in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page


@dataclass
class Seen:
    """A page in a browser, and what happened on it that should not."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a path of the server."""
        self.page.goto(self.origin + path)

    @property
    def path(self) -> str:
        """Path and query of the address."""
        address = urlsplit(self.page.url)
        return address.path + (f"?{address.query}" if address.query else "")
