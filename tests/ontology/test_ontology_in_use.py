"""Whatever shapes, data, tables, queries, context and program name is defined; what nobody names is listed.

A term counts as used where shapes, data, tables, queries or the program name it, a scheme where one of its
concepts is. docs/ontology-unused.md lists the rest with a reason.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, SKOS, Graph

REPOSITORY = Path(__file__).parents[2]
ROOT = "https://w3id.org/pooling4clusters/"
P4C, SCHEME, NACE = ROOT + "ontology#", ROOT + "scheme/", "http://data.europa.eu/ux2/nace2/"
OURS = (P4C, SCHEME, NACE)

FULL_IRI = re.compile("(" + "|".join(re.escape(n) for n in OURS) + r")((?:[\w{}/-]|\.(?=\w))+)")
PREFIX = re.compile(r"prefix\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE)
NAME = re.compile(r"(?<![\w:/<-])([a-zA-Z][\w-]*):((?:\w|-(?=\w)|\.(?=\w))+)")
PYTHON = [
    (re.compile(r"\bP4C\.(\w+)"), P4C),
    (re.compile(r"\bP4C\[\s*[\"'](\w+)[\"']"), P4C),
    (re.compile(r"\bNACE\[\s*[\"'](\w+)[\"']"), NACE),
    (re.compile(r"\{SCHEME\}((?:[\w{}/-]|\.(?=\w))+)"), SCHEME),
    (re.compile(r"\bSCHEME\s*\+\s*f?[\"']((?:[\w{}/-]|\.(?=\w))+)"), SCHEME),
]
CONCEPT_CALL = re.compile(r"\bconcept\(\s*[\"']([\w-]+)[\"']\s*(?:,\s*[\"']([\w.-]+)[\"'])?")


def in_text(text: str) -> set[str]:
    """Our IRIs in a SPARQL text, full or prefixed; our prefixes count even where the text declares none."""
    prefixes = {"p4c": P4C, "nace": NACE} | dict(PREFIX.findall(text))
    body = PREFIX.sub("", text)
    names = {prefixes[p] + local for p, local in NAME.findall(body) if prefixes.get(p, "").startswith(OURS)}
    return names | {n + local for n, local in FULL_IRI.findall(body)}


def in_rdf(path: Path) -> set[str]:
    """Our IRIs in a Turtle or TriG file, and those that the queries inside its literals name."""
    declared = path.read_text("utf-8") if path.suffix == ".ttl" else ""
    header = "\n".join(f"prefix {p}: <{n}>" for p, n in PREFIX.findall(declared))
    found: set[str] = set()
    for quad in ox.parse(path=path, base_iri=ROOT):
        for term in quad:
            if isinstance(term, ox.NamedNode) and term.value.startswith(OURS):
                found.add(term.value)
            elif isinstance(term, ox.Literal) and ("p4c:" in term.value or ROOT in term.value):
                found |= in_text(f"{header}\n{term.value}")
    return found


def in_python(text: str) -> set[str]:
    found = {n + local for n, local in FULL_IRI.findall(text)}
    found |= {P4C + local for prefix, local in NAME.findall(text) if prefix == "p4c"}
    for pattern, namespace in PYTHON:
        found |= {namespace + local for local in pattern.findall(text)}
    calls = CONCEPT_CALL.findall(text)
    return found | {f"{SCHEME}{scheme}/{name}" if name else SCHEME + scheme for scheme, name in calls}


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def heading(column: dict[str, Any]) -> str:
    titles = column.get("titles") or column["name"]
    if isinstance(titles, dict):
        titles = titles.get("en") or next(iter(titles.values()))
    return titles[0] if isinstance(titles, list) else titles


def in_table(path: Path, folder: Path = REPOSITORY / "data") -> set[str]:
    """Our IRIs in a table's description, its templates filled with the values of the table."""
    description = json.loads(path.read_text("utf-8"))
    found = {n + local for text in strings(description) for n, local in FULL_IRI.findall(text)}
    found |= {
        P4C + local
        for text in strings(description)
        for prefix, local in NAME.findall(text)
        if prefix == "p4c"
    }
    filled: set[str] = set()
    for table in description.get("tables", [description]):
        data = folder / table.get("url", "")
        columns = {c["name"]: c for c in table.get("tableSchema", {}).get("columns", []) if "name" in c}
        templates = [t for t in strings(table) if t.startswith(OURS) and re.search(r"\{\w+\}$", t)]
        if not templates or not data.is_file():
            continue
        with data.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for template in templates:
            start, name = template[:-1].rsplit("{", 1)
            column = columns.get(name)
            if column is None or "{" in start:
                continue
            for row in rows:
                cell = row[heading(column)] or ""
                values = cell.split(column["separator"]) if column.get("separator") else [cell]
                filled |= {start + value.strip() for value in values if value.strip()}
    return found | filled


def collect() -> dict[str, set[str]]:
    """Each file (relative) with the IRIs of ours it names."""
    found: dict[str, set[str]] = {}
    readers = [
        ("ontology/shapes/**/*.ttl", in_rdf),
        ("data/**/*.ttl", in_rdf),
        ("data/**/*.trig", in_rdf),
        ("ontology/tables/**/*.json", in_table),
        ("sparql/**/*.rq", lambda path: in_text(path.read_text("utf-8"))),
        ("ontology/context.jsonld", lambda path: in_text(path.read_text("utf-8").replace('"', " "))),
        ("p4c_graph/**/*.py", lambda path: in_python(path.read_text("utf-8"))),
    ]
    for pattern, read in readers:
        for path in sorted(REPOSITORY.glob(pattern)):
            found[path.relative_to(REPOSITORY).as_posix()] = read(path)
    return found


