"""Counter-examples to ontology/shapes/core.ttl."""

from __future__ import annotations

from .cases import (
    OTHER_INDICATOR,
    OTHER_PROJECT,
    OTHER_SCALE,
    WRONG,
    Case,
    add,
    both,
    component,
    drop,
    evaluation,
    field_test,
    new,
    partnership,
    put,
    region,
    scale,
)


def year(value: str) -> str:
    return f'"{value}"^^xsd:gYear'


def day(value: str) -> str:
    return f'"{value}"^^xsd:date'


ORIGIN, BOOTH_ORIGIN, TRANSFER = (
    "application:training-origin",
    "application:booth-origin",
    "application:training-transfer",
)
PRACTICES = [
    Case("Practice-label", drop("practice:booth", "rdfs:label"), put("practice:booth", "rdfs:label", '"Stand"@fr')),
    Case(
        "Practice-provider",
        drop("practice:booth", "p4c:providerUnknown"),
        both(
            drop("practice:booth", "p4c:providerUnknown"),
            add("practice:booth", "p4c:provider", "organisation:wood"),
        ),
    ),
    Case("Practice-provider", put("practice:booth", "p4c:providerUnknown", "false")),
    Case(
        "Practice-provider-contradiction",
        add("practice:training", "p4c:providerUnknown", "true"),
        add("practice:training", "p4c:providerUnknown", "false"),
    ),
    Case("cost-number", put("practice:training", "p4c:cost", "-1"), put("practice:training", "p4c:cost", "0")),
    Case("cost-number", put("practice:training", "p4c:cost", '"cheap"'), put("practice:training", "p4c:cost", "0.5")),
    Case("staff-number", put("practice:training", "p4c:staff", "-0.5"), put("practice:training", "p4c:staff", "0")),
    Case(
        "timesRepeated-number",
        put("practice:training", "p4c:timesRepeated", "2.5"),
        put("practice:training", "p4c:timesRepeated", "0"),
    ),
    Case(
        "text-mail",
        add("practice:booth", "dct:description", '"Write to info@example.org."@en'),
        add("practice:booth", "dct:description", '"Meet @ the fair."@en'),
    ),
    Case("label-empty", put("organisation:union", "rdfs:label", '"  "@en')),
    Case("Person-none", new("<id/person/x> a foaf:Person ."), new("<id/person/x> a foaf:Agent .")),
    Case(
        "mail-none",
        add("organisation:wood", "foaf:mbox", "<mailto:info@example.org>"),
        add("organisation:wood", "foaf:homepage", "<https://example.org/>"),
    ),
]

