"""Settings for web servers that hand out a static copy: media types, and which format a client gets."""

from __future__ import annotations

from collections.abc import Sequence

from p4c_graph.publish.sitemap import FIGURES

_TYPES = {
    "ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml", "nt": "application/n-triples",
    "trig": "application/trig", "nq": "application/n-quads",
}
_ORDER = ("jsonld", "rdf", "nt", "json")
_FIGURES = rf"(?:{'|'.join(FIGURES)})/.+?"
_WHOLE = "dumps/all.ttl.gz"


def files(root: str, languages: Sequence[str], service: str | None = None) -> dict[str, bytes]:
    """File name → content. They do not read q values: of the types that Accept names, the first in our order wins.

    A single figure leads to the ``service``, where one is named; else to the dump that holds it, a browser to the page
    of the data set.
    """
    of_server = {".htaccess": _apache, "nginx.conf": _nginx}
    return {name: written(root, languages, service).encode() for name, written in of_server.items()}


def _apache(root: str, languages: Sequence[str], service: str | None) -> str:
    types = "\n".join(f"AddType {kind} .{ending}" for ending, kind in _TYPES.items())
    first, others = languages[0], languages[1:]
    page = r"^((?:doc|ontology)/.+|ontology|dataset)$"
    spoken = "\n".join(
        f"RewriteCond %{{HTTP_ACCEPT}} text/html\n"
        f"RewriteCond %{{HTTP:Accept-Language}} ^{language} [NC]\n"
        f"RewriteRule {page} {language}/$1.html [R=303,L]" for language in others)
    figures = f"""RewriteCond %{{HTTP_ACCEPT}} text/html
RewriteRule ^(?:id|doc)/{_FIGURES}/?$ dataset [R=303,L]
RewriteRule ^(?:id|doc)/{_FIGURES}/?$ {_WHOLE} [R=303,L]"""
    if service:
        figures = f"RewriteRule ^(?:id|doc)/({_FIGURES})/?$ {service.rstrip('/')}/doc/$1 [R=303,L]"
    data = "\n".join(
        f"RewriteCond %{{HTTP_ACCEPT}} {_accepted(ending)}\nRewriteCond %{{REQUEST_FILENAME}}.{ending} -f\n"
        f"RewriteRule ^doc/(.+)$ doc/$1.{ending} [L]"
        for ending in _ORDER)
    return f"""# Apache: mod_rewrite, mod_mime, mod_dir, mod_headers; AllowOverride FileInfo Indexes; no MultiViews.
DirectoryIndex index.html
{types}
RemoveEncoding .gz
AddType application/gzip .gz
<Files void>
ForceType text/turtle
</Files>
Header set Access-Control-Allow-Origin "*"
Header merge Vary Accept
RewriteEngine On
RewriteBase {root}/
{figures}
RewriteRule ^id/(.+?)/?$ doc/$1 [R=303,L]
RewriteRule ^((?:scheme|graph)/.+?)/?$ doc/$1 [R=303,L]
RewriteRule ^ontology/[0-9.]+$ ontology.ttl [L]
# What has no ending: the page where a browser asks, else the format asked for, else Turtle.
RewriteCond %{{REQUEST_FILENAME}} -f
RewriteRule ^ - [L]
RewriteCond %{{REQUEST_FILENAME}}.html -f
RewriteRule ^(.+)$ $1.html [L]
{spoken}
RewriteCond %{{HTTP_ACCEPT}} text/html
RewriteRule {page} {first}/$1.html [R=303,L]
RewriteRule ^ontology/.+$ ontology.ttl [L]
RewriteRule ^(ontology|shapes|dataset)$ $1.ttl [L]
{data}
RewriteCond %{{REQUEST_FILENAME}}.ttl -f
RewriteRule ^doc/(.+)$ doc/$1.ttl [L]
"""


def _nginx(root: str, languages: Sequence[str], service: str | None) -> str:
    first, others = languages[0], languages[1:]
    endings = "\n".join(f'    "~*{_accepted(ending)}" {ending};' for ending in _ORDER)
    spoken = "\n".join(f'    "~*^{language}" {language};' for language in others)
    page = f"if ($p4c_ending = html) {{ return 303 {root}/$p4c_language"
    figures = f"{page}/dataset.html; }}\n    return 303 {root}/{_WHOLE};"
    if service:
        figures = f"return 303 {service.rstrip('/')}/doc/$p4c_name;"
    types = "".join(f"    {kind} {ending};\n" for ending, kind in _TYPES.items())
    files = "|".join((*_TYPES, "json"))
    return f"""# nginx: the two maps belong into http, the rest into a server that sets $site to the folder of the copy.
map $http_accept $p4c_ending {{
    default ttl;
    "~*text/html" html;
{endings}
}}
map $http_accept_language $p4c_language {{
    default {first};
{spoken}
}}

types {{
    text/html html;
    text/css css;
    text/javascript js;
    text/csv csv;
    text/plain txt;
    image/svg+xml svg;
    application/json json;
    application/xml xml;
{types}    application/gzip gz;
}}
add_header Access-Control-Allow-Origin *;
add_header Vary Accept;
root $site;

location ~ ^{root}/(?:id|doc)/(?<p4c_name>{_FIGURES})/?$ {{
    {figures}
}}
location ~ ^{root}/id/(?<p4c_name>.+?)/?$ {{ return 303 {root}/doc/$p4c_name; }}
location ~ ^{root}/(?<p4c_name>(?:scheme|graph)/.+?)/?$ {{ return 303 {root}/doc/$p4c_name; }}
location ~ ^{root}/(?<p4c_name>doc/.+\\.(?:{files}))$ {{ try_files /$p4c_name =404; }}
location ~ ^{root}/doc/(?<p4c_name>.+)$ {{
    {page}/doc/$p4c_name.html; }}
    try_files /doc/$p4c_name.$p4c_ending /doc/$p4c_name.ttl =404;
}}
location ~ ^{root}/(?<p4c_name>ontology(?:/.+)?)$ {{
    {page}/$p4c_name.html; }}
    try_files /ontology.ttl =404;
}}
location = {root}/dataset {{
    {page}/dataset.html; }}
    try_files /dataset.ttl =404;
}}
location = {root}/.well-known/void {{ default_type text/turtle; try_files /.well-known/void =404; }}
location ~ ^{root}/(?<p4c_name>.*)$ {{
    try_files /$p4c_name /$p4c_name.html /${{p4c_name}}index.html /$p4c_name.ttl =404;
}}
"""


def _accepted(ending: str) -> str:
    return (_TYPES.get(ending) or "application/json").replace("+", r"\+").replace(".", r"\.")
