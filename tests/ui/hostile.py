"""Texts that would run, or call elsewhere, wherever they are shown as more than text."""

from fake_agent import NASTY

ELSEWHERE = "http://evil.example"
HOSTILE = (
    NASTY,
    "<script>alert(1)</script>",
    f"<svg onload=fetch('{ELSEWHERE}/a')>",
    f"![x]({ELSEWHERE}/b.png)",
    f"[![x]({ELSEWHERE}/c.png)]({ELSEWHERE}/?q=1)",
    f"![x][r]\n\n[r]: {ELSEWHERE}/d.png",
    f"<img src={ELSEWHERE}/e.png>",
    f"<style>@import '{ELSEWHERE}/f.css'; body {{ background: url({ELSEWHERE}/g.png) }}</style>",
    f"<link rel=stylesheet href={ELSEWHERE}/h.css>",
    f"<iframe src={ELSEWHERE}/i></iframe>",
    "[click](javascript:alert(2))",
    '" onmouseover="alert(3)" x="',
    "'><a href=javascript:alert(4)>x</a>",
    "{{constructor.constructor('alert(5)')()}}${alert(6)}",
    "</textarea><script>alert(7)</script>",
    f"<video poster={ELSEWHERE}/j.png src={ELSEWHERE}/k.mp4></video>",
    "<details open ontoggle=alert(8)><summary>x</summary></details>",
    "data:text/html,<script>alert(9)</script>",
    "\u202egnp.exe <img src=x onerror=alert(10)>",
)
