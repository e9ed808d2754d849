// Puts YASGUI in the place of the text area. Without it, or without JavaScript, the form works as it is.
(() => {
  const form = document.getElementById("query-form");
  if (!window.Yasgui || !form) return;
  const { endpoint, prefixes, classes, properties, rows } = JSON.parse(form.dataset.editor);
  const holder = document.getElementById("editor");
  const { Yasqe } = window.Yasgui;

  // What comes with the editor asks public services for terms; ours come from this data set.
  for (const name of Object.keys(Yasqe.Autocompleters)) {
    if (name !== "variables") delete Yasqe.Autocompleters[name];
  }
  Yasqe.defaults.autocompleters = ["variables"];
  const compact = (iri) => {
    const found = Object.entries(prefixes).find(([, start]) => iri.startsWith(start));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : `<${iri}>`;
  };
  const terms = (name, iris, fits) => Yasqe.registerAutocompleter({
    name, bulk: false, autoShow: false,
    isValidCompletionPosition: (yasqe) => {
      const token = yasqe.getCompleteToken();
      return token.string.trim() !== "" && !/^[?$"']/.test(token.string) && fits(yasqe, token);
    },
    get: (_, token) => {
      const typed = token ? token.string.toLowerCase() : "";
      return iris.map(compact).filter((term) => term.toLowerCase().includes(typed)).slice(0, 50);
    },
  });
  const afterA = (yasqe, token) => /(^|\s)(a|rdf:type)$/.test(
    yasqe.getDoc().getLine(yasqe.getDoc().getCursor().line).slice(0, token.start).trimEnd());
  terms("data-classes", classes, afterA);
  terms("data-properties", properties, (yasqe, token) => !afterA(yasqe, token));

  form.hidden = true;
  holder.hidden = false;
  const yasgui = new window.Yasgui(holder, {
    requestConfig: { endpoint: location.origin + endpoint, method: "GET" },
    copyEndpointOnNewTab: false,
    populateFromUrl: false,
    persistenceId: null,
    autofocus: false,
    yasqe: { value: document.getElementById("query").value, persistenceId: null,
      createShareableLink: (yasqe) => `${location.origin}${endpoint}?query=${encodeURIComponent(yasqe.getValue())}` },
    yasr: { prefixes, persistenceId: null },
  });
  yasgui.getTab().setQuery(document.getElementById("query").value);

  // The server knows these prefixes; the editor marks one that is not declared as wrong, so it is declared when used.
  const yasqe = yasgui.getTab().getYasqe();
  const declare = () => {
    const text = yasqe.getValue().replace(/<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'/g, " ");
    const missing = Object.entries(prefixes).filter(([name]) =>
      new RegExp(`(^|[^\\w-])${name}:`).test(text) && !new RegExp(`prefix\\s+${name}:`, "i").test(text));
    if (missing.length) yasqe.addPrefixes(Object.fromEntries(missing));
  };
  declare();
  yasqe.on("change", (_, change) => { if (change.text.some((line) => line.includes(":"))) declare(); });
  yasqe.getInputField().setAttribute("aria-label", form.querySelector("label").textContent);
  yasgui.getTab().getYasr().on("drawn", () => {
    for (const select of holder.querySelectorAll(".tableSizer")) select.setAttribute("aria-label", rows);
  });
  yasgui.on("query", () => document.getElementById("answer")?.remove());
})();
