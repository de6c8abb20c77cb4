"""Colours and type of the page as a Gradio theme; everything else is in web.css."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes.base import Base

_HERE = Path(__file__).parent
STYLES = [_HERE / name for name in ("colours.css", "web.css", "cards.css", "sheets.css")]

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E"
    "%3Cpath d='M12 2 3 21l9-5 9 5z' fill='%232f7a74'/%3E%3C/svg%3E"
)
HEAD = (
    '<meta name="description" content="Say what you are in the mood for; get real items, each with a reason.">'
    f'<link rel="icon" href="{_ICON}">'
)
"""Put into the page's head; the icon is part of it, so that nothing is fetched."""

SCRIPT = (_HERE / "page.js").read_text("utf-8")
"""Run once the page stands."""


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
