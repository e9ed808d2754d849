"""The texts of problems by code, English and French."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "near": {"en": "Did you mean {near}?", "fr": "Vouliez-vous dire {near} ?"},
    # ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────
    "empty": {"en": "is empty, expected a value", "fr": "est vide, une valeur est attendue"},
    "not-an-iri": {
        "en": "{value} is not an IRI, expected one such as https://example.org/page ({why})",
        "fr": "{value} n'est pas un IRI, attendu par exemple https://example.org/page ({why})"},
    "not-a-number": {
        "en": "{value} is not a number, expected digits and a point such as 12.5",
        "fr": "{value} n'est pas un nombre, attendu des chiffres, par exemple 12,5"},
    "ambiguous-number": {
        "en": "{value} may be read as {one} or as {two}, expected a number without a separator of thousands",
        "fr": "{value} peut se lire {one} ou {two}, attendu un nombre sans séparateur de milliers"},
    "not-whole": {
        "en": "{value} is not a whole number, expected digits such as 12",
        "fr": "{value} n'est pas un nombre entier, attendu des chiffres, par exemple 12"},
    "not-boolean": {"en": "{value} is not true or false", "fr": "{value} n'est ni vrai ni faux"},
    "not-yes-or-no": {
        "en": "{value} is neither yes nor no, expected yes or no",
        "fr": "{value} n'est ni oui ni non, attendu oui ou non"},
    "not-a-year": {
        "en": "{value} is not a year, expected four digits such as 2011",
        "fr": "{value} n'est pas une année, attendu quatre chiffres, par exemple 2011"},
    "not-a-date": {
        "en": "{value} is not a date, expected year-month-day such as 2011-06-30",
        "fr": "{value} n'est pas une date, attendu année-mois-jour, par exemple 2011-06-30"},
    "month-first": {
        "en": "{value} has no month {month}; days come first here, expected year-month-day such as {instead}",
        "fr": "{value} n'a pas de mois {month} ; le jour vient en premier, attendu année-mois-jour, soit {instead}"},
    "year-for-a-date": {
        "en": "{value} is a year, expected a day such as 2011-06-30; a year alone has a column of its own",
        "fr": "{value} est une année, attendu un jour, par exemple 2011-06-30 ; l'année seule a sa propre colonne"},
    "not-an-address": {
        "en": "{value} is not an address such as https://example.org",
        "fr": "{value} n'est pas une adresse, par exemple https://example.org"},
    "out-of-range": {
        "en": "{value} is out of range, expected {bounds}",
        "fr": "{value} est hors limites, attendu {bounds}"},
    "formula": {
        "en": "holds the formula {value}, which is not evaluated; expected a value: copy the cell and paste its value",
        "fr": "contient la formule {value}, qui n'est pas évaluée ; attendu une valeur : copiez la cellule et "
              "collez la valeur"},
    "error-cell": {
        "en": "holds the error {value}, expected a value, or nothing where it is unknown",
        "fr": "contient l'erreur {value}, attendu une valeur, ou rien si elle est inconnue"},
    "control-character": {
        "en": "holds the character {character}, which cannot be seen and is not read; expected plain text",
        "fr": "contient le caractère {character}, invisible et refusé ; attendu du texte simple"},
    "long-text": {
        "en": "holds {length} characters, expected at most {limit}",
        "fr": "contient {length} caractères, attendu {limit} au plus"},
    # ── names ──────────────────────────────────────────────────────────────────────────────────────────────────
    "unknown-concept": {
        "en": "{value} is not in the list, expected {expected}.",
        "fr": "{value} ne figure pas dans la liste, attendu {expected}."},
    "unknown-name": {
        "en": "{value} is not known as {kind}, expected its identifier, its address here or its name.",
        "fr": "{value} n'est pas connu comme {kind}, attendu son identifiant, son adresse ici ou son nom."},
    "ambiguous-name": {
        "en": "{value} fits several, expected one of {candidates}.",
        "fr": "{value} convient à plusieurs, attendu l'un de {candidates}."},
    "unknown-region": {
        "en": "{value} is not the code or name of a region, expected a NUTS code of any version, such as FRL0, "
              "or a name.",
        "fr": "{value} n'est ni le code ni le nom d'une région, attendu un code NUTS de n'importe quelle version, "
              "par exemple FRL0, ou un nom."},
    "not-an-id": {
        "en": "{value} is not an identifier, expected letters without accents, digits and hyphens such as {instead}",
        "fr": "{value} n'est pas un identifiant, attendu des lettres sans accent, des chiffres et des traits d'union, "
              "par exemple {instead}"},
    "no-id": {
        "en": "is empty and cannot be made from the row, expected an identifier, or something in {columns}",
        "fr": "est vide et ne peut être déduit de la ligne, attendu un identifiant, ou un contenu dans {columns}"},
    "duplicate": {
        "en": "{value} stands in row {first} too, expected it once",
        "fr": "{value} figure aussi à la ligne {first}, attendu une seule fois"},
    # ── sheets ─────────────────────────────────────────────────────────────────────────────────────────────────
    "unknown-heading": {
        "en": "the heading {value} is not of table {table} and would be lost.",
        "fr": "l'en-tête {value} n'est pas de la table {table} et serait perdu."},
    "left-out": {
        "en": "the column {value} is not of table {table} and was left out",
        "fr": "la colonne {value} n'est pas de la table {table} et a été laissée de côté"},
    "no-heading": {
        "en": "has cells, but no heading; expected a heading, or an empty column",
        "fr": "contient des cellules mais pas d'en-tête ; attendu un en-tête, ou une colonne vide"},
    "heading-twice": {
        "en": "the heading {value} is of column {name}, which is there twice",
        "fr": "l'en-tête {value} est celui de la colonne {name}, présente deux fois"},
    "heading-missing": {
        "en": "the heading {value} of table {table} is missing",
        "fr": "l'en-tête {value} de la table {table} manque"},
    "unknown-table": {
        "en": "the headings are of no known table; expected those of a template: {tables}",
        "fr": "les en-têtes ne sont d'aucune table connue ; attendu ceux d'un modèle : {tables}"},
    "which-table": {
        "en": "the headings may be of {tables}; name the sheet, or the file, after one of them",
        "fr": "les en-têtes peuvent être de {tables} ; donnez à la feuille, ou au fichier, le nom de l'une d'elles"},
    "merged-across": {
        "en": "the cells {value} are merged across columns, expected one cell a column",
        "fr": "les cellules {value} sont fusionnées sur plusieurs colonnes, attendu une cellule par colonne"},
    "names-left-out": {
        "en": "names {what}, whose row is left out",
        "fr": "nomme {what}, dont la ligne est laissée de côté"},
    "hidden": {
        "en": "hidden rows were read too: {rows}",
        "fr": "les lignes masquées ont été lues aussi : {rows}"},
    "hidden-sheet": {
        "en": "the sheet is hidden and was not read; show it to have it read",
        "fr": "la feuille est masquée et n'a pas été lue ; affichez-la pour qu'elle le soit"},
    "sheet-passed-over": {
        "en": "the sheet was passed over: it has no headings of a template",
        "fr": "la feuille n'a pas été lue : elle n'a pas les en-têtes d'un modèle"},
    "described-already": {
        "en": "{what} is described in {graph} already; the row adds to it",
        "fr": "{what} est déjà décrit dans {graph} ; la ligne s'y ajoute"},
    "no-rows": {
        "en": "has no rows below the headings",
        "fr": "n'a pas de ligne sous les en-têtes"},
    # ── files ──────────────────────────────────────────────────────────────────────────────────────────────────
    "nothing": {
        "en": "The file holds no row and no statement; expected at least one.",
        "fr": "Le fichier ne contient ni ligne ni énoncé ; attendu au moins un."},
    "unknown-type": {
        "en": "Files of the kind {value} are not read, expected {expected}.",
        "fr": "Les fichiers de type {value} ne sont pas lus, attendu {expected}."},
    "too-large": {
        "en": "The file has {size} bytes, expected at most {limit}.",
        "fr": "Le fichier a {size} octets, attendu {limit} au plus."},
    "unpacks-too-large": {
        "en": "The workbook would unpack to {size} bytes, expected at most {limit}.",
        "fr": "Le classeur décompressé ferait {size} octets, attendu {limit} au plus."},
    "too-many-rows": {
        "en": "There are more than {limit} rows, expected at most that; split the file.",
        "fr": "Il y a plus de {limit} lignes, attendu {limit} au plus ; découpez le fichier."},
    "too-many-statements": {
        "en": "The file makes {count} statements, expected at most {limit}.",
        "fr": "Le fichier fait {count} énoncés, attendu {limit} au plus."},
    "old-excel": {
        "en": "This is a workbook of the old Excel format (.xls), expected .xlsx: open it and save it as "
              "“Excel Workbook (.xlsx)”.",
        "fr": "C'est un classeur à l'ancien format d'Excel (.xls), attendu .xlsx : ouvrez-le et enregistrez-le comme "
              "« Classeur Excel (.xlsx) »."},
    "password": {
        "en": "The workbook is protected by a password, expected one that opens without: save it without a password.",
        "fr": "Le classeur est protégé par un mot de passe, attendu un classeur qui s'ouvre sans : enregistrez-le "
              "sans mot de passe."},
    "not-a-workbook": {
        "en": "This is no Excel workbook (.xlsx): {why}",
        "fr": "Ce n'est pas un classeur Excel (.xlsx) : {why}"},
    "entities": {
        "en": "The workbook declares entities or a document type, which are refused.",
        "fr": "Le classeur déclare des entités ou un type de document, ce qui est refusé."},
    "not-utf-8": {
        "en": "Line {line} is not UTF-8, expected a file in UTF-8: in Excel, save it as “CSV UTF-8”.",
        "fr": "La ligne {line} n'est pas en UTF-8, attendu un fichier en UTF-8 : dans Excel, enregistrez-le comme "
              "« CSV UTF-8 »."},
    "not-csv": {"en": "This is no CSV: {why}", "fr": "Ce n'est pas du CSV : {why}"},
    "syntax": {"en": "{why}", "fr": "{why}"},
    "own-graph": {
        "en": "Statements are put into the graph {value}; expected no named graphs, the submission has its own.",
        "fr": "Des énoncés sont mis dans le graphe {value} ; attendu aucun graphe nommé, la soumission a le sien."},
    "not-a-resource": {
        "en": "Something is said of {value}; expected only resources, whose addresses begin with {expected}.",
        "fr": "Il est question de {value} ; attendu seulement des ressources, dont l'adresse commence par {expected}."},
    "not-yours": {
        "en": "{value} is described in the graph {graph} already; a submission describes its own resources. Expected "
              "nothing of this one but what joins them to it (p4c:application, condition, need, supports, result, "
              "responses), found {found}.",
        "fr": "{value} est déjà décrit dans le graphe {graph} ; une soumission décrit ses ressources. Attendu de "
              "celle-ci seulement ce qui les y rattache (p4c:application, condition, need, supports, result, "
              "responses), trouvé {found}."},
    # ── what the shapes object to ──────────────────────────────────────────────────────────────────────────────
    "shape": {"en": "{text}", "fr": "{text}"},
}
