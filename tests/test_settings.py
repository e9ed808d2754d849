"""Settings: environment, then p4c.toml, then defaults; a bad value names the setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from p4c_graph.errors import InputError
from p4c_graph.settings import Settings, load, resources


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"P4C_{name.upper()}", raising=False)
    return tmp_path


def test_without_anything_the_defaults_hold() -> None:
    settings = load()
    assert settings.store == Path(".p4c")
    assert settings.base_iri == "https://w3id.org/pooling4clusters/"
    assert settings.keep_snapshots == 10


def test_the_file_wins_over_defaults_the_environment_over_the_file_and_arguments_over_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "p4c.toml").write_text('port = 1\nhost = "file"\nkeep_snapshots = 3\n')
    monkeypatch.setenv("P4C_PORT", "2")
    monkeypatch.setenv("P4C_HOST", "environment")
    settings = load(port=4)
    assert (settings.port, settings.host, settings.keep_snapshots) == (4, "environment", 3)
    assert settings.query_timeout == Settings.model_fields["query_timeout"].default


@pytest.mark.parametrize(("name", "value", "expected"), [
    ("PORT", "high", "a whole number"), ("PORT", "70000", "a number up to 65535"), ("PORT", "-1", "a number from 0"),
    ("QUERY_TIMEOUT", "0", "a number above 0"), ("KEEP_SNAPSHOTS", "0", "a number from 1"),
    ("LOG_FORMAT", "xml", "'auto', 'json' or 'text'"),
    ("BASE_IRI", "ftp://x/", "an IRI that starts with http:// or https:// and ends with /"),
    ("BASE_IRI", "http:///", "an IRI that starts"),
    ("BASE_IRI", "https://example.org/kb", "ends with /"),
    ("BASE_IRI", "https://example.org/a b/", "without spaces"),
    ("BASE_IRI", "https://example.org/kb#/", "without spaces, . or #"),
])
def test_a_bad_value_is_refused_naming_setting_value_and_expectation(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"P4C_{name}", value)
    with pytest.raises(InputError, match=expected) as refused:
        load()
    assert str(refused.value).startswith(f"setting P4C_{name} is ")
    assert value in str(refused.value)
    assert refused.value.parameter == f"P4C_{name}"


def test_a_bad_value_in_the_file_or_an_argument_is_refused_alike(folder: Path) -> None:
    with pytest.raises(InputError, match="setting P4C_PORT is 'high'; expected a whole number"):
        load(port="high")
    (folder / "p4c.toml").write_text('query_workers = "many"\n')
    with pytest.raises(InputError, match="setting P4C_QUERY_WORKERS is 'many'; expected a whole number"):
        load()


def test_a_setting_that_does_not_exist_is_refused(folder: Path) -> None:
    (folder / "p4c.toml").write_text("prot = 80\n")
    with pytest.raises(InputError, match=r"p4c\.toml: there is no setting 'prot'\. Did you mean port\?"):
        load()


@pytest.mark.parametrize("content", [b"port = \n", b"\xff\n", b"port 80\n"])
def test_a_file_that_is_not_toml_is_refused_by_name(folder: Path, content: bytes) -> None:
    (folder / "p4c.toml").write_bytes(content)
    with pytest.raises(InputError, match=r"^p4c\.toml: is not TOML"):
        load()


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_default_and_a_line_of_help(name: str) -> None:
    field = Settings.model_fields[name]
    assert not field.is_required()
    assert field.description
    assert re.fullmatch(r"[A-Z].*\.", field.description)


def test_the_shipped_files_are_found_from_any_folder() -> None:
    assert {"ontology", "data", "sparql"} <= {path.name for path in resources().iterdir()}
