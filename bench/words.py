"""The words, ranges and codes of which a made-up world consists."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Indicator:
    """An indicator of the shipped data, its unit there, the year the model reads, and bounds for the figures drawn."""

    name: str
    label: str
    unit: str
    dimension: str
    year: int
    low: float
    high: float
    log: bool = False


INDICATORS = (
    Indicator("population", "Population", "persons", "geo-demography", 2018, 2e5, 6e6, True),
    Indicator("population-density", "Population density", "persons per km²", "geo-demography", 2018, 20, 1500, True),
    Indicator("gdp-pps-per-inhabitant", "GDP per inhabitant", "PPS per inhabitant", "economy", 2018, 8e3, 7e4, True),
    Indicator("share-employment-secondary", "Employment in industry", "% of employment", "sectoral-structure", 2016,
              10, 42),
    Indicator("share-employment-tertiary", "Employment in services", "% of employment", "sectoral-structure", 2016,
              48, 88),
    Indicator("share-knowledge-intensive-services", "Employment in knowledge-intensive services",
              "% of total employment", "sectoral-structure", 2018, 22, 55),
    Indicator("share-high-and-medium-high-tech-manufacturing", "Employment in high technology manufacturing",
              "% of total employment", "sectoral-structure", 2018, 1, 16),
    Indicator("share-tertiary-education", "Population with tertiary education", "% of population aged 25-64",
              "human-resources", 2018, 14, 50),
    Indicator("share-hrst", "Human resources in science and technology", "% of population, ages 15-74",
              "human-resources", 2018, 16, 50),
    Indicator("unemployment-rate", "Unemployment rate", "% of labour force aged 15 and over", "performance", 2018,
              2, 25),
    Indicator("gerd-pct-gdp", "Expenditure on R&D", "% of GDP", "technology", 2018, 0.1, 6),
    Indicator("interreg-projects-2014-2020", "Interreg projects", "projects (2014-2020 period)", "openness", 2020,
              5, 300, True),
)

LEVELS = ("Country", "Part", "Region", "District")
LANGUAGES = ("de", "el", "en", "es", "et", "fi", "fr", "it", "mt", "pl", "sl")
THEMES = (
    "financing", "cluster-management", "innovation-support", "technology-transfer", "training",
    "internationalisation-mission", "incubation", "collaborative-projects", "policy-governance", "skills",
    "matchmaking", "shared-infrastructure", "digitalisation", "european-networking", "marketing-branding",
    "green-transition",
)
SERVICE_KINDS = ("open-collective", "closed-collective", "partnership", "individual")
SERVICE_FIELDS = (
    "education-and-training", "expansion", "research-and-networking", "commercial-cooperation",
    "innovation-and-technology", "policy-actions",
)
TARGET_GROUPS = (
    "smes", "researchers", "start-ups", "clusters", "large-companies", "public-authorities", "development-agencies",
    "business-service-providers", "cluster-managers",
)
SECTORS = {
    "A": "Food", "C": "Manufacturing", "F": "Construction", "G": "Trade", "H": "Logistics", "I": "Tourism",
    "J": "Software", "K": "Finance", "M": "Engineering", "N": "Services", "R": "Culture",
}
MEASURES = ("firms served", "jobs created", "projects begun", "patents filed", "persons trained", "visits made")
FORMS = ("voucher", "network", "academy", "fund", "forum", "mission", "laboratory", "platform", "club", "audit")
WHOM = ("small firms", "young firms", "exporters", "family firms", "cluster managers", "suppliers", "researchers")
_VERBS = ("Brings together", "Pays for", "Trains", "Advises", "Introduces", "Accompanies")
_ENDS = (
    "for a first project in common", "until they stand on their own", "with an annual meeting", "over two years",
    "in small groups", "at half the cost", "with partners from abroad",
)


def title(random: Random, theme: str, number: int) -> str:
    """The name of a practice: its theme, a form, for whom, and its number."""
    return f"{theme.replace('-', ' ').capitalize()} {random.choice(FORMS)} for {random.choice(WHOM)} {number}"


def sentence(random: Random, theme: str) -> str:
    """What a practice does."""
    what = f"{random.choice(_VERBS)} {random.choice(WHOM)} {random.choice(_ENDS)}"
    return f"{what}, in the field of {theme.replace('-', ' ')}."
