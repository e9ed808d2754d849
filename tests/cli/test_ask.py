"""``p4c ask``."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from p4c_graph.cli.ask import options
from p4c_graph.errors import InputError
from p4c_graph.questions import Library

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(p4c: str, real_store: Path, tmp_path: Path) -> Run:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([p4c, "ask", *arguments, "--store", str(real_store)], capture_output=True, text=True,
                              cwd=tmp_path, timeout=120, env={"PATH": "/usr/bin:/bin", "COLUMNS": "160"})

    return call


@pytest.mark.parametrize(("arguments", "values"), [
    ([], {}), (["--region", "FRL0"], {"region": "FRL0"}), (["--region=FRL0"], {"region": "FRL0"}),
    (["--target-group", "smes", "--outside"], {"targetGroup": "smes", "outside": "true"}),
    (["--outside", "--limit", "3"], {"outside": "true", "limit": "3"}), (["--spread", "-0.5"], {"spread": "-0.5"}),
    (["--text", "a=b"], {"text": "a=b"}), (["--text=a=b"], {"text": "a=b"}), (["--text="], {"text": ""}),
])
def test_options_become_values(arguments: list[str], values: dict[str, str]) -> None:
    assert options(arguments) == values


@pytest.mark.parametrize("arguments", [["FRL0"], ["-r", "FRL0"], ["--"], ["--region", "FRL0", "more"]])
def test_what_is_no_option_is_refused(arguments: list[str]) -> None:
    with pytest.raises(InputError, match="expected --name value"):
        options(arguments)


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="--targetGroup is given twice"):
        options(["--target-group", "smes", "--targetGroup", "clusters"])


@pytest.mark.slow
def test_the_questions_are_listed(run: Run) -> None:
    done = run("--list")
    assert done.returncode == 0
    for name in Library.shipped().names():
        assert name in done.stdout
    listed = json.loads(run("--list", "--format", "json").stdout)["questions"]
    assert [question["name"] for question in listed] == Library.shipped().names()
    assert listed[0]["parameters"][0].keys() >= {"name", "label", "description", "type", "required"}


@pytest.mark.slow
def test_a_table_has_names_and_headings_in_the_language_asked_for(run: Run) -> None:
    done = run("catalogue", "--lang", "fr")
    assert done.returncode == 0, done.stderr
    for word in ("Domaine de service", "Réseautage européen", "Éducation et formation"):
        assert word in done.stdout


@pytest.mark.slow
def test_json_and_csv_hold_every_column(run: Run) -> None:
    found = json.loads(run("similar-regions", "--region", "FR82", "--limit", "3", "--format", "json").stdout)
    columns = list(Library.shipped().get("similar-regions").head.columns)
    assert found["head"]["vars"] == columns
    assert len(found["results"]["bindings"]) == 3
    rows = list(csv.DictReader(io.StringIO(run("transfers", "--from", "ES", "--format", "csv").stdout)))
    assert len(rows) > 10
    assert all(row["fromLabel"] for row in rows)


@pytest.mark.slow
def test_an_empty_answer_says_what_that_means(run: Run) -> None:
    done = run("best-by-criterion", "--criterion", "C1")
    assert done.returncode == 0
    assert "No rows." in done.stdout
    assert "never published its scores" in done.stdout
    assert "n'a jamais publié" in run("best-by-criterion", "--criterion", "C1", "--lang", "fr").stdout


@pytest.mark.slow
def test_an_answer_that_is_cut_says_so(run: Run) -> None:
    assert "--limit asks for more" in run("practices-search", "--limit", "2").stdout
    assert "--limit asks for more" not in run("field-tests").stdout


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "words"), [
    ((), "p4c ask --list"), (("--region", "FRL0"), "name a question first"), (("nonsense",), "There is no question"),
    (("practices-for-region",), "region is missing"), (("similar-regions", "--region", "Atlantis"), "Atlantis"),
    (("similar-regions", "--regoin", "FRL0"), "Did you mean region"), (("catalogue", "--format", "xml"), "--format"),
    (("catalogue", "--limit", "0"), "limit is '0'"), (("catalogue", "FRL0"), "expected --name value"),
])
def test_a_mistake_is_one_clear_line_and_exit_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
