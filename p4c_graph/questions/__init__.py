"""The question library: ``.rq`` files with a head → parameters bound as typed terms, and the library as RDF."""

from p4c_graph.questions.binding import parameter_name
from p4c_graph.questions.head import Choices, Head, Parameter, Text
from p4c_graph.questions.library import Library, Question
from p4c_graph.questions.rdf import describe
from p4c_graph.questions.readable import readable
from p4c_graph.questions.resolver import Choice, Resolver

__all__ = [
    "Choice", "Choices", "Head", "Library", "Parameter", "Question", "Resolver", "Text",
    "describe", "parameter_name", "readable",
]
