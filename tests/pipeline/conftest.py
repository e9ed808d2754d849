"""A small store of one's own: the model and a few practices, built in a second."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small import FEW, small_store

from p4c_graph.settings import Settings, load


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder with one small snapshot; not to be written to."""
    return small_store(tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture
def settings(few: Path, tmp_path: Path) -> Settings:
    """Settings over a copy of the small store."""
    return load(store=shutil.copytree(few, tmp_path / "store"))
