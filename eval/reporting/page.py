"""The page around the parts: one file that asks nothing of anybody, in light, in dark, on paper."""

import base64
import hashlib
from collections.abc import Sequence

from eval.reporting.markup import Markup, joined, tag

STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #d5dae0; --page: #ffffff; --band: #f4f6f8;
  --mark: #1f6fb2; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a3adb8; --line: #3a424b; --page: #15181c;
  --band: #1e2328; --mark: #6db3f2; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem clamp(.75rem, 3vw, 2rem) 4rem; max-width: 72rem; color: var(--ink);
  background: var(--page); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { max-width: 44rem; margin: .4rem 0; }
.soft, figcaption { color: var(--soft); font-size: .875rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0; }
a { color: var(--mark); }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 8rem; max-width: 18rem; overflow-wrap: break-word; }
td { white-space: nowrap; }
td .soft { display: block; font-size: .75rem; }
code { font: .8125rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr)); gap: 1rem 2rem; }
figure { margin: 0; min-width: 0; }
figcaption b { color: var(--ink); }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); font-size: 11px; }
svg .rule { stroke: var(--line); }
svg .bar { stroke: var(--mark); stroke-width: 2; }
svg .dot { fill: var(--mark); }
svg .faint { fill: var(--mark); fill-opacity: .35; }
details { border-bottom: 1px solid var(--line); padding: .5rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { color: var(--bad); }
.talk { margin: .5rem 0; padding: .25rem .75rem; background: var(--band); }
.talk p { margin: .15rem 0; white-space: pre-wrap; overflow-wrap: anywhere; max-width: none; }
.talk p:has(b) { margin-top: .6rem; }
.talk b { color: var(--soft); font-weight: 600; }
@media print { nav { display: none; } body { max-width: none; font-size: 11pt; } figure { break-inside: avoid-page; }
  .wide { overflow: visible; } td { white-space: normal; } }
"""


def page(title: str, told: str, parts: Sequence[tuple[str, str, Markup]]) -> str:
    """Return the whole page; parts are (anchor, name in the contents, section)."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        Markup(f"<style>{STYLE}</style>"),
    )
    contents = tag("nav", *(tag("a", name, href=f"#{anchor}") for anchor, name, _ in parts), aria_label="Contents")
    main = tag("main", *(part for *_, part in parts))
    body = tag("body", tag("header", tag("h1", title), tag("p", told, class_="soft"), contents), main)
    return "<!doctype html>\n" + joined([tag("html", head, body, lang="en")]) + "\n"
