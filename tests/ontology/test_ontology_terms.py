"""Every term and concept is described well enough to have a page of its own."""

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

P4C = Namespace("https://w3id.org/pooling4clusters/ontology#")
ONTOLOGY = URIRef("https://w3id.org/pooling4clusters/ontology")
SCHEMA = Namespace("https://schema.org/")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
BOTH = ["en", "fr"]


def terms(graph: Graph) -> list[URIRef]:
    return sorted({s for kind in KINDS for s in graph.subjects(RDF.type, kind)})


def languages(graph: Graph, subject: URIRef, predicate: URIRef) -> list[str]:
    return sorted(o.language or "" for o in graph.objects(subject, predicate) if isinstance(o, Literal))


def test_the_ontology_says_what_it_is(vocabulary: Graph) -> None:
    assert languages(vocabulary, ONTOLOGY, DCTERMS.title) == BOTH
    assert languages(vocabulary, ONTOLOGY, DCTERMS.description) == BOTH
    version = vocabulary.value(ONTOLOGY, OWL.versionInfo)
    assert vocabulary.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")
    assert vocabulary.value(ONTOLOGY, DCTERMS.license)


def test_a_term_is_of_one_kind_and_in_our_namespace(vocabulary: Graph) -> None:
    assert terms(vocabulary)
    for term in terms(vocabulary):
        assert term.startswith(P4C), term
        assert len(set(vocabulary.objects(term, RDF.type)) & set(KINDS)) == 1, term
        initial = term.removeprefix(P4C)[0]
        assert initial.isupper() == ((term, RDF.type, OWL.Class) in vocabulary), term


def test_a_term_has_one_label_and_one_comment_in_each_language(vocabulary: Graph) -> None:
    for term in terms(vocabulary):
        assert languages(vocabulary, term, RDFS.label) == BOTH, term
        assert languages(vocabulary, term, RDFS.comment) == BOTH, term
        assert vocabulary.value(term, RDFS.isDefinedBy) == ONTOLOGY, term


def test_no_two_classes_and_no_two_properties_share_a_label(vocabulary: Graph) -> None:
    for of_classes in (True, False):
        labels = [
            label
            for term in terms(vocabulary)
            if ((term, RDF.type, OWL.Class) in vocabulary) == of_classes
            for label in vocabulary.objects(term, RDFS.label)
        ]
        assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_every_term_of_ours_that_the_ontology_mentions_is_defined(vocabulary: Graph) -> None:
    mentioned = {t for triple in vocabulary for t in triple if isinstance(t, URIRef) and t.startswith(P4C)}
    assert mentioned <= set(vocabulary.subjects())


def test_a_property_has_a_range_of_the_right_kind(vocabulary: Graph) -> None:
    for prop in set(vocabulary.subjects(RDF.type, OWL.ObjectProperty)):
        ranges = [*vocabulary.objects(prop, RDFS.range), *vocabulary.objects(prop, SCHEMA.rangeIncludes)]
        assert ranges, prop
        assert not [r for r in ranges if r == RDFS.Literal or r.startswith(str(XSD))], prop
    for prop in set(vocabulary.subjects(RDF.type, OWL.DatatypeProperty)):
        ranges = [*vocabulary.objects(prop, RDFS.range), *vocabulary.objects(prop, SCHEMA.rangeIncludes)]
        assert ranges, prop
        assert all(r == RDFS.Literal or r.startswith(str(XSD)) for r in ranges), prop


def test_a_property_of_one_class_has_a_domain_and_of_several_only_includes(vocabulary: Graph) -> None:
    for said, included in ((RDFS.domain, SCHEMA.domainIncludes), (RDFS.range, SCHEMA.rangeIncludes)):
        for prop in set(vocabulary.subjects(said)):
            assert len(list(vocabulary.objects(prop, said))) == 1, prop
            assert not list(vocabulary.objects(prop, included)), prop
        for prop in set(vocabulary.subjects(included)):
            assert len(list(vocabulary.objects(prop, included))) > 1, prop


