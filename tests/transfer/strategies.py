"""Random small worlds for properties that must hold in all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from p4c_graph.transfer.features import ACTORS

from .worlds import ACTIVITY, POPULATION, World, indicator

often = settings(max_examples=40, deadline=None, derandomize=True)
"""How often a property is tried; the same examples each time, and no deadline on a busy machine."""
SLUGS = ("p0", "p1", "p2", "p3", "p4")
CODES = ("AA01", "AA02", "AB01", "AB02", "AB03")
PARTS = ("AA011", "AB021")
WHOLES = ("AA", "AB")
share = st.floats(0, 1, allow_nan=False)
maybe = st.one_of(st.none(), share)
anywhere = st.sampled_from((*CODES, *PARTS, *WHOLES))
themes = st.sets(st.sampled_from(("financing", "training", "skills")), max_size=2)
sectors = st.sets(st.sampled_from("CJK"), max_size=2)
KINDS = ("Origin", "Transfer", "Workshop", "Implementation", "FieldTest", "Application")
STATUSES = ("done", "done", "done", "planned", "cancelled", "unknown")
OUTCOMES = ("positive", "negative", "mixed", "unknown", "unknown")


@st.composite
def applications(draw: st.DrawFn) -> dict[str, Any]:
    """What one application of a practice is."""
    asked = draw(st.integers(0, 4))
    return {
        "codes": draw(st.lists(anywhere, max_size=2, unique=True)), "kind": draw(st.sampled_from(KINDS)),
        "status": draw(st.sampled_from(STATUSES)), "outcome": draw(st.sampled_from(OUTCOMES)),
        "has_result": draw(st.booleans()), "asked": asked, "interested": draw(st.integers(0, asked)),
        "projects": draw(st.sets(st.sampled_from(("ONE", "TWO")), max_size=1)),
    }


@st.composite
def worlds(draw: st.DrawFn, units: int | None = None) -> World:
    """A world of two countries, up to five NUTS 2 regions with two parts, and up to five practices."""
    world = World()
    chosen = CODES[:units or draw(st.integers(2, len(CODES)))]
    for code in chosen:
        world.unit(code, draw(maybe), draw(maybe), draw(maybe), languages=[])
        for of, value in ((ACTIVITY, draw(st.one_of(st.none(), st.integers(0, 300)))), (POPULATION, 1e6)):
            if value is not None:
                world.observe(code, of, float(value))
    for part in PARTS:
        if part[:4] in chosen:
            world.region(part, 3, part[:4])
    for whole in WHOLES:
        if whole in world.regions and draw(st.booleans()):
            world.regions[whole].languages.append(draw(st.sampled_from(("fr", "de"))))
    for slug in SLUGS[:draw(st.integers(1, len(SLUGS)))]:
        practice(draw, world, slug)
    here = st.sets(st.sampled_from(sorted(world.regions)), min_size=1, max_size=2)
    for i in range(draw(st.integers(0, 3))):
        world.actor(f"o{i}", draw(st.sampled_from(ACTORS[:2])), *draw(here), sectors=draw(sectors))
    for i in range(draw(st.integers(0, 2))):
        world.need(f"n{i}", *draw(here), themes=draw(themes), sectors=draw(sectors))
    for kind in ACTORS[:2]:
        if draw(st.booleans()):
            world.complete(draw(st.sampled_from(sorted(world.regions))), kind)
    return world


def practice(draw: st.DrawFn, world: World, slug: str) -> None:
    """Adds a random practice to a world."""
    made = world.practice(
        slug, themes=draw(themes), sectors=draw(sectors),
        kind=draw(st.sampled_from((None, "individual", "open-collective"))),
        kept_share=draw(st.one_of(st.none(), st.floats(0.1, 1))))
    for partner in range(draw(st.integers(0, 2))):
        made.scores[f"partner-{partner}"] = {"C1": [draw(share)], "C5": [draw(share)]}
    for application in draw(st.lists(applications(), max_size=4)):
        codes = [code for code in application.pop("codes") if code in world.regions]
        world.apply(slug, *codes, **application)
    for _ in range(draw(st.integers(0, 3))):
        of = draw(st.sampled_from(("plain", "actor", "indicator")))
        world.condition(
            slug, draw(st.integers(1, 3)), draw(st.booleans()),
            actor=draw(st.sampled_from(ACTORS[:2])) if of == "actor" else None,
            sector=draw(st.sampled_from((None, "C"))) if of == "actor" else None,
            indicator=indicator("a") if of == "indicator" else None, minimum=draw(share) if of == "indicator" else None)
