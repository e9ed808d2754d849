"""Counter-examples to ontology/shapes/process.ttl, recommended.ttl and codelists.ttl."""

from __future__ import annotations

from .cases import OTHER_PROJECT, Case, add, both, drop, evaluation, field_test, forget, new, partnership, put
from .cases_core import BOOTH_ORIGIN, ORIGIN, TRANSFER, day, year

TEST, WORKSHOP = "application:training-north", "application:booth-north"
PROCESS = [
    Case(
        "SelectedPractice-evaluations",
        forget("evaluation:booth-south"),
        put("evaluation:booth-south", "p4c:category", "renewability:repeated"),
    ),
    Case("SelectedPractice-evaluations", put("evaluation:booth-south", "p4c:byPartner", "organisation:north-agency")),
    Case(
        "TestingPartnership-tests",
        put("application:booth-south", "p4c:applicationStatus", "status:cancelled"),
        both(
            put("application:booth-south", "p4c:applicationStatus", "status:cancelled"),
            field_test(partner="organisation:south-agency", inRegion="region:bay"),
        ),
    ),
    Case(
        "TestingPartnership-tests",
        put("application:booth-south", "p4c:partner", "organisation:north-agency"),
        "",
        frozenset({"TestRules-region"}),
    ),
    Case("TestRules-project", field_test(fieldTestOf=None), field_test()),
    Case(
        "TestRules-partner",
        field_test(partner="organisation:wood"),
        both(partnership(), field_test(partner="organisation:wood")),
    ),
    Case("TestRules-region", put(TEST, "p4c:inRegion", "region:XX12"), put(TEST, "p4c:inRegion", "region:XX")),
    Case(
        "TestRules-region",
        put("application:training-south", "p4c:inRegion", "region:XX11"),
        put("application:training-south", "p4c:inRegion", "region:XX121"),
    ),
    Case("TestRules-dates", put(TEST, "p4c:end", day("2010-12-31")), put(TEST, "p4c:end", year("2011"))),
    Case("TestRules-period", put(TEST, "p4c:start", day("2009-12-31")), put(TEST, "p4c:start", day("2010-01-01"))),
    Case("TestRules-period", put(WORKSHOP, "p4c:start", year("2013")), put(WORKSHOP, "p4c:start", year("2012"))),
    Case(
        "TestRules-done",
        drop(TEST, "p4c:outcome"),
        both(drop(TEST, "p4c:outcome"), add(TEST, "p4c:outcomeNote", '"Liked by all"@en')),
    ),
    Case("WorkshopRules-instrument", drop(WORKSHOP, "p4c:instrument")),
    Case("WorkshopRules-targetGroup", drop(WORKSHOP, "p4c:targetGroup")),
    Case(
        "PlannedApplication-outcome",
        put("application:booth-south", "p4c:outcome", "outcome:positive"),
        drop("application:booth-south", "p4c:outcome"),
    ),
    Case("PlannedApplication-result", put("result:aim", "p4c:isTarget", "false")),
    Case(
        "PlannedApplication-transfer",
        put(TRANSFER, "p4c:applicationStatus", "status:done"),
        both(
            put(TRANSFER, "p4c:applicationStatus", "status:done"), put(TRANSFER, "p4c:transferKind", "transfer:adopted")
        ),
    ),
]

