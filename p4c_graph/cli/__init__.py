"""The command line: every command prints what the parts of the library return."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import typer

from p4c_graph import __version__
from p4c_graph.cli.usage import Commands, input_error
from p4c_graph.errors import InvalidData, P4CError

app = typer.Typer(
    name="p4c", cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Good practices in cluster policy as a knowledge graph: which suit this region, why, and how sure are we?",
)
MODULES = (
    "ask", "build", "doctor", "hindcast", "import_", "match", "plan", "publish", "query", "record", "report", "select",
    "serve", "snapshots", "template", "token", "validate",
)
"""Each adds its command to ``app``, under its own name but for those of ``_OTHERWISE``."""
_OTHERWISE = {"import": "import_", "similar": "match"}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"p4c-graph {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def run() -> None:
    """Runs the command line; an error is one message and exit 2, a violation exit 1, never a traceback."""
    for module in modules_for(sys.argv[1:]):
        import_module(f"p4c_graph.cli.{module}")
    try:
        sys.exit(app(prog_name="p4c", standalone_mode=False))
    except P4CError as error:
        _fail(error)
    except typer.TyperException as error:
        if error.format_message():
            _fail(input_error(error))
        sys.exit(2)  # no command was named: the help says which there are
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def modules_for(arguments: Sequence[str]) -> Sequence[str]:
    """The module of the command that is asked for, which starts sooner alone; where none is, all of them."""
    first = arguments[0] if arguments else ""
    if first == "--version":
        return ()
    name = _OTHERWISE.get(first, first)
    return (name,) if name in MODULES else MODULES


def _fail(error: P4CError) -> NoReturn:
    sys.stderr.write(f"p4c: {error}\n")
    sys.exit(1 if isinstance(error, InvalidData) else 2)
