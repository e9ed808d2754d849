"""What pages tell search engines."""

from __future__ import annotations

from p4c_graph.namespaces import DCT, FOAF, ORG, P4C, RDF, RDFS, WGS
from p4c_graph.publish.schemaorg import Told, dataset_schema, schema_org

ADDRESS = "https://p4c.example.org/en/doc/practice/one"


def schema(kind: str, **facts: list[Told]) -> dict[str, object] | None:
    named = {"provider": P4C.provider, "description": DCT.description, "page": FOAF.page, "lat": WGS.lat,
             "long": WGS.long, "publisher": DCT.publisher, "label": RDFS.label, "inRegion": P4C.inRegion}
    return schema_org("https://x/id/practice/one", "One", ADDRESS, "en", {
        RDF.type: [Told("", kind)], **{named[name]: values for name, values in facts.items()}})


def test_a_practice_is_a_service_of_its_provider() -> None:
    assert schema(P4C.Practice, provider=[Told("Agency", "https://x/id/organisation/a")],
                  description=[Told("Trains </script> managers")]) == {
        "@context": "https://schema.org/", "@type": "Service", "@id": "https://x/id/practice/one", "name": "One",
        "url": ADDRESS, "provider": {"@id": "https://x/id/organisation/a", "name": "Agency"},
        "description": "Trains </script> managers",
    }


def test_a_region_has_its_place_and_a_source_its_publisher() -> None:
    region = schema(P4C.Region, lat=[Told("43.9")], long=[Told("6.0")])
    assert region
    assert region["geo"] == {"@type": "GeoCoordinates", "latitude": "43.9", "longitude": "6.0"}
    source = schema(P4C.Source, publisher=[Told("Nobody")], page=[Told("", "https://example.org/notes")])
    assert source
    assert source["publisher"] == {"@type": "Organization", "name": "Nobody"}
    assert source["sameAs"] == "https://example.org/notes"


def test_what_schema_org_has_no_kind_for_tells_nothing_and_properties_keep_to_their_kinds() -> None:
    assert schema(P4C.Observation) is None
    organisation = schema(ORG.Organization, inRegion=[Told("North", "https://x/id/region/XX11")],
                          provider=[Told("Agency", "https://x/id/organisation/a")])
    assert organisation
    assert "provider" not in organisation
    assert organisation["location"] == {"@id": "https://x/id/region/XX11", "name": "North"}


def test_the_data_set_names_its_downloads() -> None:
    told = dataset_schema({
        "url": "https://x/dataset", "name": "Data", "description": "All", "license": "https://x/dataset#terms",
        "publisher": "Agency", "downloads": [("https://x/dumps/all.ttl.gz", "text/turtle")]})
    assert (told["@context"], told["@type"]) == ("https://schema.org/", "Dataset")
    assert told["distribution"] == [
        {"@type": "DataDownload", "contentUrl": "https://x/dumps/all.ttl.gz", "encodingFormat": "text/turtle"}]