PLAIN = (
    "application:x a p4c:Application{more} ; p4c:applicationStatus status:done ; p4c:inRegion region:XX11 ; "
    "dct:source source:notes ."
)
APPLICATIONS = [
    Case(
        "Application-kind",
        new(PLAIN.format(more="")),
        both(
            new(PLAIN.format(more=", p4c:Transfer")),
            new(
                f"practice:booth p4c:application application:x . application:x p4c:takenFrom {BOOTH_ORIGIN} ; "
                "p4c:transferKind transfer:adopted ."
            ),
        ),
    ),
    Case("Application-status", drop(BOOTH_ORIGIN, "p4c:applicationStatus")),
    Case("Application-status-single", add(BOOTH_ORIGIN, "p4c:applicationStatus", "status:done")),
    Case(
        "Application-outcome-single",
        add(ORIGIN, "p4c:outcome", "outcome:mixed"),
        put(ORIGIN, "p4c:outcome", "outcome:mixed"),
    ),
    Case("Application-transferKind-single", add(TRANSFER, "p4c:transferKind", "transfer:adapted")),
    Case("PlacedApplication-practice", drop("practice:training", "p4c:application", TRANSFER)),
    Case("FieldTest-partner", field_test(partner=None), field_test()),
    Case("FieldTest-region", field_test(inRegion=None, regionName='"North"'), field_test(regionName='"North"')),
    Case("ongoing-boolean", put(ORIGIN, "p4c:ongoing", '"yes"'), put(ORIGIN, "p4c:ongoing", "true")),
    Case(
        "start-date",
        add(BOOTH_ORIGIN, "p4c:start", day("2024-02-30")),
        add(BOOTH_ORIGIN, "p4c:start", day("2024-02-29")),
    ),
    Case("start-date", add(BOOTH_ORIGIN, "p4c:start", year("20110")), add(BOOTH_ORIGIN, "p4c:start", year("2011"))),
    Case("start-date", add(BOOTH_ORIGIN, "p4c:start", '"2011"'), add(BOOTH_ORIGIN, "p4c:start", day("1899-12-31"))),
    Case("start-single", add(BOOTH_ORIGIN, "p4c:start", year("2001"), year("2002"))),
    Case("end-date", add(BOOTH_ORIGIN, "p4c:end", day("2023-02-29")), add(BOOTH_ORIGIN, "p4c:end", day("2023-02-28"))),
    Case("end-single", add(BOOTH_ORIGIN, "p4c:end", year("2001"), year("2002"))),
    Case("start-after-end", put(ORIGIN, "p4c:start", year("2009")), put(ORIGIN, "p4c:start", year("2008"))),
    Case("start-after-end", put(ORIGIN, "p4c:start", day("2008-07-01")), put(ORIGIN, "p4c:start", day("2008-06-30"))),
    Case(
        "Dated-date",
        put("evaluation:booth-south", "dct:date", '"2011-13"^^xsd:gYearMonth'),
        put("evaluation:booth-south", "dct:date", '"2011-12"^^xsd:gYearMonth'),
    ),
    Case(
        "Result-content",
        drop("result:fairs", "dct:description"),
        both(drop("result:fairs", "dct:description"), new('result:fairs p4c:measure "fairs"@en ; p4c:value 3 .')),
    ),
    Case("Result-value-single", add("result:trained", "p4c:value", "121")),
    Case("value-number", put("result:trained", "p4c:value", '"many"'), put("result:trained", "p4c:value", "0.5")),
    Case(
        "isTarget-boolean", put("result:trained", "p4c:isTarget", '"no"'), put("result:trained", "p4c:isTarget", "true")
    ),
    Case(
        "Adaptation-content",
        both(drop("adaptation:shorter", "dct:description"), drop("adaptation:shorter", "p4c:degreeOfTransfer")),
        drop("adaptation:shorter", "dct:description"),
    ),
    Case("ResponseSummary-group", drop("summary:smes", "p4c:ofTargetGroup")),
    Case("ResponseSummary-asked", drop("summary:smes", "p4c:asked")),
    Case("ResponseSummary-asked-single", add("summary:smes", "p4c:asked", "25")),
    Case("ResponseSummary-interested", drop("summary:smes", "p4c:interested")),
    Case("ResponseSummary-interested-single", add("summary:smes", "p4c:interested", "3")),
    Case(
        "ResponseSummary-interested-bound",
        put("summary:smes", "p4c:interested", "21"),
        put("summary:smes", "p4c:interested", "20"),
    ),
    Case("asked-number", put("summary:smes", "p4c:asked", "20.5"), put("summary:smes", "p4c:asked", "12")),
    Case("interested-number", put("summary:smes", "p4c:interested", "-1"), put("summary:smes", "p4c:interested", "0")),
]

