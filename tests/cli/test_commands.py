"""The commands on the real graph, as a person types them."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from p4c_graph import pipeline
from p4c_graph.cli import app, validate  # noqa: F401  the command puts itself there
from p4c_graph.cli.output import out

pytestmark = pytest.mark.slow
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(p4c: str, real_store: Path, tmp_path: Path) -> Run:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([p4c, *arguments, "--store", str(real_store)], capture_output=True, text=True,
                              cwd=tmp_path, timeout=120, env={"PATH": "/usr/bin:/bin", "COLUMNS": "120"})

    return call


@pytest.mark.parametrize("region", ["FRL0", "BE35", "DE11", "SI04", "EE00", "EL30", "MT00"])
def test_match_explains_itself_for_each_partner_region(run: Run, region: str) -> None:
    done = run("match", "--region", region, "--why", "--limit", "5")
    assert done.returncode == 0, done.stderr
    for word in ("context", "evidence", "unknown", "similarity", "source", "too little known", "already here"):
        assert word in done.stdout


@pytest.mark.parametrize("name", ["FR82", "FRL0", "Provence-Alpes-Côte d'Azur", "provence alpes cote d'azur"])
def test_a_region_is_found_by_former_code_and_by_name(run: Run, name: str) -> None:
    found = json.loads(run("match", "--region", name, "--limit", "1", "--json").stdout)
    assert found["region"]["code"] == "FRL0"


def test_match_answers_for_a_practice_too(run: Run) -> None:
    found = json.loads(run("match", "--practice", "european-networking", "--limit", "3", "--json").stdout)
    assert found["practice"]["id"].endswith("/practice/european-networking")
    assert [row["rank"] for row in found["results"]] == [1, 2, 3]
    assert "DE11" in [ref["code"] for ref in found["already_here"]]


def test_match_writes_csv_and_turtle(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("match", "--region", "MT00", "--format", "csv").stdout)))
    assert len(rows) == 10
    assert {"rank", "practice", "expected", "low", "high", "context", "merit"} <= rows[0].keys()
    turtle = run("match", "--region", "MT00", "--format", "ttl").stdout
    assert len(list(ox.parse(turtle.encode(), ox.RdfFormat.TURTLE))) > 100


@pytest.mark.parametrize(("arguments", "words"), [
    (("match", "--region", "Atlantis"), ("Atlantis", "expected a NUTS code")),
    (("match", "--region", "Provence Alpes Cote d'Azure"), ("Did you mean FRL0",)),
    (("match",), ("either a region or a practice",)),
    (("match", "--region", "FRL0", "--limit", "0"), ("limit", "from 1 to 1000")),
    (("match", "--region", "FRL0", "--order", "best"), ("order", "cautious or expected")),
    (("match", "--practice", "european-netwroking"), ("european-networking",)),
    (("similar", "XX99"), ("XX99",)),
    (("query", "-e", "SELECT ?s WHERE { ?s ?p }"), ("line 1",)),
    (("query", "-e", "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), ("SERVICE",)),
    (("query", "-e", "DELETE WHERE { ?s ?p ?o }"), ("",)),
    (("snapshots", "rollback", "99"), ("99", "kept are")),
])
def test_a_wrong_argument_is_one_message_and_exit_2(
    run: Run, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(("content", "words"), [
    ('{"contexts": 1}', ("contexts", "context, evidence")),
    ('{"context": -1}', ("context", "-1", "from 0")),
    ('{"context": "much"}', ("context", "much")),
    ("[1]", ("expected an object",)),
    ("{", ("weights.json",)),
    ('{"context":0,"evidence":0,"conditions":0,"relevance":0,"capacity":0,"merit":0}', ("all weights are 0",)),
])
def test_a_wrong_weight_file_names_the_key(run: Run, tmp_path: Path, content: str, words: tuple[str, ...]) -> None:
    (tmp_path / "weights.json").write_text(content)
    done = run("match", "--region", "FRL0", "--weights", "weights.json")
    assert done.returncode == 2
    assert all(word in done.stderr for word in words), done.stderr


def test_weights_change_the_ranking(run: Run, tmp_path: Path) -> None:
    others = ("context", "evidence", "conditions", "relevance", "capacity")
    (tmp_path / "w.toml").write_text("merit = 1\n" + "".join(f"{name} = 0\n" for name in others))
    found = json.loads(run("match", "--region", "FRL0", "--weights", "w.toml", "--json").stdout)
    assert found["weights"]["merit"] == 1
    assert found["results"][0]["components"]["merit"]["known"]


def test_query_prints_a_table_or_a_format(run: Run) -> None:
    text = "SELECT ?label WHERE { ?s p4c:keptCount 15 ; rdfs:label ?label . FILTER(lang(?label) = 'en') }"
    assert "label" in run("query", "-e", text).stdout
    answer = json.loads(run("query", "-e", text, "--format", "json").stdout)
    assert len(answer["results"]["bindings"]) == 1
    wrong = run("query", "-e", text, "--format", "ttl")
    assert wrong.returncode == 2
    assert "csv" in wrong.stderr


def test_similar_lists_regions_with_intervals(run: Run) -> None:
    found = json.loads(run("similar", "Gorenjska", "--limit", "4", "--json").stdout)
    assert len(found["results"]) == 4
    assert all(row["low"] <= row["expected"] <= row["high"] for row in found["results"])
    assert "SI04" in found["notes"][0]


def test_snapshots_list_marks_the_current_one(run: Run) -> None:
    assert "→" in run("snapshots", "list").stdout


def test_doctor_finds_the_snapshot_whole(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "wrong" not in done.stdout


def test_doctor_names_variables_that_are_no_settings(p4c: str, tmp_path: Path) -> None:
    told = subprocess.run([p4c, "doctor"], cwd=tmp_path, capture_output=True, text=True, env={
        "PATH": "/usr/bin:/bin", "COLUMNS": "120", "P4C_PORT": "9000", "P4C_QUERY_TIMOUT": "5"}).stdout
    assert "P4C_PORT " in told
    assert "P4C_QUERY_TIMOUT: nothing here reads them" in told


def test_without_a_snapshot_the_next_step_is_named(p4c: str, tmp_path: Path) -> None:
    done = subprocess.run([p4c, "match", "--region", "FRL0"], cwd=tmp_path, capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 2
    assert "p4c build" in done.stderr


def test_hindcast_reports_every_method_and_family(run: Run) -> None:
    found = json.loads(run("hindcast", "--json").stdout)
    methods = {row["method"] for row in found["accuracies"]}
    assert {"suitability", "adoption", "nearest", "most Interreg participation"} <= methods
    assert {row["family"] for row in found["accuracies"]} == {"all", "interreg-urbact", "others"}
    assert found["without_roll_outs"]


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a file with a practice without provider, which is read and checked once for all formats."""
    folder = tmp_path_factory.mktemp("lonely")
    (folder / "lonely.ttl").write_text(
        "@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .\n\n<id/practice/lonely> a p4c:Practice .\n")
    found: dict[str, Any] = {}

    def once(name: str) -> Callable[..., Any]:
        make = getattr(pipeline, name)
        return lambda *given: found[name] if name in found else found.setdefault(name, make(*given))

    with pytest.MonkeyPatch.context() as patch:
        for name in ("load", "check"):
            patch.setattr(pipeline, name, once(name))
        yield folder


