"""A small store of one's own for imports: the model, a few practices, organisations, regions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small import FEW_REGIONS, small_store

from p4c_graph.settings import Settings, load


@pytest.fixture(scope="session")
def few_regions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder with one small snapshot; not to be written to."""
    return small_store(tmp_path_factory.mktemp("few-regions"), FEW_REGIONS)


@pytest.fixture
def own(few_regions: Path, tmp_path: Path) -> Settings:
    """Settings over a copy of the small store."""
    return load(store=shutil.copytree(few_regions, tmp_path / "store"))
