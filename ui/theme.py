"""Colours and type of the page as a Gradio theme; everything else is in web.css."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes.base import Base

STYLES = [Path(__file__).parent / "web.css", Path(__file__).parent / "cards.css"]

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E"
    "%3Cpath d='M12 2 3 21l9-5 9 5z' fill='%232f7a74'/%3E%3C/svg%3E"
)
HEAD = (
    '<meta name="description" content="Say what you are in the mood for; get real items, each with a reason.">'
    f'<link rel="icon" href="{_ICON}">'
)
"""Put into the page's head; the icon is part of it, so that nothing is fetched."""

SHADE = """() => {
  try {
    const shade = localStorage.getItem("cicerone-shade");
    if (shade) document.body.classList.toggle("dark", shade === "dark");
  } catch { /* storage may be off */ }
  const names = { "submit-button": "Send", "stop-button": "Stop" };
  let drawn = "";
  const name = () => {
    for (const [part, word] of Object.entries(names))
      document.querySelector(`#box .${part}:not([aria-label])`)?.setAttribute("aria-label", word);
    const { title, catalog, told } = document.querySelector("#top header")?.dataset ?? {};
    if (title && drawn !== `${told} ${catalog}`) {
      drawn = `${told} ${catalog}`;
      document.title = title;
      for (const select of document.querySelectorAll("#top select")) select.value = catalog;
    }
    for (const arrow of document.querySelectorAll("#chat .thought-group .title .icon-button:not([tabindex='-1'])")) {
      arrow.tabIndex = -1;
      arrow.ariaHidden = "true";
    }
  };
  const parts = { childList: true, subtree: true, attributeFilter: ["data-catalog", "data-told"] };
  new MutationObserver(name).observe(document.body, parts);
  name();
}"""
"""Run once the page stands: the light or dark chosen by hand outlives a reload, and buttons of icons get names.

The window is titled, and the choice set, by the catalogue that is talked about, whatever was chosen meanwhile.

A step's title opens it from the keyboard too, so its arrow need not be a stop of its own.
"""


def theme() -> "Base":
    """Return the theme: warm paper and one green, system fonts only."""
    import gradio as gr

    green = gr.themes.Color(
        c50="#eef6f4", c100="#d8ebe7", c200="#b3d8d1", c300="#84bfb6", c400="#56a198", c500="#3a877f", c600="#2c6f69",
        c700="#265a56", c800="#224947", c900="#1e3d3b", c950="#0d2423",
    )  # fmt: skip
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    base = gr.themes.Base(
        primary_hue=green, secondary_hue=green, neutral_hue=gr.themes.colors.stone, font=sans,
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"], radius_size=gr.themes.sizes.radius_lg,
    )  # fmt: skip
    return base.set(body_background_fill="#faf8f4", body_background_fill_dark="#171512", body_text_color="#221f1b")