@pytest.mark.parametrize(("output", "words"), [
    ("table", "names no"), ("text", "p4csh:Practice-provider"), ("json", '"conforms": false'),
    ("ttl", "sh:ValidationResult"), ("html", "<!doctype html>"),
])
def test_validate_reports_in_every_format_with_file_and_line(
    lonely: Path, monkeypatch: pytest.MonkeyPatch, output: str, words: str
) -> None:
    monkeypatch.chdir(lonely)
    # The console takes its width when it is made, which another test of this process may have done.
    monkeypatch.setattr(out, "width", 160)
    done = CliRunner().invoke(app, ["validate", "lonely.ttl", "--format", output])
    assert done.exit_code == 1, done.stderr
    assert words in done.stdout
    if output in ("table", "text"):
        assert "lonely.ttl, line 3" in done.stdout


def test_a_query_file_that_is_wrong_is_named_with_the_line(p4c: str, real_store: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.rq").write_text("SELECT * {\n ?s ?p\n}", "utf-8")
    (tmp_path / "latin.rq").write_bytes(b"ASK { ?s ?p '\xe9' }")
    for name, words in (("bad.rq", "bad.rq, line 3: "), ("latin.rq", "latin.rq: is not UTF-8 (byte 13)"),
                        ("none.rq", "none.rq: cannot be read (No such file or directory)")):
        done = subprocess.run([p4c, "query", str(tmp_path / name), "--store", str(real_store)], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 2
        assert words in done.stderr


def test_a_port_that_is_taken_is_said_in_one_sentence_before_anything_is_served(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.returncode == 2
    assert f"p4c: cannot listen at 127.0.0.1, port {port} (Address already in use)" in " ".join(done.stderr.split())
    assert "Serving" not in done.stderr


def test_a_copy_needs_an_address_that_is_one(run: Run, tmp_path: Path) -> None:
    done = run("publish", str(tmp_path / "copy"), "--base", "example.org")
    assert done.returncode == 2
    assert "expected an address that starts with http:// or https://" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_source_that_is_not_there_leaves_no_store_behind(p4c: str, tmp_path: Path) -> None:
    done = subprocess.run([p4c, "build", "--store", "new", "missing.ttl"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert "missing.ttl: no such file or folder" in done.stderr
    assert not list(tmp_path.iterdir())


def test_what_was_expected_of_a_name_is_said_in_words(run: Run) -> None:
    assert "expected the slug, IRI or name of an organisation" in " ".join(
        run("plan", "--partner", "nobody").stderr.split())
    assert "name of a field test" in " ".join(run("record", "nothing", "--outcome", "positive").stderr.split())