def test_a_property_whose_values_are_concepts_names_its_scheme(vocabulary: Graph) -> None:
    for prop in vocabulary.subjects(RDFS.range, SKOS.Concept):
        schemes = [
            s
            for s in vocabulary.objects(prop, RDFS.seeAlso)
            if (s, RDF.type, SKOS.ConceptScheme) in vocabulary
        ]
        assert len(schemes) == 1, prop


def test_a_scheme_has_a_label_a_definition_and_concepts(vocabulary: Graph) -> None:
    for scheme in vocabulary.subjects(RDF.type, SKOS.ConceptScheme):
        assert languages(vocabulary, scheme, SKOS.prefLabel) == BOTH, scheme
        assert languages(vocabulary, scheme, SKOS.definition) == BOTH, scheme
        assert len(list(vocabulary.subjects(SKOS.topConceptOf, scheme))) > 1, scheme


def test_a_concept_has_a_label_and_a_definition_in_each_language_and_a_scheme(vocabulary: Graph) -> None:
    for concept in vocabulary.subjects(RDF.type, SKOS.Concept):
        assert languages(vocabulary, concept, SKOS.prefLabel) == BOTH, concept
        assert languages(vocabulary, concept, SKOS.definition) == BOTH, concept
        schemes = list(vocabulary.objects(concept, SKOS.inScheme))
        assert len(schemes) == 1, concept
        assert (schemes[0], RDF.type, SKOS.ConceptScheme) in vocabulary, concept
        above = list(vocabulary.objects(concept, SKOS.topConceptOf)) + list(
            vocabulary.objects(concept, SKOS.broader)
        )
        assert len(above) == 1, concept


def test_no_two_concepts_of_a_scheme_share_a_label(vocabulary: Graph) -> None:
    for scheme in vocabulary.subjects(RDF.type, SKOS.ConceptScheme):
        labels = [
            o
            for c in vocabulary.subjects(SKOS.inScheme, scheme)
            for o in vocabulary.objects(c, SKOS.prefLabel)
        ]
        assert len(labels) == len(set(labels)), scheme


@pytest.mark.parametrize(
    "mapping", [SKOS.closeMatch, SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch]
)
def test_mappings_hold_between_concepts_of_different_schemes_only(vocabulary: Graph, mapping: URIRef) -> None:
    for one, other in vocabulary.subject_objects(mapping):
        for concept in (one, other):
            assert (concept, RDF.type, SKOS.Concept) in vocabulary, concept
        assert vocabulary.value(one, SKOS.inScheme) != vocabulary.value(other, SKOS.inScheme), one


def test_the_criteria_have_two_levels_and_three_perspectives(vocabulary: Graph) -> None:
    criteria = set(vocabulary.subjects(RDF.type, P4C.Criterion))
    by_code = {str(vocabulary.value(c, SKOS.notation)): c for c in criteria}
    assert sorted(by_code) == [
        "C1", "C1.1", "C1.2", "C1.3", "C2", "C2.1", "C2.2", "C2.3", "C3", "C3.1", "C3.2", "C3.3", "C4", "C5",
    ]  # fmt: skip
    expected = {"C1": P4C.ClusterInitiative, "C2": P4C.DevelopmentAgency, "C3": P4C.Enterprise}
    for code, criterion in by_code.items():
        assert (criterion, RDF.type, SKOS.Concept) in vocabulary
        assert vocabulary.value(criterion, P4C.perspective) == expected.get(code[:2])
        assert vocabulary.value(criterion, SKOS.broader) == (by_code[code[:2]] if "." in code else None)


def test_nace_has_its_21_sections(vocabulary: Graph) -> None:
    nace = "http://data.europa.eu/ux2/nace2/"
    assert {str(c) for c in vocabulary.subjects(SKOS.inScheme, URIRef(nace + "nace2"))} == {
        nace + letter for letter in "ABCDEFGHIJKLMNOPQRSTU"
    }
