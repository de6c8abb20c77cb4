"""What must never be stored of a person: e-mail addresses, telephone numbers, numbers of cards and accounts."""

import re

_LEFT_OUT = "…"
_LONGEST = 160
_EMAIL = r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+"
_ACCOUNT = r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}[A-Z0-9]{0,3}\b"
_NUMBER = r"(?<!\w)(?:\+\d[\d\s().\-/]{6,20}\d|\(?\d(?:[\s().\-/]{0,2}\d){8,18})(?!\w)"
_PRIVATE = re.compile("|".join((_EMAIL, _ACCOUNT, _NUMBER)))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


def is_private(text: str) -> bool:
    """Whether a text holds something of the kind; nine digits in a row are enough."""
    return bool(_PRIVATE.search(_plain(text)))


def storable(text: str, longest: int = _LONGEST) -> str:
    """Return a text as one short line without private numbers and addresses, and without what could steer a screen."""
    line = _PRIVATE.sub(_LEFT_OUT, _plain(text))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + _LEFT_OUT


def _plain(text: str) -> str:
    """One line without what is not seen, which would split a number or an address."""
    return " ".join(_CONTROL.sub(" ", text).split())