@pytest.fixture(scope="module")
def used() -> dict[str, set[str]]:
    return collect()


def defined(vocabulary: Graph) -> set[str]:
    return {str(s) for s in vocabulary.subjects() if str(s).startswith(OURS)}


def settled(iri: str) -> str:
    """The part of an IRI before a template variable: ``…/scheme/theme/{theme}`` names the scheme only."""
    return iri.split("{", 1)[0].rstrip("/#") if "{" in iri else iri


def test_every_term_in_use_is_defined(vocabulary: Graph, used: dict[str, set[str]]) -> None:
    known = defined(vocabulary) | {iri.rstrip("/#") for iri in OURS}
    wrong = {file: sorted(i for i in names if settled(i) not in known) for file, names in used.items()}
    assert {file: names for file, names in wrong.items() if names} == {}


def test_unused_terms_are_exactly_those_listed(vocabulary: Graph, used: dict[str, set[str]]) -> None:
    parts = ("data/", "sparql/questions/", "sparql/derive/", "ontology/shapes/", "ontology/tables/")
    assert all(any(file.startswith(part) for file in used) for part in parts)
    names = {settled(i) for file, iris in used.items() if file != "ontology/context.jsonld" for i in iris}
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    ours = {str(s) for kind in kinds for s in vocabulary.subjects(RDF.type, kind)}
    schemes = {str(s) for s in vocabulary.subjects(RDF.type, SKOS.ConceptScheme)}
    in_scheme = {str(s): str(o) for s, o in vocabulary.subject_objects(SKOS.inScheme)}
    names |= {in_scheme[name] for name in names if name in in_scheme}
    unused = {f"p4c:{t.removeprefix(P4C)}" for t in ours - names}
    unused |= {f"scheme {Path(s).name}" for s in schemes - names}
    page = (REPOSITORY / "docs" / "ontology-unused.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (\S.*) \|$", page, re.MULTILINE)
    listed = {term for term, _ in rows}
    assert sorted(unused - listed) == [], "unused, not listed"
    assert sorted(listed - unused) == [], "listed, but used or undefined"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?p a p4c:Practice }", {P4C + "Practice"}),
        (f"PREFIX x: <{SCHEME}theme/> ASK {{ ?p ?q x:training. }}", {SCHEME + "theme/training"}),
        (f"ASK {{ ?p ?q <{SCHEME}criterion/C1.1>. }}", {SCHEME + "criterion/C1.1"}),
        ("ASK { ?s <http://example.org/p4c:x> dct:title }", set()),
    ],
)
def test_terms_are_found_in_a_query(text: str, expected: set[str]) -> None:
    assert in_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("store.find(P4C.Practice)", {P4C + "Practice"}),
        ('P4C["cost"]', {P4C + "cost"}),
        ('f"{SCHEME}basis/{basis}"', {SCHEME + "basis/{basis}"}),
        ('concept("theme", "training")', {SCHEME + "theme/training"}),
        ('concept("theme", name)', {SCHEME + "theme"}),
        ('"?p p4c:theme ?t"', {P4C + "theme"}),
    ],
)
def test_terms_are_found_in_a_program(text: str, expected: set[str]) -> None:
    assert in_python(text) == expected


def test_terms_are_found_in_data_and_in_the_queries_of_shapes(tmp_path: Path) -> None:
    path = tmp_path / "shape.ttl"
    path.write_text(
        f"@prefix p4c: <{P4C}> . @prefix outcome: <{SCHEME}outcome/> . <x> a p4c:Practice ; "
        'p4c:outcome outcome:positive ; <select> "SELECT * { $this p4c:nothing outcome:none }" .'
    )
    terms = {P4C + name for name in ("Practice", "outcome", "nothing")}
    assert in_rdf(path) == terms | {SCHEME + "outcome/positive", SCHEME + "outcome/none"}


def test_terms_are_found_in_a_table_and_the_cells_that_fill_its_templates(tmp_path: Path) -> None:
    columns = [
        {"name": "title", "propertyUrl": P4C + "objective"},
        {
            "name": "theme",
            "titles": {"en": ["themes"]},
            "valueUrl": SCHEME + "theme/{theme}",
            "separator": ";",
        },
    ]
    path = tmp_path / "practices.json"
    path.write_text(json.dumps({"url": "practices.csv", "tableSchema": {"columns": columns}}))
    (tmp_path / "practices.csv").write_text("title,themes\nA,training;skils\nB,\n")
    found = {P4C + "objective", SCHEME + "theme/{theme}", SCHEME + "theme/training", SCHEME + "theme/skils"}
    assert in_table(path, tmp_path) == found


def test_an_undefined_term_is_noticed(vocabulary: Graph) -> None:
    assert P4C + "Practice" in defined(vocabulary)
    assert P4C + "Practise" not in defined(vocabulary)
    assert settled(SCHEME + "theme/{theme}") in defined(vocabulary)
    assert settled(SCHEME + "themes/{theme}") not in defined(vocabulary)
