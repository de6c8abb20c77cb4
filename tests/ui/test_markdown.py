"""Text shown in the chat: exactly what was written, and nothing in it acts."""

import pytest

from ui.markdown import aside, literal, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 3.5 stars!", "plain words, 3.5 stars!"),
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("# head\n- item\n1. one", "\\# head\n\\- item\n1\\. one"),
        ("<b>x</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("![p](http://e.example/a.png)", r"!\[p\](http:&#47;&#47;e.example/a.png)"),
        ("WWW.e.example", "www&#46;e.example"),
    ],
)
def test_literal_shows_what_was_typed(text: str, shown: str) -> None:
    assert literal(text) == shown


def test_prose_keeps_emphasis_and_lists() -> None:
    assert prose("**Two** that fit:\n- one\n- two") == "**Two** that fit:\n- one\n- two"


def test_prose_keeps_tables_and_no_other_strokes() -> None:
    table = "They differ:\n\n|  | Alien | Heat |\n| --- | --- | --- |\n| length | 117 min | 170 min |\n"
    assert prose(table) == table
    assert prose("a | b\n| c") == "a \\| b\n\\| c"
    assert prose("| <b> | [x](http://e.example) |") == r"| &lt;b&gt; | \[x\](http:&#47;&#47;e.example) |"


@pytest.mark.parametrize("text", ["![x](http://e.example/?q=1)", "[x](http://e.example)", "<img src=//e.example>"])
def test_prose_leaves_no_picture_link_or_tag(text: str) -> None:
    shown = prose(text)
    assert "](" not in shown.replace("\\](", "")
    assert "<" not in shown
    assert "://" not in shown


def test_nothing_turns_the_direction_of_the_words_behind_it() -> None:
    assert prose("**Lamp \u202e** is here") == "**Lamp ** is here"
    assert literal("\u2067x\u2069 y") == "x y"


def test_an_aside_is_one_italic_line() -> None:
    assert aside(" You liked\n*M* ") == r"*You liked \*M\**"