EVALUATIONS = [
    Case("Evaluation-practice", evaluation(onPractice=None), evaluation()),
    Case("Evaluation-practice-single", evaluation(onPractice="practice:training , practice:booth")),
    Case("Evaluation-criterion", evaluation(onCriterion=None), evaluation(onCriterion="criterion:C2")),
    Case("Evaluation-criterion-single", evaluation(onCriterion="criterion:C2.1 , criterion:C2.2")),
    Case("Evaluation-partner", evaluation(byPartner=None), evaluation(byPartner="organisation:south-agency")),
    Case("Evaluation-partner-single", evaluation(byPartner="organisation:north-agency , organisation:south-agency")),
    Case("Evaluation-judgement", evaluation(value=None), evaluation(value="1")),
    Case("Evaluation-judgement-single", evaluation(value="3 , 4"), evaluation(value="4")),
    Case("Evaluation-scale", evaluation(onScale=None)),
    Case(
        "Evaluation-scale-single",
        both(OTHER_SCALE, evaluation(onScale="scale:five , scale:ten")),
        both(OTHER_SCALE, evaluation(onScale="scale:ten")),
    ),
    Case("Evaluation-in-scale", evaluation(value="5.5"), evaluation(value="5")),
    Case("Evaluation-in-scale", evaluation(value="0.9"), evaluation(value="1.0")),
    Case(
        "Evaluation-needs-category",
        evaluation(onCriterion="criterion:C4"),
        evaluation(onCriterion="criterion:C4", value=None, onScale=None, category="renewability:repeated"),
    ),
    Case(
        "Evaluation-needs-value",
        evaluation(value=None, onScale=None, category="renewability:new"),
        evaluation(onCriterion="criterion:C5"),
    ),
    Case(
        "Evaluation-duplicate",
        both(evaluation(), evaluation()),
        both(evaluation(), evaluation(**{"dct:date": '"2013"^^xsd:gYear'})),
    ),
    Case("Scale-minimum", scale(minimum=None), scale()),
    Case("Scale-minimum-single", scale(minimum="0 , 1")),
    Case("Scale-maximum", scale(maximum=None)),
    Case("Scale-maximum-single", scale(maximum="9 , 10")),
    Case("Scale-order", scale(minimum="10"), scale(minimum="9.9")),
    Case(
        "minimum-number",
        both(put("condition:graduates", "p4c:minimum", '"low"'), drop("condition:graduates", "p4c:maximum")),
        drop("condition:graduates", "p4c:maximum"),
    ),
    Case(
        "maximum-number",
        both(put("condition:graduates", "p4c:maximum", '"high"'), drop("condition:graduates", "p4c:minimum")),
        drop("condition:graduates", "p4c:minimum"),
    ),
    Case("Selection-identified-single", add("selection:pool", "p4c:identifiedCount", "10")),
    Case("Selection-kept-single", add("selection:pool", "p4c:keptCount", "3")),
    Case("Selection-tested-single", add("selection:pool", "p4c:toBeTestedCount", "1")),
    Case(
        "Selection-kept-bound",
        both(drop("selection:pool", "p4c:evaluatedCount"), put("selection:pool", "p4c:keptCount", "10")),
        put("selection:pool", "p4c:keptCount", "9"),
    ),
    Case(
        "Selection-kept-evaluated",
        put("selection:pool", "p4c:evaluatedCount", "1"),
        put("selection:pool", "p4c:evaluatedCount", "2"),
    ),
    Case("evaluatedCount-number", put("selection:pool", "p4c:evaluatedCount", "3.5")),
    Case(
        "minimumEvaluators-number",
        put("selection:pool", "p4c:minimumEvaluators", "-1"),
        put("selection:pool", "p4c:minimumEvaluators", "0"),
    ),
    Case("threshold-share", put("selection:pool", "p4c:threshold", "1.1"), put("selection:pool", "p4c:threshold", "1")),
    Case("Verdict-practice", drop("verdict:pool", "p4c:onPractice")),
    Case("Verdict-kept", drop("verdict:pool", "p4c:kept")),
    Case("Verdict-kept-single", add("verdict:pool", "p4c:kept", "false"), put("verdict:pool", "p4c:kept", "false")),
    Case("kept-boolean", put("verdict:pool", "p4c:kept", '"yes"')),
    Case(
        "Selection-tested-bound",
        put("selection:pool", "p4c:toBeTestedCount", "3"),
        put("selection:pool", "p4c:toBeTestedCount", "2"),
    ),
    Case(
        "identifiedCount-number",
        put("selection:pool", "p4c:identifiedCount", "9.5"),
        put("selection:pool", "p4c:identifiedCount", "2"),
    ),
    Case(
        "keptCount-number", put("selection:pool", "p4c:keptCount", "2.5"), put("selection:pool", "p4c:keptCount", "4")
    ),
    Case(
        "toBeTestedCount-number",
        put("selection:pool", "p4c:toBeTestedCount", "-1"),
        put("selection:pool", "p4c:toBeTestedCount", "0"),
    ),
    Case(
        "Catalogue-member",
        new("catalogue:x a p4c:Catalogue ; dct:source source:notes ."),
        new("catalogue:x a p4c:Catalogue ; dct:source source:notes ; prov:hadMember practice:booth ."),
    ),
    Case("Catalogue-member-class", add("catalogue:pool", "prov:hadMember", "region:XX")),
]

