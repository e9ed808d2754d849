// Pages work without this. It folds facets on small screens, and keeps a ranking up to date while its weights are moved.
if (window.matchMedia("(max-width: 56rem)").matches) {
  for (const facet of document.querySelectorAll(".facet[open]")) {
    if (!facet.querySelector(".on")) facet.open = false;
  }
}
for (const form of document.querySelectorAll("form[data-live]")) {
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const show = () => {
    const sum = sliders.reduce((total, slider) => total + slider.valueAsNumber, 0);
    for (const slider of sliders) {
      const share = sum ? slider.valueAsNumber / sum : 0;
      form.querySelector(`output[for="${slider.id}"]`).value = new Intl.NumberFormat(
        document.documentElement.lang, { style: "percent" }).format(share);
    }
    return sum;
  };
  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    if (event.target.matches("input[type=range], input[type=radio], input[type=checkbox]") && show()) {
      form.requestSubmit();
    }
  });
}
