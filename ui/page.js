() => {
  // Styles within @media hold inside this part alone: Gradio prefixes them with it.
  const room = document.querySelector(".gradio-container .contain") ?? document.body;
  const keep = (name, value) => { document.cookie = `cicerone_${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`; };
  const kept = (name) => document.cookie.match(new RegExp(`(?:^|; )cicerone_${name}=([^;]*)`))?.[1] ?? "";
  const make = (tag, given = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), given);
    made.append(...inside);
    return made;
  };
  window.cicerone = { keep, kept };

  // Light or dark, as chosen by hand, outlives a reload; the plain pages read the same cookie.
  document.body.classList.add("chat-page");
  if (kept("shade")) document.body.classList.toggle("dark", kept("shade") === "dark");

  // Buttons of icons get names; the window is titled, and the choice set, by the catalogue that is talked about.
  const names = { "submit-button": "Send", "stop-button": "Stop" };
  let drawn = "", at = "";
  const name = () => {
    for (const [part, word] of Object.entries(names))
      document.querySelector(`#box .${part}:not([aria-label])`)?.setAttribute("aria-label", word);
    const { title, catalog, told, thread } = document.querySelector("#top header")?.dataset ?? {};
    if (title && thread !== at) {
      // A reload, or a server that was started again, comes back to this conversation.
      const address = new URL(location.href);
      if (thread) address.searchParams.set("thread", thread); else address.searchParams.delete("thread");
      if (thread || at) history.replaceState(history.state, "", address);
      at = thread;
      if (thread && !card.hidden) { card.hidden = true; keep("toured", "1"); }
    }
    if (title && drawn !== `${told} ${catalog}`) {
      drawn = `${told} ${catalog}`;
      document.title = title;
      for (const select of document.querySelectorAll("#top select[data-choose='catalog']")) select.value = catalog;
    }
    // Examples are buttons in what Gradio calls a list; and an answer is read out once it is complete.
    const examples = document.querySelector("#chat .examples[role='list']");
    if (examples) { examples.role = "group"; examples.ariaLabel = "Examples"; }
    const log = document.querySelector("#chat [role='log']"), busy = document.querySelector("#box .stop-button") !== null;
    if (log && log.ariaBusy !== String(busy)) log.ariaBusy = String(busy);
  };

  // A plain page laid over the chat: its main part is fetched, shown in a dialog, and its forms stay in there.
  const back = make("button", { type: "button", className: "sheet-back", textContent: "Back" });
  const close = make("button", { type: "button", className: "sheet-close", textContent: "Close" });
  const inside = make("div", { className: "sheet" });
  const dialog = make("dialog", { id: "sheet" }, make("div", { className: "sheet-bar" }, back, close), inside);
  room.append(dialog);
  const been = [];
  const show = async (address, options = {}) => {
    inside.setAttribute("aria-busy", "true");
    if (!dialog.open) { inside.replaceChildren(make("p", { textContent: "One moment …" })); dialog.showModal(); }
    let said = "This could not be loaded. Is the server still there? Try again in a moment.";
    try {
      const answer = await fetch(address, { ...options, headers: { Accept: "text/html" } });
      const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (main) {
        inside.replaceChildren(...main.childNodes);
        dialog.setAttribute("aria-label", main.getAttribute("aria-label") ?? "");
        said = "";
      }
      if (answer.redirected) been.splice(-1, 1, answer.url);
    } catch { /* said below */ }
    if (said) inside.replaceChildren(make("p", { textContent: said }));
    inside.removeAttribute("aria-busy");
    back.hidden = been.length < 2;
    dialog.scrollTop = 0;
  };
  const open = (address) => { been.push(address); return show(address); };
  window.cicerone.open = open;
  close.onclick = () => dialog.close();
  back.onclick = () => { been.pop(); show(been.at(-1)); };
  dialog.onclose = () => { been.length = 0; };
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-look], #chat a[href^='/look/']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.href);
  });
  dialog.addEventListener("submit", async (event) => {
    const form = event.target;
    event.preventDefault();
    await show(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) });
    if (form.dataset.then) deed(form.dataset.then);
  });

  // Clicks outside of Gradio's own parts are handed to one of them, which reports them.
  const deed = (kind, key = "") => document.querySelector("#top header")?.dispatchEvent(
    new CustomEvent("cicerone-deed", { bubbles: true, detail: { kind, key, item_id: "" } }));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#sheet [data-deed]");
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target) || event.target.closest("a, button")) menu.open = false;
    });
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.close();
    deed(link.dataset.deed, link.dataset.key);
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Two or three ticked cards go side by side; ticks outlive a redrawn list.
  const ticked = new Map();
  const go = make("button", { type: "button", className: "go" });
  const clear = make("button", { type: "button", className: "clear", ariaLabel: "Untick all", textContent: "×" });
  const bar = make("div", { id: "compare", hidden: true, role: "status" }, go, clear);
  room.append(bar);
  const tick = () => {
    const catalog = document.querySelector("#top header")?.dataset.catalog;
    for (const [id, of] of ticked) if (of !== catalog) ticked.delete(id);
    for (const box of document.querySelectorAll("[data-compare]")) {
      box.checked = ticked.has(box.dataset.compare);
      box.disabled = !box.checked && ticked.size > 2;
    }
    bar.hidden = ticked.size === 0;
    const words = ticked.size < 2 ? "Tick one or two more to compare" : `Compare these ${ticked.size}`;
    if (go.textContent !== words) go.textContent = words;
    go.disabled = ticked.size < 2;
  };
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset?.compare) return;
    const catalog = document.querySelector("#top header")?.dataset.catalog;
    if (target.checked) ticked.set(target.dataset.compare, catalog); else ticked.delete(target.dataset.compare);
    tick();
  });
  clear.onclick = () => { ticked.clear(); tick(); };
  go.onclick = () => {
    const catalog = document.querySelector("#top header").dataset.catalog;
    open(`/look/compare?${new URLSearchParams([["catalog", catalog], ...[...ticked.keys()].map((id) => ["id", id])])}`);
  };

  // A short way round, once; whoever closes it does not see it again.
  const stops = [
    ["#box", "Say it in your own words", "What you are in the mood for, what you enjoyed, what must not be in it. Answer back to narrow it down."],
    ["#slate", "Every pick has its reasons", "Open a title for all that is known of it. Like, dislike or tick two to compare; the list follows."],
    [".menu summary", "The rest is here", "Your chats, your taste, a map, how an answer came about, and settings."],
  ];
  const card = make("div", { id: "tour", role: "dialog", ariaLabel: "Short tour", hidden: true });
  room.append(card);
  const leave = () => { card.hidden = true; keep("toured", "1"); document.querySelector("#box textarea")?.focus(); };
  const stop = (at, focused) => {
    const [where, title, words] = stops[at], last = at === stops.length - 1;
    const skip = make("button", { type: "button", className: "skip", textContent: "No tour", onclick: leave });
    const next = make("button", { type: "button", className: "next", textContent: last ? "Begin" : "Next", onclick: () => last ? leave() : stop(at + 1, true) });
    card.replaceChildren(make("strong", { textContent: title }), make("p", { textContent: words }),
      make("div", {}, make("span", { textContent: `${at + 1} of ${stops.length}` }), ...(last ? [] : [skip]), next));
    card.hidden = false;
    const target = document.querySelector(where)?.getBoundingClientRect(), own = card.getBoundingClientRect();
    const above = target && target.top > innerHeight / 2;
    const left = target ? Math.min(Math.max(12, target.left + 24), innerWidth - own.width - 12) : 12;
    card.style.left = `${left}px`;
    card.style.top = `${Math.max(12, above ? target.top - own.height - 12 : Math.min((target?.top ?? 60) + 46, innerHeight - own.height - 90))}px`;
    if (focused) next.focus();
  };
  card.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
  window.cicerone.tour = () => stop(0, true);
  if (!kept("toured") && !new URL(location.href).searchParams.has("thread")) stop(0, false);

  const parts = { childList: true, subtree: true, attributeFilter: ["data-catalog", "data-told", "data-thread"] };
  new MutationObserver(() => { name(); tick(); }).observe(document.body, parts);
  name();
}