ACTORS = [
    Case("Organization-label", drop("organisation:union", "rdfs:label")),
    Case("Project-label", drop("project:pool", "rdfs:label")),
    Case("Programme-label", drop("programme:exchange", "rdfs:label")),
    Case("ClusterPolicy-label", drop("policy:decree", "rdfs:label")),
    Case("Partnership-project", partnership(inProject=None), partnership()),
    Case(
        "Partnership-project-single",
        both(OTHER_PROJECT, partnership(inProject="project:pool , project:other")),
        both(OTHER_PROJECT, partnership(inProject="project:other")),
    ),
    Case("Partnership-member", partnership(member=None)),
    Case("Partnership-member-single", partnership(member="organisation:wood , organisation:union")),
    Case("Partnership-role", partnership(role=None)),
    Case(
        "Partnership-duplicate",
        both(partnership(), partnership()),
        both(partnership(), partnership(member="organisation:union")),
    ),
]

IDENTIFIER = 'identifier:x a adms:Identifier ; p4c:nutsVersion "2021"{more} .'
REGIONS = [
    Case("Region-label", drop("region:XX12", "rdfs:label")),
    Case(
        "Region-level", drop("region:bay", "p4c:approximatedBy"), put("region:bay", "p4c:approximatedBy", "region:XX12")
    ),
    Case("Region-level-single", region("1 , 2"), region("2")),
    Case("Region-countryCode", drop("region:bay", "p4c:countryCode")),
    Case("Region-countryCode-single", add("region:bay", "p4c:countryCode", '"YY"')),
    Case("Region-parent", drop("region:XX121", "p4c:broaderRegion"), drop("region:bay", "p4c:broaderRegion")),
    Case(
        "Region-parent-level",
        put("region:XX121", "p4c:broaderRegion", "region:XX1"),
        put("region:XX121", "p4c:broaderRegion", "region:XX11"),
    ),
    Case("Region-country-level", put("region:bay", "p4c:country", "region:XX1")),
    Case(
        "Region-code",
        drop("region:XX121", "adms:identifier"),
        both(drop("region:XX121", "adms:identifier"), add("region:XX121", "skos:notation", '"XX121"')),
    ),
    Case("level-value", region("4"), region("3")),
    Case(
        "countryCode-form",
        put("region:bay", "p4c:countryCode", '"Exland"'),
        put("region:bay", "p4c:countryCode", '"YY"'),
    ),
    Case(
        "nutsVersion-form",
        put("identifier:XX", "p4c:nutsVersion", '"twenty"'),
        put("identifier:XX", "p4c:nutsVersion", '"2024"'),
    ),
    Case(
        "officialLanguage-form",
        put("region:XX", "p4c:officialLanguage", '"french"'),
        put("region:XX", "p4c:officialLanguage", '"nl"'),
    ),
    Case("area-positive", put("region:XX", "p4c:area", "0"), put("region:XX", "p4c:area", "0.1")),
    Case("lat-range", put("region:XX", "wgs:lat", "90.5"), put("region:XX", "wgs:lat", "-90")),
    Case("long-range", put("region:XX", "wgs:long", "-180.5"), put("region:XX", "wgs:long", "180")),
    Case("Identifier-notation", new(IDENTIFIER.format(more="")), new(IDENTIFIER.format(more=' ; skos:notation "X"'))),
    Case("Identifier-notation-single", add("identifier:XX", "skos:notation", '"XY"')),
    Case("CodeChange-oldCode", drop("codechange:XX9-XX11", "p4c:oldCode")),
    Case("CodeChange-newRegion", drop("codechange:XX9-XX11", "p4c:newRegion")),
    Case("CodeChange-kind", drop("codechange:XX9-XX11", "p4c:changeKind")),
    *(
        Case(
            f"{name}-range",
            put("codechange:XX9-XX11", f"p4c:{name}", bad),
            put("codechange:XX9-XX11", f"p4c:{name}", good),
        )
        for name, bad, good in (
            ("shareOldPopulation", "1.01", "1"),
            ("shareOldArea", "-0.1", "0"),
            ("shareNewPopulation", '"half"', "0.5"),
            ("shareNewArea", "40", "0.4"),
        )
    ),
]

