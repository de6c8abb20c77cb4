"""Text made safe for the chat, which renders Markdown and would fetch a picture the moment it is shown."""

import html
import re

_MARKS = re.compile(r"([\\`*_\[\]|~])|^[ \t]*(?:([#+\-=])|(\d+)([.)]))", re.MULTILINE)
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of all that follows; letters know their own."""
_UNWANTED = re.compile(r"([`\[\]\\])")
_ROW = re.compile(r"\|.*\|\s*")


def literal(text: str) -> str:
    """Return Markdown that shows exactly `text`: no mark, link, picture or tag in it acts."""
    marked = _MARKS.sub(_escaped, html.escape(_TURNS.sub("", text), quote=False))
    return _unlinked(marked)


def _escaped(found: re.Match[str]) -> str:
    mark, bullet, digits, stop = found.groups()
    if mark:
        return "\\" + mark
    return f"\\{bullet}" if bullet else f"{digits}\\{stop}"


def prose(text: str) -> str:
    """Return Markdown of a reply: emphasis, lists and tables stay; links, pictures, code and tags show as text."""
    shown = _UNWANTED.sub(r"\\\1", html.escape(_TURNS.sub("", text), quote=False))
    lines = (line if _ROW.fullmatch(line) else line.replace("|", r"\|") for line in shown.split("\n"))
    return _unlinked("\n".join(lines))


def _unlinked(text: str) -> str:
    """Keep bare addresses from becoming links: a click would carry the conversation's words elsewhere."""
    return re.sub(r"(?i)\bwww\.", "www&#46;", text.replace("://", ":&#47;&#47;"))


def aside(text: str) -> str:
    """Return a quiet line of the chat's own: text shown exactly, in italics."""
    return f"*{literal(' '.join(text.split()))}*"
