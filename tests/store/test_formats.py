from __future__ import annotations

import pyoxigraph as ox
import pytest

from p4c_graph.errors import InputError
from p4c_graph.store import formats
from p4c_graph.store.embedded import Embedded

QUERIES = {
    "SELECT": "SELECT ?s { ?s ?p ?o }",
    "ASK": "ASK {}",
    "CONSTRUCT": "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE": "DESCRIBE <http://example.org/a>",
}
QUAD = ox.Quad(ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/b"), ox.Literal("é"))


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda format: format.name)
def test_every_format_is_written_for_each_of_its_forms(format: formats.Format) -> None:
    for form in format.forms:
        answer = Embedded.in_memory([QUAD]).query(QUERIES[form])
        assert answer.form == form
        assert answer.serialize(format)


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda format: format.name)
def test_media_types_are_those_of_the_engine(format: formats.Format) -> None:
    assert format.content_type == format.engine.media_type
    assert format.extension == format.engine.file_extension
    for media_type in format.media_types:
        assert type(format.engine).from_media_type(media_type) == format.engine


def test_the_first_format_of_a_form_is_its_default() -> None:
    assert [formats.default(form).name for form in QUERIES] == ["json", "json", "ttl", "ttl"]  # type: ignore[arg-type]


def test_a_media_type_depends_on_the_form() -> None:
    assert formats.by_media_type("application/json", "SELECT") is formats.by_name("json")
    assert formats.by_media_type("application/json", "CONSTRUCT") is formats.by_name("jsonld")
    assert formats.by_media_type("Text/CSV; charset=utf-8") is formats.by_name("csv")
    assert formats.by_media_type("text/turtle", "SELECT") is None
    assert formats.by_media_type("image/png") is None


def test_an_unknown_format_is_refused_with_a_list_of_those_that_exist() -> None:
    with pytest.raises(InputError, match="no format 'ttl' for answers of SELECT queries; expected one of: json, xml"):
        formats.by_name("ttl", "SELECT")
