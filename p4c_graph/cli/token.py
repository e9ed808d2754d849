"""``p4c token create | list | revoke``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import aside, say, table, write_json, write_table
from p4c_graph.cli.usage import Commands
from p4c_graph.settings import load
from p4c_graph.store.tokens import Role, Tokens
from p4c_graph.terms import local_name

token = typer.Typer(cls=Commands, no_args_is_help=True, help="Who may write over HTTP.")
app.add_typer(token, name="token")


def _tokens(store: Path | None) -> Tokens:
    return Tokens(load(store=store).store)


@token.command()
def create(
    role: Annotated[Role, typer.Option(help="An administrator may change all, a partner may submit.")],
    organisation: Annotated[
        str | None, typer.Option(help="Slug, name or IRI of the organisation it is for; partners need one.")] = None,
    store: Store = None,
) -> None:
    """Make a token and print it, once: only its hash is kept."""
    if organisation and not organisation.startswith(("http://", "https://")):
        organisation = KnowledgeGraph.open(store).organisation(organisation)
    made, secret = _tokens(store).create(role, organisation)
    aside(f"Token {made.id}, {made.role}{f', {made.organisation}' if made.organisation else ''}. "
          "It cannot be shown again:")
    say(secret)


@token.command("list")
def list_(as_json: AsJson = False, store: Store = None) -> None:
    """The tokens that are valid, without the tokens themselves."""
    found = _tokens(store).all()
    if as_json:
        write_json([{"id": t.id, "role": t.role, "organisation": t.organisation, "created": t.created} for t in found])
        return
    if not found:
        say("No tokens: nobody can write over HTTP. Make one with: p4c token create --role admin")
        return
    rows = table("id", "role", "organisation", "created")
    for t in found:
        rows.add_row(t.id, t.role, local_name(t.organisation) if t.organisation else "", t.created)
    write_table(rows)


@token.command()
def revoke(
    id: Annotated[str, typer.Argument(help="Id of the token, as p4c token list shows it.")], store: Store = None
) -> None:
    """Make a token invalid, at once, also for a server that runs."""
    gone = _tokens(store).revoke(id)
    say(f"Token {gone.id} ({gone.role}) is valid no more.")
