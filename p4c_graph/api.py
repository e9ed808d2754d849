"""``KnowledgeGraph``: the facade that the command line, the web and notebooks call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from p4c_graph import settings as settings_module
from p4c_graph.errors import InputError
from p4c_graph.intake.names import Names
from p4c_graph.intake.submission import Reader
from p4c_graph.namespaces import DCT, FOAF, ORG
from p4c_graph.pipeline import local_copy
from p4c_graph.process import names
from p4c_graph.process.evaluations import Evaluations, read_evaluations
from p4c_graph.process.fieldtests import FieldTest, read_test
from p4c_graph.process.planning import REQUIRED, Plan, plan
from p4c_graph.process.recordsheet import FilledSheet, read_sheet
from p4c_graph.process.reporting import Report, gather
from p4c_graph.process.workbooks import template
from p4c_graph.questions import Library, Parameter, Resolver, Text
from p4c_graph.regions import Gazetteer, Region
from p4c_graph.settings import Settings
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.store.dataset import Dataset
from p4c_graph.store.rows import iri_list
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.terms import Minter
from p4c_graph.transfer.columns import Columns, build_columns
from p4c_graph.transfer.features import read_features
from p4c_graph.transfer.hindcast import Hindcast, hindcast, observed_transfers
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import TransferModel, checked_weights, read_model
from p4c_graph.transfer.names import PracticeNames
from p4c_graph.transfer.result import MatchResult, Ref, Score
from p4c_graph.transfer.transfer_file import with_transfers

if TYPE_CHECKING:
    from p4c_graph.store.remote import RemoteSnapshot

_NAME = Text("Organisation", "Organisation")
_ORGANISATION = Parameter("organisation", _NAME, _NAME, ORG.Organization, required=True)


class KnowledgeGraph:
    """One snapshot of the graph: SPARQL, regions, matches. ``KnowledgeGraph.open()`` gives the current one."""

    def __init__(self, snapshot: Snapshot | RemoteSnapshot, settings: Settings) -> None:
        self.snapshot, self.settings = snapshot, settings
        self.minter = Minter(str(snapshot.manifest().get("base", settings.base_iri)))

    def __repr__(self) -> str:
        return f"<KnowledgeGraph, snapshot {self.snapshot.id}>"

    @classmethod
    def open(cls, store: Path | str | None = None, *, snapshot: str | None = None) -> KnowledgeGraph:
        """The current snapshot of a store folder (default: the setting ``store``), or the one named.

        With the setting ``sparql_url``, and no folder or snapshot named, the one that the SPARQL server holds, copied
        to this machine where it is small enough.
        Raises NoSnapshot where nothing has been built.
        """
        settings = settings_module.load(store=store or None)
        if settings.sparql_url and not (store or snapshot):
            from p4c_graph.store.remote import RemoteSnapshot  # and its HTTP client, only where it is used

            return cls(local_copy(RemoteSnapshot.current(settings), settings), settings)
        history = Snapshots(settings.store)
        return cls(history.get(snapshot) if snapshot else history.current(), settings)

    # ── SPARQL ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def dataset(self) -> Dataset:
        """The statements of the snapshot, read only."""
        return self.snapshot.dataset

    def query(self, text: str) -> QueryAnswer:
        """The answer of a SPARQL query; the project's prefixes need not be declared.

        Raises SyntaxProblem or Forbidden (SERVICE, LOAD, updates).
        """
        return self.dataset.query(text)

    @cached_property
    def questions(self) -> Library:
        """The questions that come with the program, by name."""
        return Library.shipped()

    @cached_property
    def resolver(self) -> Resolver:
        """Whoever knows which region, practice, organisation or concept a name means."""
        return Resolver(self.dataset, self.gazetteer, self.minter)

    def organisation(self, text: str) -> str:
        """The IRI of the organisation a slug, IRI or name means. Raises UnknownName or AmbiguousName."""
        return self.resolver.resolve(_ORGANISATION, text)

    def ask(self, question: str, /, **values: object) -> QueryAnswer:
        """The answer of a question of the library: ``ask("similar-regions", region="FRL0", limit=5)``.

        A name that is a word of Python takes an underscore: ``from_="ES"``. Raises UnknownName where there is no such
        question or value, InputError that names the parameter.
        """
        return self.query(self.questions.get(question).bind(values, self.resolver))

    # ── what people fill in ────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def known_names(self) -> Names:
        """Whoever knows what people call things in sheets, as of this snapshot."""
        return Names(self.dataset, self.gazetteer, self.minter)

    def template(self, kind: str, *, language: str = "en") -> bytes:
        """The workbook of a template (``practices``, ``evaluations``…) with lists of what this snapshot knows.

        Raises UnknownName naming the templates there are.
        """
        return template(kind, language=language, names=self.known_names)

    # ── matching ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """All regions, found by code of any version or name."""
        if isinstance(self.snapshot, Snapshot):
            return Gazetteer.load(self.snapshot.path / "regions.json")
        return Gazetteer.read(self.dataset)

    @cached_property
    def model(self) -> TransferModel:
        """The transfer model the snapshot was built with."""
        return read_model(self.dataset)

    @cached_property
    def matcher(self) -> Matcher:
        """The ranking over the snapshot's columns."""
        return Matcher(self._columns(), self.gazetteer, self.model, self.snapshot.id, self.minter.resources)

    def _columns(self) -> Columns:
        """The columns kept with the snapshot; on a SPARQL server, read from it."""
        if isinstance(self.snapshot, Snapshot):
            return Columns.load(self.snapshot.path)
        columns = build_columns(read_features(self.dataset), self.gazetteer, self.model)
        self.snapshot.confirm()
        return columns

    def region(self, text: str) -> Region:
        """The region a code of any version or a name means. Raises UnknownName or AmbiguousName."""
        return self.gazetteer.find(text)

    def practice(self, text: str) -> int:
        """The index of the practice an IRI, slug or name means. Raises UnknownName or AmbiguousName."""
        return self.practice_names.find(text)

    @cached_property
    def practice_names(self) -> PracticeNames:
        """The practices by IRI, slug and name."""
        return PracticeNames(self.matcher.columns.practices, self.matcher.columns.labels)

    def match(
        self, *, region: str | None = None, practice: str | None = None, limit: int = 10, order: str = "cautious",
        weights: Mapping[str, object] | None = None, include_existing: bool = False,
    ) -> MatchResult:
        """The practices that suit a region, or the regions that a practice suits; exactly one of the two is given.

        ``weights`` maps components to numbers from 0 (those not named keep their declared weight; all are scaled to
        sum to 1). ``order`` is ``cautious`` (by the lower bound) or ``expected``. Raises InputError that names the
        parameter.
        """
        if (region is None) == (practice is None):
            raise InputError("give either a region or a practice", parameter="region")
        checked = checked_weights(self.model, weights)
        if region is not None:
            return self.matcher.for_region(
                self.region(region), checked, limit=limit, order=order, include_existing=include_existing)
        return self.matcher.for_practice(
            self.practice(str(practice)), checked, limit=limit, order=order, include_existing=include_existing)

    def similar(self, region: str, limit: int = 10) -> dict[str, Any]:
        """The NUTS 2 regions most alike in structure: ``{"region", "model", "snapshot", "notes", "results"}``."""
        found = self.region(region)
        return {
            "region": self.matcher.region_ref(found).to_dict(),
            "model": {"id": self.model.iri, "version": self.model.version}, "snapshot": self.snapshot.id,
            "notes": self.matcher.notes(found), "limit": limit,
            "results": [
                {"rank": rank, "region": self.matcher.region_ref(other).to_dict(), **_similarity(score)}
                for rank, (other, score) in enumerate(self.matcher.similar(found, limit), 1)
            ],
        }

    def hindcast(
        self, progress: Callable[[int, int], None] | None = None, transfers: Path | None = None, *,
        origin_alone: bool = False,
    ) -> Hindcast:
        """How well the model would have foretold transfers: those that the graph records, or those of a CSV file.

        With ``origin_alone`` nothing but its origin is taken as known of where a practice ran.
        Raises InputError that names every row of the file that cannot be read, or says that none can be used.
        """
        recorded = observed_transfers(self.dataset, self.matcher, with_planned=True)
        if transfers is None:
            return hindcast(self.matcher, recorded, progress, origin_alone=origin_alone)
        matcher, found = with_transfers(transfers, read_features(self.dataset), self.matcher)
        again = observed_transfers(self.dataset, matcher, with_planned=True)
        return hindcast(matcher, found, progress, learned_from=again, origin_alone=origin_alone)

    # ── the process ────────────────────────────────────────────────────────────────────────────────────────────

    def evaluations(self, project: str | None = None) -> Evaluations:
        """What the partners of a project judged. Raises InputError where there is nothing, UnknownName."""
        return read_evaluations(self.dataset, names.project(self.resolver, project) if project else None)

    def plan(self, partner: str, *, tests: int = REQUIRED, project: str | None = None) -> Plan:
        """The field tests that a partner could hold. Raises UnknownName with near matches, InputError."""
        iri = names.partner(self.resolver, partner)
        of = names.project(self.resolver, project) if project else None
        named = Ref(iri, names.labels(self.dataset, [iri])[iri])
        return plan(self.dataset, self.matcher, named, tests=tests, project=of)

    def field_test(self, text: str) -> FieldTest:
        """The field test that an IRI, slug or name means. Raises UnknownName with near matches."""
        return read_test(self.dataset, names.field_test(self.resolver, text))

    def describes(self, iri: str) -> bool:
        """Whether the graph says anything of a resource."""
        return any(True for _ in self.dataset.rows(f"SELECT * WHERE {{ <{iri}> ?p ?o }} LIMIT 1"))

    def filled_sheet(self, path: Path) -> FilledSheet:
        """The field tests of a filled sheet. Raises InputError that names sheet, row and column of what is wrong."""
        return read_sheet(path, Reader(self.settings, self.known_names), self.minter)

    def report(self, region: str, language: str = "en") -> Report:
        """All that a region's authority may want to know, in English or French. Raises UnknownName, AmbiguousName."""
        return gather(self, region, language)

    def sources(self, iris: list[str]) -> dict[str, tuple[str, str | None]]:
        """IRI of a source → its title and address, for those that are known."""
        rows = self.dataset.rows(
            f"SELECT ?s ?title ?page WHERE {{ VALUES ?s {{ {iri_list(iris)} }} ?s <{DCT['title']}> ?title "
            f"OPTIONAL {{ ?s <{FOAF.page}> ?page }} }}")
        return {str(iri): (str(title), page) for iri, title, page in rows}


def _similarity(score: Score | None) -> dict[str, float]:
    return score.to_dict() if score else {}
