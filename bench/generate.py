"""``python -m bench.generate FOLDER --triples 1000000``: a made-up world in the project's own vocabulary.

Regions with indicators, agencies and initiatives, a project of seven partners, practices with evaluations on every
sub-criterion, applications, field tests and results; all in one graph typed ``p4c:SyntheticGraph``, without violation
of a shape. Equal seed, equal bytes. Written as a stream of N-Quads in parts, so memory depends neither here nor in a
build on how large the world is. ``--matching`` makes the world for ranking: a short record and one score a practice.
"""

from __future__ import annotations

import argparse
import itertools
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench import words
from bench.lines import GRAPH, Pair, about, concept, res, text, typed
from p4c_graph.namespaces import ADMS, DCT, NACE, ORG, P4C, PROV, QB, RDF, RDFS, ROOT, SKOS, WGS

PART = 250_000
"""Statements in one file."""
FULL = 1_000_000
"""From so many statements on there are all regions; a smaller world has its share of them."""
REGIONS = 1500
"""NUTS 3 regions: 5 in each NUTS 2, 5 of those in each NUTS 1, 2 of those in each country."""
PARTNERS = 7
CATALOGUED = 15
SCALE = (1, 5)
COUNTRIES = [f"X{letter}" for letter in string.ascii_uppercase] + [f"Q{letter}" for letter in "MNOPQRSTUVWXYZ"]
"""Codes that ISO 3166 leaves to users, so that no region here is a real one."""
SCORED = [f"C{family}.{part}" for family in (1, 2, 3) for part in (1, 2, 3)] + ["C5"]
OUTCOMES = 9 * ["positive"] + 6 * ["unknown"] + 3 * ["mixed"] + 2 * ["negative"]
SECTIONS = "ACFGHIJKMNR"