NORTH = "observation:north"
TWIN = (
    "observation:x a p4c:Observation ; qb:dataSet <id/dataset/figures> ; p4c:indicator indicator:graduates ; "
    "p4c:refArea region:XX11 ; p4c:value 30 ; p4c:refPeriod"
)
FIGURES = [
    Case("Indicator-label", drop("indicator:graduates", "rdfs:label")),
    Case("Indicator-unit", drop("indicator:graduates", "p4c:unit")),
    Case(
        "Indicator-unit-single",
        add("indicator:graduates", "p4c:unit", '"per cent"@en'),
        add("indicator:graduates", "p4c:unit", '"% de la population"@fr'),
    ),
    Case("Indicator-dimension", drop("indicator:graduates", "p4c:dimension")),
    Case(
        "structural-boolean",
        put("indicator:graduates", "p4c:structural", "1"),
        put("indicator:graduates", "p4c:structural", "false"),
    ),
    Case("Observation-area", drop(NORTH, "p4c:refArea")),
    Case("Observation-area-single", add(NORTH, "p4c:refArea", "region:bay"), put(NORTH, "p4c:refArea", "region:bay")),
    Case("Observation-period", drop(NORTH, "p4c:refPeriod")),
    Case(
        "Observation-period-single",
        add(NORTH, "p4c:refPeriod", year("2019")),
        put(NORTH, "p4c:refPeriod", year("2019")),
    ),
    Case("Observation-indicator", drop(NORTH, "p4c:indicator")),
    Case(
        "Observation-indicator-single",
        both(OTHER_INDICATOR, add(NORTH, "p4c:indicator", "indicator:x")),
        both(OTHER_INDICATOR, put(NORTH, "p4c:indicator", "indicator:x")),
    ),
    Case("Observation-value", drop(NORTH, "p4c:value")),
    Case("Observation-value-single", add(NORTH, "p4c:value", "32")),
    Case("Observation-percentage", put(NORTH, "p4c:value", "100.5"), put(NORTH, "p4c:value", "100")),
    Case("Observation-percentage", put(NORTH, "p4c:value", "-0.5"), put(NORTH, "p4c:value", "0")),
    Case(
        "Observation-percentage",
        put(NORTH, "p4c:value", "500"),
        both(OTHER_INDICATOR, put(NORTH, "p4c:value", "500"), put(NORTH, "p4c:indicator", "indicator:x")),
    ),
    Case("Observation-duplicate", new(f"{TWIN} {year('2018')} ."), new(f"{TWIN} {year('2017')} .")),
    Case("refPeriod-year", put(NORTH, "p4c:refPeriod", day("2018-01-01")), put(NORTH, "p4c:refPeriod", year("2020"))),
]

