"""A folder that is made anew beside the old one and takes its place when it is whole; equal files stay as they are."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import orjson

from p4c_graph.errors import InputError, StoreProblem

PUBLICATION = "publication.json"


class Copy:
    """The next version of a static copy in a folder. ``finish`` puts it in place; until then the old one stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.old = self._read()
        self.files: dict[str, str] = {}
        """File → SHA-256 of its content."""
        self.written = 0
        self._work = self.folder.parent / f".{self.folder.name}.new"
        try:
            shutil.rmtree(self._work, ignore_errors=True)
            self._work.mkdir(parents=True)
        except OSError as error:
            raise StoreProblem(f"{self._work} cannot be written to ({error.strerror})") from None

    def _read(self) -> dict[str, Any]:
        """What the folder holds. Raises InputError where that is no copy of a site."""
        if not self.folder.exists():
            return {}
        about = self.folder / PUBLICATION
        if self.folder.is_dir() and about.is_file():
            found: dict[str, Any] = orjson.loads(about.read_bytes())
            return found
        if not self.folder.is_dir() or any(self.folder.iterdir()):
            raise InputError(f"{self.folder} holds other files; expected an empty folder or an earlier copy")
        return {}

    def write(self, name: str, content: bytes) -> None:
        """A file of the copy. Where the old copy holds the same, that file is kept with its time."""
        digest = hashlib.sha256(content).hexdigest()
        if self.old.get("files", {}).get(name) == digest and self._keep(name):
            self.files[name] = digest
            return
        target = self._work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.files[name] = digest
        self.written += 1

    def keep(self, name: str) -> bool:
        """Takes a file over from the old copy; whether it was there."""
        digest = self.old.get("files", {}).get(name)
        if digest is None or not self._keep(name):
            return False
        self.files[name] = digest
        return True

    def _keep(self, name: str) -> bool:
        source, target = self.folder / name, self._work / name
        if not source.is_file():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)
        return True

    def finish(self, about: dict[str, Any]) -> list[str]:
        """Puts the copy in place; the names of the files that were there before and are no more."""
        told = {**about, "files": dict(sorted(self.files.items()))}
        (self._work / PUBLICATION).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        aside = self.folder.parent / f".{self.folder.name}.old"
        shutil.rmtree(aside, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(aside)
        self._work.rename(self.folder)
        shutil.rmtree(aside, ignore_errors=True)
        return sorted(self.old.get("files", {}).keys() - self.files.keys())

    def give_up(self) -> None:
        """Removes what was written; the old copy stays."""
        shutil.rmtree(self._work, ignore_errors=True)
