"""Counter-examples: for each shape a change to the valid graph that it objects to, and a neighbour that it does not.

A change is SPARQL Update over the default graph of ``fixtures/valid.trig``; an empty one is the graph as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

WRONG = "practice:booth"
"""Something described, but of no class that the properties below point to (except practice)."""


@dataclass(frozen=True)
class Case:
    shape: str
    bad: str
    good: str = ""
    also: frozenset[str] = field(default=frozenset())
    """Shapes that cannot but object as well."""


def add(subject: str, predicate: str, *values: str) -> str:
    return new(f"{subject} {predicate} {' , '.join(values)} .")


def drop(subject: str, predicate: str, value: str = "?value") -> str:
    return f"DELETE WHERE {{ {subject} {predicate} {value} }}"


def put(subject: str, predicate: str, *values: str) -> str:
    return both(drop(subject, predicate), add(subject, predicate, *values))


def new(turtle: str) -> str:
    return f"INSERT DATA {{ {turtle} }}"


def forget(subject: str) -> str:
    return both(drop(subject, "?predicate"), f"DELETE WHERE {{ ?subject ?predicate {subject} }}")


def both(*changes: str) -> str:
    return " ; ".join(changes)


_numbers = count(1)


def fresh(kind: str) -> str:
    """A name that no other case uses, so that many can be tried at once: ``evaluation:x7``."""
    return f"{kind}:x{next(_numbers)}"


def thing(name: str, kind: str, start: dict[str, str], **changed: str | None) -> str:
    """A new thing with these properties; ``changed`` replaces one (p4c: prefix understood), None leaves it out."""
    given = {**start, **{name: value for name, value in changed.items() if value is not None}}
    left_out = {name for name, value in changed.items() if value is None}
    parts = [f"{key if ':' in key else 'p4c:' + key} {value}" for key, value in given.items() if key not in left_out]
    return new(f"{name} a {kind} ; {' ; '.join(parts)} .")


def evaluation(**changed: str | None) -> str:
    start = {
        "onPractice": "practice:training",
        "onCriterion": "criterion:C2.1",
        "byPartner": "organisation:north-agency",
        "value": "3",
        "onScale": "scale:five",
        "dct:date": '"2012"^^xsd:gYear',
    }
    return thing(fresh("evaluation"), "p4c:Evaluation", start, **changed)


def partnership(**changed: str | None) -> str:
    start = {
        "inProject": "project:pool",
        "member": "organisation:wood",
        "role": "role:contact",
        "actsFor": "region:XX11",
    }
    return thing(fresh("partnership"), "p4c:Partnership", start, **changed)


def field_test(**changed: str | None) -> str:
    start = {
        "rdfs:label": '"One more test"@en',
        "fieldTestOf": "project:pool",
        "partner": "organisation:north-agency",
        "inRegion": "region:XX11",
        "applicationStatus": "status:planned",
        "dct:source": "source:notes",
    }
    name = fresh("application")
    return both(
        thing(name, "p4c:Implementation , p4c:FieldTest , p4c:Application", start, **changed),
        add("practice:booth", "p4c:application", name),
    )


def scale(**changed: str | None) -> str:
    return thing(fresh("scale"), "p4c:Scale", {"rdfs:label": '"X"@en', "minimum": "0", "maximum": "10"}, **changed)


def region(level: str) -> str:
    return new(
        f'{fresh("region")} a p4c:Region ; rdfs:label "X"@en ; p4c:level {level} ; p4c:countryCode "XX" ; '
        'p4c:broaderRegion region:bay ; skos:notation "X" .'
    )


def component(rest: str) -> str:
    return new(f"{fresh('model')} a p4c:ModelComponent ; {rest} .")


OTHER_PROJECT = new('project:other a p4c:Project ; rdfs:label "Other" ; p4c:programme programme:exchange .')
OTHER_SCALE = new('scale:ten a p4c:Scale ; rdfs:label "Ten"@en ; p4c:minimum 0 ; p4c:maximum 10 .')
OTHER_INDICATOR = new(
    'indicator:x a p4c:Indicator ; rdfs:label "X"@en ; p4c:unit "persons" ; p4c:dimension dimension:economy .'
)
