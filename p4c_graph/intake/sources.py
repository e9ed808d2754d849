"""What a build reads: the shipped model and facts, and the files or folders a user adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.intake import rdf, tables
from p4c_graph.intake.csvw import Table, read_tables
from p4c_graph.intake.lines import LineFile
from p4c_graph.namespaces import DCT, P4C, RDF, SCHEME
from p4c_graph.settings import resources
from p4c_graph.terms import Minter


@dataclass(frozen=True)
class SourceFile:
    """One file to read: ``table`` where it is one, ``graph`` where its statements get a graph of ours."""

    path: Path
    table: Table | None = None
    graph: str | None = None

    def quads(self, minter: Minter) -> Iterator[ox.Quad]:
        """The quads of the file, every one in a named graph. Raises InputError with file and line or row."""
        if self.table:
            return tables.table_quads(self.path, self.table, minter)
        if self.lines:
            return self._one_by_one(self.lines, self.own_graph(minter))
        return rdf.read_rdf(self.path, minter, name=self.graph)

    @cached_property
    def lines(self) -> LineFile | None:
        """The file as lines that the engine reads itself, where it is such a file."""
        return None if self.table else LineFile.of(self.path)

    @property
    def parts(self) -> int:
        """In how many parts it is read."""
        return self.lines.parts if self.lines else 1

    def own_graph(self, minter: Minter) -> ox.NamedNode:
        """Where statements go that the file puts into no graph."""
        return rdf.graph_of_file(self.path, minter, self.graph)

    def _one_by_one(self, lines: LineFile, own: ox.NamedNode) -> Iterator[ox.Quad]:
        for piece in lines.pieces():
            with rdf.syntax_problems(str(self.path), piece.before):
                for quad in ox.parse(piece.text, piece.format):
                    graph = quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else own
                    yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


@dataclass(frozen=True)
class Library:
    """The folder of ``ontology``, ``data`` and ``sparql`` that is shipped."""

    folder: Path

    @classmethod
    def shipped(cls) -> Library:
        """The one of this installation."""
        return cls(resources())

    @cached_property
    def tables(self) -> list[Table]:
        """The table descriptions."""
        return read_tables(self.folder / "ontology" / "tables")

    @cached_property
    def templates(self) -> list[Table]:
        """The descriptions of the sheets of spreadsheet templates."""
        return read_tables(self.folder / "ontology" / "tables" / "templates")

    @cached_property
    def shapes(self) -> list[Path]:
        """The SHACL files."""
        return sorted((self.folder / "ontology" / "shapes").glob("*.ttl"))

    def model(self) -> list[SourceFile]:
        """The ontology and its schemes."""
        schemes = sorted((self.folder / "ontology" / "schemes").glob("*.ttl"))
        others = sorted((self.folder / "ontology").glob("*.ttl"))
        return [SourceFile(path, graph="ontology") for path in others] + [
            SourceFile(path, graph=f"scheme/{path.stem}") for path in schemes
        ]

    def facts(self) -> list[SourceFile]:
        """Every described table and every RDF file below ``data``."""
        data = self.folder / "data"
        described = [SourceFile(data / t.url, t) for t in self.tables if (data / t.url).is_file()]
        written = [SourceFile(path) for path in sorted(data.rglob("*")) if path.suffix in (".trig", ".ttl")]
        return described + written

    def foundations(self) -> list[SourceFile]:
        """Of the facts, those that the model itself is made of: the transfer model and the indicators it reads."""
        tables = {"regions/indicators.csv", "regions/datasets.csv", "sources.csv"}
        return [file for file in self.facts()
                if file.path.parent.name == "model" or (file.table and file.table.url in tables)]

    def of(self, path: Path) -> list[SourceFile]:
        """The files a user's path means: a file, or all readable files of a folder that are not hidden."""
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if _readable(p) and not _hidden(p, path)]
            if not inside:
                raise InputError(f"{path}: holds no file that can be read; expected {_ENDINGS}")
            return [file for p in inside for file in self.of(p)]
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
        if not _readable(path):
            raise InputError(f"{path}: {path.suffix or 'no ending'} cannot be read; expected {_ENDINGS}")
        return [SourceFile(path, self._table_of(path) if path.suffix.lower() == ".csv" else None)]

    def _table_of(self, path: Path) -> Table:
        """The table a CSV file is of: that which it shares most headings with, else that of its name."""
        headings = {heading.casefold() for heading in tables.read_headings(path)}

        def shared(table: Table) -> tuple[int, bool]:
            columns = {table.by_heading[heading].name for heading in headings & table.by_heading.keys()}
            return len(columns), all(column.name in columns for column in table.columns if column.required)

        most = max(map(shared, self.tables), default=(0, False))
        best = {table.name: table for table in self.tables if shared(table) == most and most[0]}
        if not best:
            known = ", ".join(table.name for table in self.tables)
            raise InputError(f"{path}, row 1: the headings are of no known table; expected one of {known}")
        if len(best) > 1 and path.stem not in best:
            raise InputError(f"{path}: is a table of {' or '.join(best)}; name the file after one of them")
        return best.get(path.stem) or next(iter(best.values()))


_ENDINGS = ", ".join([*sorted(rdf.FORMATS), ".csv"])


def _readable(path: Path) -> bool:
    return path.is_file() and (path.suffix.lower() in rdf.FORMATS or path.suffix.lower() == ".csv")


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def graph_descriptions(graphs: Iterable[str], minter: Minter) -> Iterator[ox.Quad]:
    """What is said of each ``graph/{source}/{basis}``: that it is a source's graph, its source and basis."""
    start, provenance = minter.graph(""), ox.NamedNode(minter.graph("provenance"))
    for graph in sorted(graphs):
        source, _, basis = graph.removeprefix(start).rpartition("/")
        if not graph.startswith(start) or not source or basis not in ("verified", "inferred"):
            continue
        node = ox.NamedNode(graph)
        for predicate, value in (
            (RDF.type, P4C.SourceGraph),
            (DCT.source, minter.resource("source", source)),
            (P4C.basis, f"{SCHEME}basis/{basis}"),
        ):
            yield ox.Quad(node, ox.NamedNode(predicate), ox.NamedNode(value), provenance)
