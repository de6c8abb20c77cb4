"""Encodings: told from the bytes and converted with a notice; what fits none is rejected, never garbled."""

from pathlib import Path

import pytest

from errors import CatalogError
from retrieval.importing.readers import read_table

TEXT = "id,title\n1,Amélie\n2,Zoë – “Smörgås”\n3,Kite\n"
PLAIN = "id,title\n1,Amélie\n2,Zoë & Co\n3,Kite\n"
CONVERTED = {
    "UTF-8": (TEXT.encode(), ""),
    "UTF-8 with a mark": (TEXT.encode("utf-8-sig"), ""),
    "UTF-16 with a mark": (TEXT.encode("utf-16"), "Read as UTF-16 and converted."),
    "UTF-16 big-endian with a mark": (b"\xfe\xff" + TEXT.encode("utf-16-be"), "Read as UTF-16 and converted."),
    "UTF-16 little-endian": (TEXT.encode("utf-16-le"), "Read as UTF-16-LE without a byte order mark and converted."),
    "UTF-16 big-endian": (TEXT.encode("utf-16-be"), "Read as UTF-16-BE without a byte order mark and converted."),
    "UTF-32": (TEXT.encode("utf-32"), "Read as UTF-32 and converted."),
    "cp1252": (
        TEXT.encode("cp1252"),
        'Read as Windows-1252 (Latin-1) and converted, for it is not UTF-8: see whether "Amélie" is spelt right.',
    ),
}


@pytest.mark.parametrize(("content", "notice"), CONVERTED.values(), ids=list(CONVERTED))
def test_every_encoding_gives_the_same_table(tmp_path: Path, content: bytes, notice: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    raw = read_table(tmp_path / "a.csv")
    assert raw.table.to_pydict() == {"id": ["1", "2", "3"], "title": ["Amélie", "Zoë – “Smörgås”", "Kite"]}
    assert raw.notices == ([notice] if notice else [])
    assert not raw.rejected


@pytest.mark.parametrize("word", ["größer – schöner", "créée", "Smørrebrød", "coração", "niño", "½ l"])
def test_western_words_are_known(tmp_path: Path, word: str) -> None:
    (tmp_path / "a.csv").write_bytes(f"id,title\n1,{word}\n2,Kite\n".encode("cp1252"))
    assert read_table(tmp_path / "a.csv").table["title"].to_pylist() == [word, "Kite"]


def test_latin_1_is_converted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(PLAIN.encode("latin-1"))
    raw = read_table(tmp_path / "a.csv")
    assert raw.table["title"].to_pylist() == ["Amélie", "Zoë & Co", "Kite"]
    assert "Latin-1" in raw.notices[0]


NOT_UTF8 = "it has bytes that are not UTF-8"
BROKEN = {
    "Latin-1 among UTF-8": (TEXT.encode() + b"4,Zo\xeb\n", 5, NOT_UTF8, r"4,Zo\xeb"),
    "UTF-8 among Latin-1": (
        PLAIN.encode("latin-1") + "4,Zoë\n".encode(),
        5,
        "it is UTF-8 in a file that is otherwise Windows-1252",
        "4,ZoÃ«",
    ),
    "lone surrogate": (b"id,title\n1,Kite\n2,a\xed\xa0\x80b\n", 3, NOT_UTF8, r"2,a\xed\xa0\x80b"),
    "overlong UTF-8": (b"id,title\n1,Kite\n2,a\xc0\xafb\n", 3, NOT_UTF8, r"2,a\xc0\xafb"),
    "half a pair in UTF-16": (
        "id,title\n1,Kite\n2,a\ud83db\n".encode("utf-16", "surrogatepass"),
        3,
        "it has bytes that are no characters in utf-16",
        r"2,a\ud83db",
    ),
    "byte that is no character in cp1252": (
        PLAIN.encode("cp1252") + b"4,Zo\x81\n",
        5,
        "it has bytes that are no characters in cp1252",
        r"4,Zo\x81",
    ),
}


@pytest.mark.parametrize(("content", "line", "reason", "shown"), BROKEN.values(), ids=list(BROKEN))
def test_a_row_in_another_encoding_is_rejected(
    tmp_path: Path, content: bytes, line: int, reason: str, shown: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    raw = read_table(tmp_path / "a.csv")
    assert [(row.line, row.reason, row.raw) for row in raw.rejected] == [(line, reason, shown)]
    assert raw.table.num_rows == line - 2


REFUSED = {
    "cp1251": "id,title\n1,Привет, мир\n2,Другой\n".encode("cp1251"),
    "Shift-JIS": "id,title\n1,こんにちは\n2,さようなら\n".encode("shift-jis"),
    "Shift-JIS with half of its bytes ASCII": "id,title\n1,アイスクリーム\n2,トマト\n".encode("shift-jis"),
    "cp1250": "id,title\n1,Michał Waligóra\n2,Bałtyk\n3,Kałuża\n".encode("cp1250"),
    "GBK": "id,title\n1,你好世界\n2,再见朋友\n".encode("gbk"),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=list(REFUSED))
def test_an_encoding_that_cannot_be_told_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(CatalogError, match=r"a\.csv is in an encoding that cannot be told.*Save it as UTF-8"):
        read_table(tmp_path / "a.csv")


def test_utf_16_cut_within_a_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode("utf-16")[:-1])
    with pytest.raises(CatalogError, match="cut short in the middle of a character"):
        read_table(tmp_path / "a.csv")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_is_decoded_the_same_way(tmp_path: Path, codec: str, name: str) -> None:
    rows = '{"id": "1", "title": "Amélie"}\n{"id": "2", "title": "Zoë"}\n'
    text = rows if name == "a.jsonl" else "[" + rows.replace("}\n{", "},\n{") + "]"
    (tmp_path / name).write_bytes(text.encode(codec))
    assert read_table(tmp_path / name).table["title"].to_pylist() == ["Amélie", "Zoë"]
