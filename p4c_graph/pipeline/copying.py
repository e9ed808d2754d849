"""The snapshot that a SPARQL server holds, as files on this machine: what ranks, and answers our own questions."""

from __future__ import annotations

import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from p4c_graph.errors import StoreProblem, UnknownName
from p4c_graph.regions import Gazetteer
from p4c_graph.settings import Settings
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.snapshots import Snapshot, Snapshots, named_quads
from p4c_graph.store.statements import digest, write_statements
from p4c_graph.transfer.columns import build_columns
from p4c_graph.transfer.features import read_features
from p4c_graph.transfer.model import read_model

if TYPE_CHECKING:
    from p4c_graph.store.remote import RemoteSnapshot


def local_copy(held: RemoteSnapshot, settings: Settings) -> Snapshot | RemoteSnapshot:
    """The snapshot as files where it is small enough (setting ``memory_statements``), else as it is.

    The store folder may hold it already, from a build or an earlier copy (``{store}/copies/{id}``). Raises what reading
    the server raises, and StoreProblem where it does not give back what was pushed.
    """
    if held.manifest()["statements"] > settings.memory_statements:
        return held
    with suppress(UnknownName):
        return Snapshots(settings.store).get(held.id)
    folder = settings.store / "copies" / held.id
    if not folder.is_dir():
        _copy(held, folder)
    return Snapshot(folder)


def _copy(held: RemoteSnapshot, folder: Path) -> None:
    """Writes the files of a snapshot beside, and takes away earlier copies."""
    manifest = held.manifest()
    store = held.open()
    if digest(named_quads(store)) != manifest["digest"]:
        raise StoreProblem(
            f"The SPARQL server does not give back snapshot {held.id} as it was pushed: its statements have another "
            "digest")
    work = folder.with_name(f".{held.id}-{secrets.token_hex(4)}")
    try:
        work.mkdir(parents=True)
        write_statements(store, work)
        rows = StoreRows(store)
        gazetteer = Gazetteer.read(rows)
        gazetteer.save(work / "regions.json")
        build_columns(read_features(rows), gazetteer, read_model(rows)).save(work)
        (work / "manifest.json").write_bytes(orjson.dumps(manifest))
        with suppress(FileExistsError):  # another process was as quick
            work.rename(folder)
        for old in folder.parent.iterdir():
            if old.name != folder.name and not old.name.startswith("."):
                shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise StoreProblem(f"{folder.parent} cannot be written to ({error.strerror})") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
