"""Which file of a static copy holds which address of the site, and how pages link to one another there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

PAGE = ".html"
_DATA = re.compile(r"\.(ttl|jsonld|rdf|nt|trig|nq|json|csv|xml|txt|gz|css|js|svg|png|ico|html)$")
_LINK = re.compile(r"""(<(a|link|img|script|form|area|use|image)\b[^>]*?\s)(href|src|action|xlink:href)="([^"]*)\"""")
_GONE = "\0"
_SAFE = "/:@!$&'()*+,;=-._~"


def file_of(address: str) -> str | None:
    """The file of an address of the site (path and query): ``/en/practices?page=2`` → ``en/practices.page-2.html``.

    None where a file cannot stand for it: it has other parameters than a format or a page's number, or a strange name.
    """
    parts = urlsplit(address)
    try:
        path, given = unquote(parts.path, errors="strict"), parse_qsl(parts.query, keep_blank_values=True)
    except UnicodeDecodeError:
        return None
    names = [name for name in path.split("/") if name]
    if any(name in (".", "..") or "\0" in name or "\\" in name for name in names):
        return None
    stem = "/".join(names)
    if path.endswith("/") or (len(names) == 1 and len(stem) == 2):  # a home page
        stem = f"{stem}/index" if stem else "index"
    elif ending := _DATA.search(stem):
        return stem if not given and ending else None
    ending_of = PAGE
    for name, value in given:
        if name == "format" and re.fullmatch(r"[a-z]+", value):
            ending_of = f".{value}"
        elif name == "page" and re.fullmatch(r"[0-9]{1,5}", value):
            stem += f".page-{value}"
        else:
            return None
    return stem if stem == ".well-known/void" else stem + ending_of


def addresses_in(page: str, address: str, root: str) -> list[str]:
    """The addresses of the site that a page at this address links to, without fragments.

    ``root`` is the path below which the site lives (empty, or starting with a slash).
    """
    found = (_on_site(unescape(link[3]), address, root) for link in _LINK.findall(page))
    return list(dict.fromkeys(target[0] for target in found if target))


def relinked(page: str, address: str, root: str, target_of: Callable[[str], str | None]) -> str:
    """A page with its links to the site made relative to its file; ``target_of`` gives the file or the full address.

    Where it gives None the link becomes plain text, and a form is hidden: there is nothing at its end.
    """
    here = posixpath.dirname(file_of(address) or "")

    def changed(match: re.Match[str]) -> str:
        before, _, attribute, link = match.groups()
        target = _on_site(unescape(link), address, root)
        if target is None:
            return match[0]
        found = target_of(target[0])
        if found is None:
            return before + "hidden" if attribute == "action" else before.rstrip()
        if "://" not in found:
            found = quote(posixpath.relpath(found, here or "."), safe=_SAFE)
        return f'{before}{attribute}="{escape(found + target[1])}"'

    return _LINK.sub(changed, page)


def _on_site(link: str, address: str, root: str) -> tuple[str, str] | None:
    """Address below the root, and fragment, of a link; None where it leads elsewhere or to the page itself."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return None
    joined = urlsplit(urljoin(root + address, link))
    if joined.path != root and not joined.path.startswith(root + "/"):
        return None
    path = joined.path.removeprefix(root) or "/"
    return path + (f"?{joined.query}" if joined.query else ""), f"#{parts.fragment}" if parts.fragment else ""


def relocated(text: str, public: str, target_of: Callable[[str], str | None]) -> str:
    """A text line by line with full addresses of the site made those of files; lines with one that has no file go.

    For sitemaps, and for the head of pages, where addresses must be full.
    """
    address = re.compile(rf"{re.escape(public)}(/[^<>\"\s]*)")

    def moved(match: re.Match[str]) -> str:
        target = target_of(unescape(match[1]))
        return _GONE if target is None else f"{public}/{escape(quote(target, safe=_SAFE))}"

    lines = (address.sub(moved, line) for line in text.split("\n"))
    return "\n".join(line for line in lines if _GONE not in line)