GRADUATES, WILL = "condition:graduates", "condition:will"
CONDITIONS = [
    Case("TransferCondition-kind", drop(WILL, "p4c:conditionKind")),
    Case(
        "TransferCondition-kind-single",
        new(f"{WILL} p4c:conditionKind kind:actor ; p4c:requiresActor p4c:Chamber ."),
        both(put(WILL, "p4c:conditionKind", "kind:actor"), add(WILL, "p4c:requiresActor", "p4c:Chamber")),
    ),
    Case("TransferCondition-indicator", drop(GRADUATES, "p4c:onIndicator")),
    Case(
        "TransferCondition-bound",
        both(drop(GRADUATES, "p4c:minimum"), drop(GRADUATES, "p4c:maximum")),
        drop(GRADUATES, "p4c:minimum"),
    ),
    Case("TransferCondition-order", put(GRADUATES, "p4c:minimum", "80.5"), put(GRADUATES, "p4c:minimum", "80")),
    Case("TransferCondition-actor", drop("condition:university", "p4c:requiresActor")),
    Case("TransferCondition-words", drop(WILL, "dct:description")),
    Case(
        "requiresActor-class",
        put("condition:university", "p4c:requiresActor", "p4c:Practice"),
        put("condition:university", "p4c:requiresActor", "p4c:Chamber"),
    ),
    Case("importance-value", put(WILL, "p4c:importance", "4"), put(WILL, "p4c:importance", "1")),
    Case("importance-single", add(WILL, "p4c:importance", "1")),
    Case("required-boolean", put(WILL, "p4c:required", '"maybe"'), put(WILL, "p4c:required", "true")),
    Case("required-single", add(WILL, "p4c:required", "true")),
    Case(
        "Need-content",
        drop("need:markets", "p4c:theme"),
        both(drop("need:markets", "p4c:theme"), add("need:markets", "p4c:sector", "nace:C")),
        frozenset({"UsefulNeed-theme"}),
    ),
    Case("RecommendationPlan-label", drop("recommendation:north", "rdfs:label")),
    Case("RecommendationPlan-region", drop("recommendation:north", "p4c:forRegion")),
    Case("Recommendation-plan", drop("recommendation:north-1", "p4c:partOfPlan")),
    Case(
        "Recommendation-content",
        drop("recommendation:north-1", "rdfs:label"),
        both(
            drop("recommendation:north-1", "rdfs:label"), add("recommendation:north-1", "dct:description", '"Train"@en')
        ),
    ),
    Case("Source-title", drop("source:notes", "dct:title")),
    Case(
        "Source-access",
        both(drop("source:notes", "foaf:page"), drop("source:notes", "dct:rights")),
        drop("source:notes", "foaf:page"),
        frozenset({"UsefulSource-rights"}),
    ),
    Case(
        "Source-page",
        put("source:notes", "foaf:page", "<ftp://example.org/notes>"),
        put("source:notes", "foaf:page", "<http://example.org/notes>"),
    ),
    Case("Sourced-source", put("practice:booth", "dct:source", "source:unheard-of")),
]

MODEL = [
    Case("TransferModel-version", drop("model:m", "p4c:version")),
    Case(
        "TransferModel-features",
        put("model:m-graduates", "p4c:weight", "0.5"),
        put("model:m-graduates", "p4c:weight", "1.0"),
    ),
    Case(
        "TransferModel-components",
        put("model:m-merit", "p4c:weight", "0.5"),
        put("model:m-merit", "p4c:weight", "0.40"),
    ),
    Case("ModelFeature-indicator", drop("model:m-graduates", "p4c:onIndicator")),
    Case("ModelFeature-weight", drop("model:m-graduates", "p4c:weight")),
    Case("ModelFeature-lower", drop("model:m-graduates", "p4c:lowerBound")),
    Case("ModelFeature-upper", drop("model:m-graduates", "p4c:upperBound")),
    Case(
        "ModelFeature-bounds",
        put("model:m-graduates", "p4c:lowerBound", "60"),
        put("model:m-graduates", "p4c:lowerBound", "59"),
    ),
    Case("ModelComponent-weight", component("p4c:prior 0.5"), component("p4c:weight 0.5")),
    Case("ModelComponent-weight-range", component("p4c:weight 1.5"), component("p4c:weight 0")),
    Case(
        "ModelComponent-prior", component("p4c:weight 0.5 ; p4c:prior 1.5"), component("p4c:weight 0.5 ; p4c:prior 1")
    ),
    Case(
        "ModelComponent-low",
        component("p4c:weight 0.5 ; p4c:prior 0.4 ; p4c:priorLow 0.5"),
        component("p4c:weight 0.5 ; p4c:prior 0.5 ; p4c:priorLow 0.5"),
    ),
    Case(
        "ModelComponent-high",
        component("p4c:weight 0.5 ; p4c:prior 0.5 ; p4c:priorHigh 0.4"),
        component("p4c:weight 0.5 ; p4c:prior 0.5 ; p4c:priorHigh 0.5"),
    ),
]


