"""What is typed wrongly: one sentence on standard error that names it and what was expected, and exit 2."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from p4c_graph import cli
from p4c_graph.cli import output

LISTED = ", ".join(["--skip-invalid", "--facts", "--forget", "--store", "--json"])


@pytest.mark.parametrize(("typed", "message"), [
    (["match", "--regoin", "FRL0"], "There is no option --regoin of p4c match. Did you mean --region?"),
    (["plan", "--output", "x"], "There is no option --output of p4c plan. Did you mean --out?"),
    (["build", "--nope"], f"There is no option --nope of p4c build; expected {LISTED}."),
    (["match", "--\x1b[31m"], "There is no option '--\\x1b[31m' of p4c match; expected --region, --practice, "
     "--limit, --order, --weights, --include-existing, --why, --json, --format, --store."),
    (["match", "--limit", "many"], "--limit is 'many'; expected a whole number"),
    (["match", "--limit", "3.5"], "--limit is '3.5'; expected a whole number"),
    (["serve", "--port", "70000"], "setting P4C_PORT is 70000; expected a number up to 65535"),
    (["match", "--region"], "--region takes a value; none is given"),
    (["match", "--json=yes"], "--json takes no value"),
    (["match", "FRL0"], "'FRL0' is too much: p4c match takes options only"),
    (["template", "needs", "a.xlsx", "b"], "'b' is too much: p4c template takes KIND, OUT.xlsx"),
    (["token", "create", "--role", "king"], "--role is 'king'; expected admin or partner"),
    (["token", "create"], "--role is missing; expected admin or partner"),
    (["token", "revoke"], "ID is missing; expected id of the token, as p4c token list shows it"),
    (["publish"], "DIR is missing; expected folder of the copy; an earlier copy is replaced"),
    (["similar"], "REGION is missing; expected NUTS code of any version, or a name"),
    (["mach"], "There is no command 'mach' of p4c. Did you mean match?"),
    (["snapshots", "rolback"], "There is no command 'rolback' of p4c snapshots. Did you mean rollback?"),
    (["token", "xyz"], "There is no command 'xyz' of p4c token; expected create, list, revoke."),
])
def test_it_is_named_with_what_was_expected(
    typed: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["p4c", *typed])
    with pytest.raises(SystemExit) as ended:
        cli.run()
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err) == (2, "", f"p4c: {message}\n")


@pytest.mark.parametrize(("typed", "code"), [([], 2), (["token"], 2), (["--help"], 0), (["match", "-h"], 0)])
def test_help_is_no_error(
    typed: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["p4c", *typed])
    with pytest.raises(SystemExit) as ended:
        cli.run()
    told = capsys.readouterr()
    assert ended.value.code == code
    assert "Usage: p4c" in told.out
    assert told.err == ""


def test_exit_codes_of_commands_reach_the_shell(p4c: str, tmp_path: Path) -> None:
    done = subprocess.run([p4c, "doctor", "--store", "none"], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 1
    assert "wrong" in done.stdout


def test_lines_are_whole_and_hold_what_the_data_says(capsys: pytest.CaptureFixture[str]) -> None:
    line = "[red] stays, and so does :smile:, " + "however narrow the terminal is, " * 8 + "to the end."
    output.say(line, style="dim")
    output.aside(line)
    assert capsys.readouterr() == (f"{line}\n", f"{line}\n")


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(cli.__path__)])
def test_commands_print_through_one_module(name: str) -> None:
    held = vars(importlib.import_module(f"p4c_graph.cli.{name}"))
    assert name == "output" or not {"out", "err", "print"} & held.keys()


def test_a_command_is_started_without_the_others() -> None:
    for module in cli.MODULES:
        importlib.import_module(f"p4c_graph.cli.{module}")
    for name, command in get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        told = command.callback or next(iter(command.commands.values())).callback
        assert [f"p4c_graph.cli.{module}" for module in cli.modules_for([name])] == [told.__module__]
    assert cli.modules_for(["--version"]) == ()
    assert cli.modules_for([]) == cli.modules_for(["mach"]) == cli.MODULES
