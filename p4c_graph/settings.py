"""The one table of settings: environment ``P4C_…``, then ``p4c.toml`` in the current folder, then these defaults."""

from __future__ import annotations

import os
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from p4c_graph.errors import InputError, UnknownName, expected
from p4c_graph.namespaces import ROOT

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]

_ADDRESS = r"https?://[^\s/@?#]+(/[^\s?#]*)?"


class Settings(BaseSettings):
    """All settings of the program; every field has a default and one line of help."""

    model_config = SettingsConfigDict(env_prefix="P4C_", toml_file="p4c.toml", extra="forbid", frozen=True)

    store: Path = Field(Path(".p4c"), description="Folder of the snapshots.")
    base_iri: str = Field(ROOT, description="Base of the IRIs of resources and graphs; ends with a slash.")
    keep_snapshots: Count = Field(10, description="How many snapshots are kept; older ones are removed.")
    memory_statements: Count = Field(
        12_000_000, description="Up to this many statements builds and the server work in memory; beyond, on disk."
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port the server listens on.")
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="Address under which visitors reach the server; its path is the prefix a proxy takes away.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses of proxies whose X-Forwarded-For and -Proto are believed, with commas."
    )
    publisher: str = Field("p4c_graph", description="Name of the organisation that publishes this graph.")
    contact: str | None = Field(
        None, description="Address of the publisher's contact page, or mailto:; the public address where not set."
    )
    embed_ancestors: str = Field(
        "*", description="Which sites may show /embed pages inside theirs: the frame-ancestors of their policy."
    )
    query_timeout: Seconds = Field(30.0, description="Seconds one SPARQL query may run.")
    query_workers: Count = Field(2, description="Worker processes for visitors' queries.")
    page_workers: Count = Field(1, description="Worker processes for the site's own questions.")
    query_queue: Count = Field(32, description="Queries that may wait for a worker; one more is answered 503.")
    cache_bytes: Annotated[int, Field(ge=0)] = Field(
        64_000_000,
        description="Bytes of query answers that are kept to be given again, and as many of pages; 0 keeps none."
    )
    max_result_bytes: Count = Field(50_000_000, description="Bytes of one query result; a larger one is refused.")
    document_incoming: Count = Field(
        1000, description="Incoming statements of one property that a resource's document holds."
    )
    max_result_rows: Count = Field(
        1_000_000, description="Rows or statements of one query result; a larger one is refused."
    )
    max_body_bytes: Count = Field(1_000_000, description="Bytes of one request body.")
    max_unpacked_bytes: Count = Field(
        100_000_000, description="Bytes an imported or submitted workbook may unpack to; a larger one is refused."
    )
    max_rows: Count = Field(50_000, description="Rows of one imported or submitted sheet.")
    max_import_statements: Count = Field(2_000_000, description="Statements one imported or submitted file may make.")
    write_timeout: Seconds = Field(120.0, description="Seconds one write over HTTP may take.")
    max_write_bytes: Count = Field(50_000_000, description="Bytes of the body of one write: an update, a graph.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How the server writes its log: JSON lines, text, or text at a terminal and JSON elsewhere."
    )
    drain_seconds: Count = Field(
        30, description="Seconds a server that is told to stop gives to the requests under way."
    )
    worker_memory_bytes: Count = Field(
        4_000_000_000, description="Memory one query may take beyond what the snapshot needs."
    )

    sparql_url: str = Field(
        "", description="Address for queries of the SPARQL server that holds the graph; empty: the store folder does."
    )
    sparql_update_url: str = Field("", description="Its address for updates.")
    sparql_graph_store_url: str = Field("", description="Its address for the graph store protocol.")
    sparql_user: str = Field("", description="User name on the SPARQL server, given where it asks for one.")
    sparql_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    sparql_token: SecretStr = Field(SecretStr(""), description="Bearer token for the SPARQL server.")
    sparql_connect_timeout: Seconds = Field(5.0, description="Seconds to wait for a connection to the SPARQL server.")
    sparql_bulk_timeout: Seconds = Field(
        300.0, description="Seconds one request may take by which the graph is pushed there, or read for ranking."
    )

    @field_validator("sparql_url", "sparql_update_url", "sparql_graph_store_url")
    @classmethod
    def _address_is_http_without_credentials(cls, value: str) -> str:
        if value and not re.fullmatch(_ADDRESS, value):
            raise ValueError(
                "an address that starts with http:// or https:// and has no spaces, ? or #; "
                "name and password have settings of their own"
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _public_address_is_http(cls, value: str) -> str:
        if not re.fullmatch(_ADDRESS, value):
            raise ValueError("an address that starts with http:// or https:// and has no spaces, ? or #")
        return value

    @field_validator("base_iri")
    @classmethod
    def _base_is_an_iri_with_slash(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`?#/][^\s<>\"{}|\\^`?#]*/", value):
            raise ValueError("an IRI that starts with http:// or https:// and ends with /, without spaces, ? or #")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where settings are looked for, what wins first."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def load(**overrides: object) -> Settings:
    """The settings in force; ``overrides`` win over environment and file, but for those that are None.

    Raises InputError that names the setting and what was expected.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        key, given = str(first["loc"][0]), first["input"]
        name = f"P4C_{key.upper()}"
        if first["type"] == "extra_forbidden":
            near = get_close_matches(key, Settings.model_fields, n=1)
            raise UnknownName(f"p4c.toml: there is no setting {key!r}.", parameter=name, near=near) from None
        # An address may hold a password, which no message is to repeat.
        is_given = ":" if "@" in str(given) else f" is {given!r};"
        raise InputError(f"setting {name}{is_given} expected {expected(first)[0]}", parameter=name) from None
    except ValueError as error:
        raise InputError(f"p4c.toml: is not TOML: {error}") from None


def in_environment() -> tuple[list[str], list[str]]:
    """The variables that give settings, and those that look like it but are the names of none."""
    given = sorted(name for name in os.environ if name.startswith("P4C_"))
    known = [name for name in given if name.removeprefix("P4C_").lower() in Settings.model_fields]
    return known, [name for name in given if name not in known]


def resources() -> Path:
    """The folder of ``ontology``, ``data`` and ``sparql``: in the installed package, or the repository."""
    package = Path(sys.modules["p4c_graph"].__file__ or "").parent
    shipped = package / "resources"
    return shipped if shipped.is_dir() else package.parent
