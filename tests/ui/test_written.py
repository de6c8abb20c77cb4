"""Turns as Markdown: what it shows, and what may not act in the program that renders it."""

import re

import pytest

from agents.events import Question, Reason, SlateItem
from retrieval.items import Field, Filter, Role
from ui.written import Prose, below, prose, quoted

FIELDS = {
    "year": Field(name="year", role=Role.NUMBER, label="year", unit="year"),
    "kinds": Field(name="kinds", role=Role.FACET, label="kinds", many=True),
    "pages": Field(name="pages", role=Role.NUMBER, label="pages", unit="pages"),
}
ITEM = SlateItem(
    item_id="b1",
    title="The *Lantern*\nHouse",
    score=1,
    fields={"year": 1990, "kinds": ["Mystery"], "pages": 320},
    reasons=[Reason(text="mystery, as you asked", source="kinds"), Reason(text="well rated", source="rating")],
    breaks=[Filter(field="pages", op="lte", value=300)],
)


def test_a_list_has_facts_reasons_and_what_is_missed() -> None:
    text = below([ITEM, ITEM.model_copy(update={"breaks": [], "reasons": []})], FIELDS, None, [])
    assert text.split("\n") == [
        "",
        "",
        r"1. **The \*Lantern\* House** (1990) · Mystery · 320 pages  ",
        "   Mystery, as you asked; well rated  ",
        "   *Nearest miss: 320 pages; you asked for “at most 300 pages”*",
        r"2. **The \*Lantern\* House** (1990) · Mystery · 320 pages",
    ]


def test_notices_come_first_and_the_question_last() -> None:
    text = below([], FIELDS, Question(text="Long or short?", choices=["long", "short"]), ["No model."])
    assert text == "\n\n*No model.*\n\nLong or short? (long / short)"
    assert below([], FIELDS, None, []) == ""


ACTING = [
    "![x](https://evil.example/a.png)",
    "[x]: https://evil.example",
    "<img src=x>",
    "<https://evil.example>",
    "`code`",
    "https://evil.example/?q=secret",
    "www.evil.example",
    "\u202egnp.exe\u2066",
    "\x1b[31mred",
]


@pytest.mark.parametrize("text", ACTING)
@pytest.mark.parametrize("written", [prose, quoted])
def test_nothing_acts(written: object, text: str) -> None:
    assert callable(written)
    out = written(text)
    assert "://" not in out and "www." not in out
    assert not {"<", "`", "[", "]"} & set(re.sub(r"\\[^\w\s]", "", out))
    assert not {"\u202e", "\u2066", "\x1b"} & set(out)


def test_emphasis_of_a_reply_stays_and_that_of_a_title_shows() -> None:
    assert prose("start with **Emma** (1815)") == "start with **Emma** (1815)"
    assert quoted("M*A*S*H _now_ snake_case ~~x~~") == r"M\*A\*S\*H \_now\_ snake_case \~\~x\~\~"


@pytest.mark.parametrize("n", [1, 2, 3, 7, 1000])
def test_pieces_of_a_reply_say_what_the_whole_does(n: int) -> None:
    text = "See  **Emma**\n\n![x](http://evil.example) or www.evil.example now "
    pieces = Prose()
    said = [pieces.take(text[i : i + n]) for i in range(0, len(text), n)]
    assert "".join([*said, pieces.rest()]) == prose(text.rstrip())
