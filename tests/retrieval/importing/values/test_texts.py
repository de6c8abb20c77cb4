"""Texts: single spaces, nothing invisible or endless; links that a browser may open."""

import pyarrow as pa
import pytest

from retrieval.importing.values.texts import cleaned, links, strings, tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \t b\nc ", "a b c"),
        ("a\u00a0\u2003b", "a b"),
        ("nu\0l\x1b[31m", "nul[31m"),
        ("\u200b\u200d", ""),
        ("a\u200bb", "a\u200bb"),
        ("ab\u202ecd", "ab\u202ecd"),
        ("Z" + "\u0301" * 1000, "Z" + "\u0301" * 8),
        ("हिन्दी", "हिन्दी"),
        ("👩‍👩‍👧‍👦 family", "👩‍👩‍👧‍👦 family"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_texts_are_tidied(text: str, expected: str) -> None:
    assert tidy(text) == expected
    assert cleaned("t", pa.chunked_array([[text, "plain"]]), 5000).values.to_pylist() == [expected or None, "plain"]


def test_what_was_done_is_told() -> None:
    values, notices = cleaned("t", pa.chunked_array([["a\0", "b" * 20, "o" + "\u0308" * 9, None, "N/A"]]), 10)
    assert values.to_pylist() == ["a", "b" * 10, "o" + "\u0308" * 8, None, "N/A"]
    assert notices == [
        "1 value of t held control characters, which were removed.",
        "1 value of t held over 8 combining marks in a row; more are cut.",
        "1 value of t held more than 10 characters; the rest is cut.",
    ]
    assert cleaned("t", pa.chunked_array([["N/A", "none", " - ", "Nona"]]), 10, unknown=True).values.to_pylist() == [
        None, None, None, "Nona",
    ]  # fmt: skip


def test_only_web_addresses_are_links() -> None:
    given = ["http://a.b/c", "javascript:alert(1)", "data:image/png;base64,xx", "['https://q/r', 'https://z']", None,
             "HTTPS://x.y", " https://a b", "//cdn/x.png"]  # fmt: skip
    values, notices = links("photo", pa.chunked_array([given]))
    assert values.to_pylist() == ["http://a.b/c", None, None, "https://q/r", None, "HTTPS://x.y", "https://a", None]
    assert notices == [
        "3 of 7 values of photo are no links to http or https, such as 'javascript:alert(1)'; they are unknown."
    ]


def test_any_column_becomes_text() -> None:
    assert strings(pa.chunked_array([[1.0, 9780002005883.0, 1e22, 1.5, float("nan"), None]])).to_pylist() == [
        "1", "9780002005883", "10000000000000000000000", "1.5", None, None,
    ]  # fmt: skip
    assert strings(pa.chunked_array([[["a", "é"], None]])).to_pylist() == ['["a", "é"]', None]
    assert strings(pa.chunked_array([[b"a\xff"]])).to_pylist() == ["a\\xff"]
    assert strings(pa.chunked_array([pa.array(["x", "y", "x"]).dictionary_encode()])).to_pylist() == ["x", "y", "x"]
    assert strings(pa.chunked_array([[True, None]])).to_pylist() == ["true", None]
    assert strings(pa.chunked_array([[]], pa.null())).to_pylist() == []