def points_to(subject: str, name: str, right: str, wrong: str = WRONG) -> Case:
    return Case(f"{name}-class", put(subject, f"p4c:{name}", wrong), put(subject, f"p4c:{name}", right))


def also_points_to(subject: str, name: str, *others: str) -> Case:
    return Case(f"{name}-class", add(subject, f"p4c:{name}", WRONG), "", frozenset(others))


CLASSES = [
    also_points_to("practice:training", "application"),
    points_to(TRANSFER, "takenFrom", BOOTH_ORIGIN),
    points_to("practice:training", "provider", "organisation:wood"),
    points_to(ORIGIN, "operator", "organisation:wood"),
    also_points_to("application:training-north", "partner", "TestRules-partner"),
    points_to("application:booth-north", "presenter", "organisation:wood"),
    points_to("application:booth-north", "attendedBy", "organisation:union"),
    Case("byPartner-class", evaluation(byPartner=WRONG)),
    Case("member-class", partnership(member=WRONG)),
    points_to("organisation:wood", "memberOf", "organisation:south-agency"),
    points_to("need:markets", "declaredBy", "organisation:wood"),
    points_to("organisation:north-agency", "supports", "organisation:wood", "organisation:union"),
    also_points_to(ORIGIN, "inRegion"),
    points_to("application:booth-south", "destination", "region:XX11"),
    points_to("organisation:wood", "locatedIn", "region:XX12"),
    points_to("organisation:union", "territory", "region:XX1"),
    also_points_to("partnership:north", "actsFor"),
    points_to(NORTH, "refArea", "region:XX1"),
    points_to("codechange:XX9-XX11", "newRegion", "region:XX12"),
    points_to("region:bay", "broaderRegion", "region:XX11"),
    points_to("region:bay", "country", "region:XX"),
    also_points_to("region:bay", "approximatedBy"),
    points_to("recommendation:north", "forRegion", "region:XX12"),
    also_points_to(BOOTH_ORIGIN, "result"),
    points_to("application:booth-north", "instrument", "instrument:survey"),
    points_to("application:booth-north", "responses", "summary:smes"),
    points_to("application:training-north", "adaptation", "adaptation:shorter"),
    also_points_to("application:training-north", "fieldTestOf", "TestRules-partner"),
    points_to("practice:training", "identifiedBy", "project:pool"),
    Case("inProject-class", partnership(inProject=WRONG)),
    points_to("project:pool", "programme", "programme:exchange"),
    also_points_to("project:pool", "selection"),
    also_points_to("selection:pool", "produced"),
    also_points_to("selection:pool", "verdict"),
    also_points_to("selection:pool", "criterionWeight"),
    also_points_to("practice:training", "condition"),
    points_to(GRADUATES, "onIndicator", "indicator:graduates"),
    points_to(NORTH, "indicator", "indicator:graduates"),
    Case("onPractice-class", evaluation(onPractice="region:XX"), evaluation(onPractice="practice:booth")),
    Case("onScale-class", evaluation(onScale=WRONG)),
    also_points_to("region:XX11", "need"),
    also_points_to("region:XX11", "policy"),
    points_to("recommendation:north-1", "partOfPlan", "recommendation:north"),
    also_points_to("model:m", "feature"),
    also_points_to("model:m", "component"),
    points_to("model:m", "adoptionFeature", "model:m-ties"),
]

CASES = [
    *PRACTICES,
    *APPLICATIONS,
    *EVALUATIONS,
    *ACTORS,
    *REGIONS,
    *FIGURES,
    *CONDITIONS,
    *MODEL,
    *CLASSES,
]
