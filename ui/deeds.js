// One listener for a whole component: a click on anything with data-deed reaches Python as the event "deed".
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  if (!button || !element.contains(button)) return;
  const { deed, item = "", key = "" } = button.dataset;
  if (deed === "shade") {
    window.cicerone.keep("shade", document.body.classList.toggle("dark") ? "dark" : "light");
    return;
  }
  if (deed === "tour") {
    window.cicerone.tour();
    return;
  }
  // The second click of a double click would land on whatever has taken the button's place.
  if (event.detail > 1 && item) return;
  if (item && button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", deed !== "remove_chip");
  if (!["like", "dislike", "seen", "undo", "again", "edit"].includes(deed)) {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    for (const part of [document.querySelector("#slate"), window]) part?.scrollTo({ top: 0, behavior });
  }
  trigger("deed", { kind: deed, item_id: item, key });
});
element.addEventListener("cicerone-deed", (event) => trigger("deed", event.detail));
element.addEventListener("change", (event) => {
  const { choose } = event.target.dataset;
  if (!choose) return;
  const address = new URL(location.href);
  address.searchParams.set(choose, event.target.value);
  history.replaceState(history.state, "", address);
  trigger("deed", { kind: choose, item_id: "", key: event.target.value });
});