BOOTH = "practice:booth"
AS_TRANSFER = both(
    drop(BOOTH_ORIGIN, "a", "p4c:Origin"),
    new(f"{BOOTH_ORIGIN} a p4c:Transfer ; p4c:transferKind transfer:adopted ; p4c:takenFrom {ORIGIN} ."),
)
SAME_CODE = (
    'region:XX11 adms:identifier identifier:x . identifier:x a adms:Identifier ; skos:notation "XX12" ; p4c:nutsVersion'
)
RECOMMENDED = [
    Case("UsefulPractice-theme", drop(BOOTH, "p4c:theme")),
    Case("UsefulPractice-serviceKind", drop(BOOTH, "p4c:serviceKind")),
    Case("UsefulPractice-targetGroup", drop(BOOTH, "p4c:targetGroup")),
    Case(
        "UsefulPractice-description",
        drop(BOOTH, "p4c:objective"),
        both(drop(BOOTH, "p4c:objective"), add(BOOTH, "dct:description", '"A stand at a fair."@en')),
    ),
    Case("UsefulPractice-origin", AS_TRANSFER),
    Case(
        "UsefulPractice-result",
        forget("result:fairs"),
        both(forget("result:fairs"), add("application:booth-north", "p4c:result", "result:trained")),
    ),
    Case("UsefulPractice-source", drop(BOOTH, "dct:source")),
    Case(
        "UsefulPractice-language",
        put(BOOTH, "rdfs:label", '"Collective booth"'),
        put(BOOTH, "rdfs:label", '"Booth"@en-GB'),
    ),
    Case(
        "UsefulPractice-label-unique",
        add(BOOTH, "rdfs:label", '"Joint stand"@en'),
        add(BOOTH, "rdfs:label", '"Stand collectif"@fr'),
    ),
    Case(
        "UsefulPractice-costNote",
        drop("practice:training", "p4c:costNote"),
        both(drop("practice:training", "p4c:costNote"), drop("practice:training", "p4c:cost")),
    ),
    Case(
        "UsefulApplication-region",
        drop(BOOTH_ORIGIN, "p4c:inRegion"),
        both(drop(BOOTH_ORIGIN, "p4c:inRegion"), add(BOOTH_ORIGIN, "p4c:regionName", '"the coast"')),
    ),
    Case("UsefulApplication-source", drop(BOOTH_ORIGIN, "dct:source")),
    Case("UsefulTransfer-kind", drop(TRANSFER, "p4c:transferKind")),
    Case("UsefulTransfer-from", drop(TRANSFER, "p4c:takenFrom")),
    Case("UsefulTest-kind", drop("application:training-south", "a", "p4c:Implementation")),
    Case("UsefulTest-practice", drop("practice:training", "p4c:application", "application:training-south")),
    Case("UsefulTest-label", drop(TEST, "rdfs:label")),
    Case("UsefulEvaluation-date", drop("evaluation:booth-south", "dct:date")),
    Case("UsefulScale-label", drop("scale:five", "rdfs:label")),
    Case("UsefulSelection-method", drop("selection:pool", "p4c:method")),
    Case("UsefulSelection-catalogue", drop("selection:pool", "p4c:produced")),
    Case(
        "UsefulResult-application",
        new('result:x a p4c:Result ; dct:description "Found"@en .'),
        new(f'result:x a p4c:Result ; dct:description "Found"@en . {ORIGIN} p4c:result result:x .'),
    ),
    Case(
        "UsefulResult-measure",
        both(drop("result:trained", "p4c:measure"), add("result:trained", "dct:description", '"Many"@en')),
        add("result:trained", "dct:description", '"Many"@en'),
    ),
    Case("UsefulCondition-importance", drop("condition:will", "p4c:importance")),
    Case("UsefulCondition-required", drop("condition:will", "p4c:required")),
    Case("UsefulCondition-practice", drop("practice:training", "p4c:condition", "condition:will")),
    Case(
        "UsefulNeed-theme",
        both(drop("need:markets", "p4c:theme"), add("need:markets", "dct:description", '"Abroad"@en')),
        both(drop("need:markets", "p4c:theme"), add("need:markets", "p4c:targetGroup", "target:smes")),
    ),
    Case("UsefulNeed-region", drop("region:XX11", "p4c:need")),
    Case(
        "UsefulOrganization-place",
        drop("organisation:union", "p4c:territory"),
        both(drop("organisation:union", "p4c:territory"), add("organisation:union", "p4c:locatedIn", "region:XX")),
    ),
    Case("UsefulOrganization-type", drop("organisation:wood", "a", "org:Organization")),
    Case("UsefulProject-programme", drop("project:pool", "p4c:programme")),
    Case("UsefulPartnership-region", drop("partnership:north", "p4c:actsFor")),
    Case("UsefulPolicy-region", drop("region:XX11", "p4c:policy")),
    Case("UsefulPolicy-description", drop("policy:decree", "dct:description")),
    Case("UsefulIdentifier-duplicate", new(f'{SAME_CODE} "2021" .'), new(f'{SAME_CODE} "2016" .')),
    Case("UsefulObservation-dataSet", drop("observation:south", "qb:dataSet")),
    Case("UsefulSource-publisher", drop("source:notes", "dct:publisher")),
    Case(
        "UsefulSource-rights",
        drop("source:notes", "dct:rights"),
        both(drop("source:notes", "dct:rights"), add("source:notes", "dct:license", "<https://example.org/licence>")),
    ),
]


def listed(
    subject: str, name: str, right: str, wrong: str = "<https://w3id.org/pooling4clusters/scheme/none/other>"
) -> Case:
    return Case(f"{name}-scheme", put(subject, f"p4c:{name}", wrong), put(subject, f"p4c:{name}", right))


CODELISTS = [
    listed(BOOTH, "serviceKind", "service:partnership", "theme:training"),
    listed("practice:training", "serviceField", "field:expansion"),
    listed(BOOTH, "theme", "theme:training", "target:smes"),
    listed(BOOTH, "targetGroup", "target:clusters", '"companies"'),
    listed("summary:smes", "ofTargetGroup", "target:clusters"),
    listed("organisation:wood", "sector", "nace:A", "nace:Z"),
    listed("practice:training", "status", "state:selected", "status:done"),
    listed("practice:training", "hasCharacteristic", "characteristic:added-value"),
    listed("practice:training", "evidencedCharacteristic", "characteristic:added-value"),
    listed("practice:training", "attestedCharacteristic", "characteristic:transferable"),
    listed("selection:pool", "checkedCharacteristic", "characteristic:transferable"),
    listed(BOOTH_ORIGIN, "applicationStatus", "status:done", "outcome:unknown"),
    listed(ORIGIN, "outcome", "outcome:negative", "status:unknown"),
    listed(TRANSFER, "transferKind", "transfer:inspired"),
    listed("adaptation:shorter", "degreeOfTransfer", "degree:copy"),
    listed("evaluation:booth-south", "category", "renewability:repeated"),
    Case("onCriterion-scheme", evaluation(onCriterion="theme:training"), evaluation(onCriterion="criterion:C3")),
    listed("selection:pool", "usesCriterion", "criterion:C5"),
    Case(
        "role-scheme",
        both(OTHER_PROJECT, partnership(inProject="project:other", role="theme:training")),
        both(OTHER_PROJECT, partnership(inProject="project:other", role="role:partner")),
    ),
    listed("condition:will", "conditionKind", "kind:plain"),
    listed("indicator:graduates", "dimension", "dimension:economy"),
    listed("indicator:graduates", "transformation", "transformation:log"),
    listed("codechange:XX9-XX11", "changeKind", "change:split"),
    listed("<graph/notes/verified>", "basis", "basis:inferred"),
    listed("practice:training", "readingExtent", "extent:excerpt"),
    listed("practice:training", "confidence", "confidence:low"),
]

CASES = [*PROCESS, *RECOMMENDED, *CODELISTS]
