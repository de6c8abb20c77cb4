// One listener for a whole component: a click on anything with data-deed reaches Python as the event "deed".
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  if (!button || !element.contains(button)) return;
  const { deed, item = "", key = "" } = button.dataset;
  if (deed === "shade") {
    const dark = document.body.classList.toggle("dark");
    try { localStorage.setItem("cicerone-shade", dark ? "dark" : "light"); } catch { /* storage may be off */ }
    return;
  }
  trigger("deed", { kind: deed, item_id: item, key });
});
