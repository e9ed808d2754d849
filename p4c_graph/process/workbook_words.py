"""The words of templates beside those of the tables, English and French."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "guide": "Read me", "example": "Example", "lists": "Lists", "yes": "yes", "no": "no", "required": " (required)",
        "wrong": "Not in the list, or out of range", "choose": "Choose a value from the list.",
    },
    "fr": {
        "guide": "Lisez-moi", "example": "Exemple", "lists": "Listes", "yes": "oui", "no": "non",
        "required": " (obligatoire)", "wrong": "Hors de la liste ou des limites",
        "choose": "Choisissez une valeur dans la liste.",
    },
}

GUIDE: dict[str, tuple[str, ...]] = {
    "en": (
        "Fill in the sheets named below, one row a thing. The sheet “Example” shows a filled row of each.",
        "Dark headings must be filled. An empty cell means: unknown. “n/a” and “-” mean the same.",
        "Point at a heading to read what goes below it. Many cells offer a list; where a cell takes several values, "
        "separate them by semicolons.",
        "Practices, organisations and other things are named by their identifier or their name, regions by a NUTS code "
        "of any version or their name.",
        "Columns may be moved and hidden; headings keep their words. Formulas are not evaluated: paste their values.",
        "Never enter persons, mail addresses or telephone numbers.",
        "Then: p4c import FILE --dry-run shows what would change, p4c import FILE does it. The file is what the graph "
        "holds of it: rows that you delete here are gone there after the next import.",
    ),
    "fr": (
        "Remplissez les feuilles nommées ci-dessous, une ligne par chose. La feuille « Exemple » montre une ligne "
        "remplie de chacune.",
        "Les en-têtes foncés sont obligatoires. Une cellule vide veut dire : inconnu. « n/a » et « - » aussi.",
        "Pointez un en-tête pour lire ce qui va dessous. Beaucoup de cellules offrent une liste ; là où une cellule "
        "prend plusieurs valeurs, séparez-les par des points-virgules.",
        "Pratiques, organisations et autres choses se nomment par leur identifiant ou leur nom, les régions par un "
        "code NUTS de n'importe quelle version ou leur nom.",
        "Les colonnes peuvent être déplacées et masquées ; les en-têtes gardent leurs mots. Les formules ne sont pas "
        "évaluées : collez leurs valeurs.",
        "N'entrez jamais de personnes, d'adresses électroniques ni de numéros de téléphone.",
        "Ensuite : p4c import FICHIER --dry-run montre ce qui changerait, p4c import FICHIER le fait. Le fichier est "
        "ce que le graphe en contient : les lignes supprimées ici y disparaissent à l'importation suivante.",
    ),
}