@dataclass(frozen=True)
class World:
    """What is to be made: so many statements, or so many practices; ``matching``: for ranking."""

    triples: int | None = None
    practices: int | None = None
    matching: bool = False
    regions: int = REGIONS
    seed: int = 20101231

    @classmethod
    def of_triples(cls, triples: int, *, matching: bool = False, seed: int = 20101231) -> World:
        """A world of about so many statements, its regions in proportion up to the full number."""
        return cls(triples, None, matching, max(10, min(REGIONS, REGIONS * triples // FULL)), seed)


@dataclass
class Places:
    """The NUTS 2 regions, with those who work there."""

    units: list[str] = field(default_factory=list)
    agencies: dict[str, str] = field(default_factory=dict)
    initiatives: dict[str, list[str]] = field(default_factory=dict)


def statements(world: World) -> Iterator[str]:
    """The N-Quads lines of a world, in an order that depends on nothing but the world."""
    random, places = Random(world.seed), Places()
    count = 0
    frame = itertools.chain(_frame(), _regions(world, random, places), _actors(random, places), _project(places))
    for line in itertools.chain(frame, () if world.matching else _selection()):
        count += 1
        yield line
    for number in itertools.count(1):
        if number > world.practices if world.practices else count >= (world.triples or 0):
            return
        for line in (_short if world.matching else _practice)(random, places, number):
            count += 1
            yield line


def write(world: World, folder: Path) -> int:
    """Writes a world as ``world-0001.nq`` … into a folder; how many statements it has."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, total = statements(world), 0
    for number in itertools.count(1):
        part = list(itertools.islice(lines, PART))
        if not part:
            return total
        with (folder / f"world-{number:04}.nq").open("w", encoding="utf-8") as file:
            file.writelines(part)
        total += len(part)
    raise AssertionError


# ── terms that come often ────────────────────────────────────────────────────────────────────────────────────


def _p4c(name: str) -> str:
    return f"<{P4C}{name}>"


A, LABEL, TITLE, SOURCE, DATE = (f"<{iri}>" for iri in (RDF.type, RDFS.label, DCT["title"], DCT.source, DCT.date))
DESCRIPTION, MEMBER = f"<{DCT.description}>", f"<{PROV.hadMember}>"
WORLD = res("source", "synthetic-world")
FROM_WORLD = (SOURCE, WORLD)
FIVE = res("scale", "synthetic-five")
PROJECT, CATALOGUE = res("project", "synthetic-pool"), res("catalogue", "synthetic-pool")
_P = {name: _p4c(name) for name in (
    "onPractice", "onCriterion", "byPartner", "value", "onScale", "application", "inRegion", "applicationStatus",
    "outcome", "operator", "indicator", "refArea", "refPeriod",
)}
_EVALUATION, _OBSERVATION = (A, _p4c("Evaluation")), (A, _p4c("Observation"))


# ── the frame ─────────────────────────────────────────────────────────────────────────────────────────────────


def _frame() -> Iterator[str]:
    """The graph's own description, the source, the scale, the indicators."""
    yield from about(f"<{GRAPH}>", (A, _p4c("SyntheticGraph")), FROM_WORLD, graph=f"{ROOT}graph/provenance")
    yield from about(
        WORLD, (A, _p4c("Source")), (TITLE, text("A made-up world for measurements")),
        (f"<{DCT.publisher}>", '"p4c_graph"'), (f"<{DCT.rights}>", text("Made up; not about any real place")),
    )
    yield from about(
        FIVE, (A, _p4c("Scale")), (LABEL, text("One to five")),
        (_p4c("minimum"), typed(SCALE[0], "integer")), (_p4c("maximum"), typed(SCALE[1], "integer")),
    )
    yield from about(res("dataset", "synthetic-figures"), (A, f"<{QB.DataSet}>"), (LABEL, text("Made-up figures")))
    for i in words.INDICATORS:
        yield from about(
            res("indicator", i.name), (A, _p4c("Indicator")), (LABEL, text(i.label)), (_p4c("unit"), text(i.unit)),
            (_p4c("dimension"), concept("dimension", i.dimension)),
        )


def _regions(world: World, random: Random, places: Places) -> Iterator[str]:
    """Countries, NUTS 1, 2 and 3, each after the one it lies in; figures for levels 2 and 3."""
    for number in range(world.regions):
        country = COUNTRIES[number // 50]
        parts = (number // 25 % 2 + 1, number // 5 % 5 + 1, number % 5 + 1)
        codes = [country, *(country + "".join(map(str, parts[:level])) for level in (1, 2, 3))]
        new = [level for level in range(4) if all(part == 1 for part in parts[level:])]
        for level in new:
            yield from _region(codes, level, random)
            if level == 2:
                places.units.append(codes[2])
            if level >= 2:
                yield from _figures(codes[level], random)


def _region(codes: list[str], level: int, random: Random) -> Iterator[str]:
    code, identifier = codes[level], res("identifier", codes[level])
    yield from about(
        res("region", code), (A, _p4c("Region")), (LABEL, text(f"{words.LEVELS[level]} {code}")),
        (_p4c("level"), typed(level, "integer")), (_p4c("countryCode"), f'"{codes[0]}"'),
        (_p4c("nutsVersion"), '"2021"'), (_p4c("area"), typed(f"{random.uniform(200, 20000):.1f}", "decimal")),
        (f"<{WGS.lat}>", typed(f"{random.uniform(36, 68):.4f}", "decimal")),
        (f"<{WGS.long}>", typed(f"{random.uniform(-9, 30):.4f}", "decimal")), (f"<{ADMS.identifier}>", identifier),
    )
    if level:
        yield from about(
            res("region", code), (_p4c("country"), res("region", codes[0])),
            (_p4c("broaderRegion"), res("region", codes[level - 1])),
        )
    else:
        yield from about(res("region", code), (_p4c("officialLanguage"), f'"{random.choice(words.LANGUAGES)}"'))
    yield from about(
        identifier, (A, f"<{ADMS.Identifier}>"), (f"<{SKOS.notation}>", f'"{code}"'), (_p4c("nutsVersion"), '"2021"'))


def _figures(code: str, random: Random) -> Iterator[str]:
    area, dataset = res("region", code), (f"<{QB.dataSet}>", res("dataset", "synthetic-figures"))
    for i in words.INDICATORS:
        spread = random.betavariate(2, 2)
        value = i.low * (i.high / i.low) ** spread if i.log else i.low + (i.high - i.low) * spread
        yield from about(
            res("observation", f"{code}-{i.name}"), _OBSERVATION, dataset,
            (_P["indicator"], res("indicator", i.name)), (_P["refArea"], area),
            (_P["refPeriod"], typed(i.year, "gYear")), (_P["value"], typed(f"{value:.2f}", "decimal")),
        )


def _actors(random: Random, places: Places) -> Iterator[str]:
    """In each NUTS 2 region an agency, the initiatives that it supports, and a need."""
    for unit in places.units:
        region, agency = res("region", unit), res("organisation", f"agency-{unit.lower()}")
        places.agencies[unit] = agency
        places.initiatives[unit] = []
        yield from about(
            agency, (A, _p4c("DevelopmentAgency")), (A, f"<{ORG.Organization}>"),
            (LABEL, text(f"Development agency of {unit}")), (_p4c("territory"), region), (_p4c("locatedIn"), region),
        )
        for section in random.sample(SECTIONS, random.randint(1, 4)):
            initiative = res("organisation", f"cluster-{unit.lower()}-{section.lower()}")
            places.initiatives[unit].append(initiative)
            yield from about(
                initiative, (A, _p4c("ClusterInitiative")), (A, f"<{ORG.Organization}>"),
                (LABEL, text(f"{words.SECTORS[section]} cluster of {unit}")), (_p4c("locatedIn"), region),
                (_p4c("sector"), f"<{NACE}{section}>"),
            )
            yield from about(agency, (_p4c("supports"), initiative))
        need = res("need", unit.lower())
        yield from about(region, (_p4c("need"), need))
        yield from about(
            need, (A, _p4c("Need")), (_p4c("theme"), concept("theme", random.choice(words.THEMES))),
            (_p4c("declaredBy"), agency), FROM_WORLD,
        )


def _project(places: Places) -> Iterator[str]:
    """The project with its partners."""
    programme = res("programme", "synthetic-programme")
    yield from about(programme, (A, _p4c("Programme")), (LABEL, text("A made-up programme")))
    yield from about(
        PROJECT, (A, _p4c("Project")), (LABEL, text("A made-up project")), (_p4c("programme"), programme),
        (_p4c("start"), typed("2010-01-01", "date")), (_p4c("end"), typed("2012-12-31", "date")),
    )
    for unit in _partners(places):
        role = "lead-partner" if unit == places.units[0] else "partner"
        yield from about(
            res("partnership", unit.lower()), (A, _p4c("Partnership")), (_p4c("inProject"), PROJECT),
            (_p4c("member"), places.agencies[unit]), (_p4c("role"), concept("role", role)),
            (_p4c("actsFor"), res("region", unit)),
        )


def _selection() -> Iterator[str]:
    """The project's selection; the catalogue names its practices as they come."""
    selection = res("selection", "synthetic-pool")
    yield from about(PROJECT, (_p4c("selection"), selection))
    yield from about(
        selection, (A, _p4c("Selection")), (_p4c("method"), text("Every partner judged every practice.")),
        (_p4c("identifiedCount"), typed(96, "integer")), (_p4c("keptCount"), typed(CATALOGUED, "integer")),
        (_p4c("produced"), CATALOGUE), FROM_WORLD,
    )
    yield from about(CATALOGUE, (A, _p4c("Catalogue")), FROM_WORLD)


def _partners(places: Places) -> list[str]:
    step = max(1, len(places.units) // PARTNERS)
    return places.units[::step][:PARTNERS]


# ── practices ─────────────────────────────────────────────────────────────────────────────────────────────────


def _short(random: Random, places: Places, number: int) -> Iterator[str]:
    """A practice of the matching world: where it runs, and one score."""
    slug, unit = f"synthetic-{number:06}", random.choice(places.units)
    practice, theme = res("practice", slug), random.choice(words.THEMES)
    yield from about(
        practice, (A, _p4c("Practice")), (LABEL, text(words.title(random, theme, number))),
        (DESCRIPTION, text(words.sentence(random, theme))), (_p4c("provider"), places.agencies[unit]),
        (_p4c("theme"), concept("theme", theme)),
        (_p4c("serviceKind"), concept("service-kind", random.choice(words.SERVICE_KINDS))),
        (_p4c("targetGroup"), concept("target-group", random.choice(words.TARGET_GROUPS))), FROM_WORLD,
    )
    aim, outcomes = res("result", slug), ("positive", "unknown")
    yield from _application(practice, f"{slug}-0", "Origin", unit, random.choice(outcomes), (_p4c("result"), aim))
    yield from about(
        aim, (A, _p4c("Result")), (DESCRIPTION, text(random.choice(words.MEASURES))),
        (_p4c("isTarget"), typed("true", "boolean")),
    )
    if random.random() < 0.25:
        yield from _transfer(random, practice, slug, 1, random.choice(places.units), random.choice(outcomes))
    yield from _evaluation(practice, slug, places.agencies[random.choice(_partners(places))], "C1.1", random)


def _practice(random: Random, places: Places, number: int) -> Iterator[str]:
    """A practice with all that is recorded of it."""
    slug, unit = f"synthetic-{number:06}", random.choice(places.units)
    practice, theme, agency = res("practice", slug), random.choice(words.THEMES), places.agencies[unit]
    yield from about(
        practice, (A, _p4c("Practice")), (LABEL, text(words.title(random, theme, number))),
        (DESCRIPTION, text(words.sentence(random, theme))), (_p4c("provider"), agency),
        (_p4c("serviceKind"), concept("service-kind", random.choice(words.SERVICE_KINDS))),
        (_p4c("serviceField"), concept("service-field", random.choice(words.SERVICE_FIELDS))),
        (_p4c("theme"), concept("theme", theme)), (_p4c("sector"), f"<{NACE}{random.choice(SECTIONS)}>"),
        (_p4c("targetGroup"), concept("target-group", random.choice(words.TARGET_GROUPS))),
        (_p4c("identifiedBy"), PROJECT), FROM_WORLD,
    )
    yield from _applications(random, places, practice, slug, unit)
    if random.random() < 0.3:
        yield from _condition(random, practice, slug)
    partners = _partners(places)
    if number <= CATALOGUED:
        judges = partners
        yield from about(CATALOGUE, (MEMBER, practice))
        yield from _field_test(random, places, practice, slug, partners[number % len(partners)])
    else:
        judges = random.sample(partners, min(len(partners), random.randint(3, 5)))
    for judge in judges:
        for criterion in SCORED:
            yield from _evaluation(practice, slug, places.agencies[judge], criterion, random)
    new_or_not = (_p4c("category"), concept("renewability", random.choice(("new", "repeated"))))
    yield from _judged(practice, slug, places.agencies[judges[0]], "C4", new_or_not)


def _applications(random: Random, places: Places, practice: str, slug: str, unit: str) -> Iterator[str]:
    """Where it comes from and what came of it there, and where it went."""
    operator, result = random.choice([places.agencies[unit], *places.initiatives[unit]]), res("result", slug)
    yield from _application(
        practice, f"{slug}-0", "Origin", unit, random.choice(OUTCOMES), (_P["operator"], operator),
        (_p4c("start"), typed(random.randint(1995, 2008), "gYear")), (_p4c("result"), result),
    )
    yield from about(
        result, (A, _p4c("Result")), (_p4c("measure"), text(random.choice(words.MEASURES))),
        (_P["value"], typed(random.randint(3, 900), "integer")), (_p4c("unit"), '"number"'), FROM_WORLD,
    )
    for place in range(1, random.choice((1, 1, 2, 2, 3))):
        unit = random.choice(places.units)
        yield from _transfer(random, practice, slug, place, unit, random.choice(OUTCOMES))
    if random.random() < 0.2:
        yield from _field_test(random, places, practice, slug, random.choice(_partners(places)), "-more")


def _transfer(random: Random, practice: str, slug: str, place: int, unit: str, outcome: str) -> Iterator[str]:
    kind = random.choice(("adopted", "adapted", "piloted"))
    return _application(
        practice, f"{slug}-{place}", "Transfer", unit, outcome, (_p4c("takenFrom"), res("application", f"{slug}-0")),
        (_p4c("transferKind"), concept("transfer-kind", kind)),
    )


def _application(practice: str, slug: str, kind: str, unit: str, outcome: str, *more: Pair) -> Iterator[str]:
    application = res("application", slug)
    yield from about(practice, (_P["application"], application))
    yield from about(
        application, (A, _p4c(kind)), (A, _p4c("Application")), (_P["inRegion"], res("region", unit)),
        (_P["applicationStatus"], concept("application-status", "done")),
        (_P["outcome"], concept("outcome", outcome)), FROM_WORLD, *more,
    )


def _field_test(
    random: Random, places: Places, practice: str, slug: str, unit: str, suffix: str = ""
) -> Iterator[str]:
    """A workshop at a partner's, with those asked and those interested."""
    name, group = f"{slug}-test{suffix}", concept("target-group", random.choice(words.TARGET_GROUPS))
    asked = random.randint(8, 60)
    yield from _application(
        practice, name, "Workshop", unit, "positive", (A, _p4c("FieldTest")), (LABEL, text(f"Test of {slug}")),
        (_p4c("fieldTestOf"), PROJECT), (_p4c("partner"), places.agencies[unit]), (_p4c("targetGroup"), group),
        (_p4c("start"), typed("2011", "gYear")), (_p4c("instrument"), res("instrument", name)),
        (_p4c("responses"), res("response-summary", name)),
    )
    yield from about(res("instrument", name), (A, _p4c("Questionnaire")), (A, _p4c("Instrument")))
    yield from about(
        res("response-summary", name), (A, _p4c("ResponseSummary")), (_p4c("ofTargetGroup"), group),
        (_p4c("asked"), typed(asked, "integer")), (_p4c("interested"), typed(random.randint(0, asked), "integer")),
    )


def _condition(random: Random, practice: str, slug: str) -> Iterator[str]:
    condition, indicator = res("condition", slug), words.INDICATORS[random.choice((7, 8, 9))]
    yield from about(practice, (_p4c("condition"), condition))
    yield from about(
        condition, (A, _p4c("TransferCondition")), (_p4c("conditionKind"), concept("condition-kind", "indicator")),
        (_p4c("onIndicator"), res("indicator", indicator.name)),
        (_p4c("minimum"), typed(f"{random.uniform(indicator.low, indicator.high / 2):.1f}", "decimal")),
        (_p4c("importance"), typed(random.randint(1, 3), "integer")),
        (_p4c("required"), typed(random.choice(("true", "false", "false")), "boolean")), FROM_WORLD,
    )


def _evaluation(practice: str, slug: str, partner: str, criterion: str, random: Random) -> Iterator[str]:
    value = (_P["value"], typed(random.randint(*SCALE), "integer"))
    return _judged(practice, slug, partner, criterion, value, (_P["onScale"], FIVE))


def _judged(practice: str, slug: str, partner: str, criterion: str, *judgement: Pair) -> Iterator[str]:
    by = partner.rsplit("-", 1)[-1].rstrip(">")
    return about(
        res("evaluation", f"{slug}-{by}-{criterion.lower()}"), _EVALUATION, (_P["onPractice"], practice),
        (_P["onCriterion"], concept("criterion", criterion)), (_P["byPartner"], partner), *judgement,
        (DATE, typed("2011-03-01", "date")),
    )


def main(arguments: Iterable[str] | None = None) -> None:
    """Writes a world and says how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--triples", type=int, help="about so many statements")
    parser.add_argument("--practices", type=int, help="so many practices instead")
    parser.add_argument("--matching", action="store_true", help="for ranking: a short record, one score a practice")
    parser.add_argument("--seed", type=int, default=20101231)
    given = parser.parse_args(None if arguments is None else list(arguments))
    if bool(given.triples) == bool(given.practices):
        parser.error("give --triples or --practices")
    if given.triples:
        world = World.of_triples(given.triples, matching=given.matching, seed=given.seed)
    else:
        world = World(practices=given.practices, matching=given.matching, seed=given.seed)
    print(f"{write(world, given.folder):,} statements in {given.folder}")


if __name__ == "__main__":
    main()
