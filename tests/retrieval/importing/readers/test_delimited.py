"""Delimited text: any delimiter, strict widths; a broken line is rejected with its number and never shifts a value."""

import csv
import io
import random
from pathlib import Path

import pytest

from errors import CatalogError
from retrieval.importing.raw import RawTable
from retrieval.importing.readers import read_table

ROWS = [["1", "Kite", "3.50"], ["2", "Ball, red", "4"], ["3", "Top; old", "5"]]


def read(tmp_path: Path, content: str | bytes, name: str = "toys.csv", table: str = "") -> RawTable:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, table=table)


def columns(raw: RawTable) -> dict[str, list[str | None]]:
    return raw.table.to_pydict()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "^", "~"])
def test_every_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["id", "title", "price"], *ROWS])
    raw = read(tmp_path, text.getvalue())
    assert columns(raw) == {
        "id": ["1", "2", "3"],
        "title": ["Kite", "Ball, red", "Top; old"],
        "price": ["3.50", "4", "5"],
    }
    assert raw.lines.tolist() == [2, 3, 4]
    assert raw.lines.dtype == "int64"
    assert not raw.notices


TWO = {"id": ["1", "2"], "title": ["Kite", "Ball"]}
ACCEPTED = {
    "newline in quotes": (
        'id,title\n1,"Kite\nred"\n2,Ball\n',
        {"id": ["1", "2"], "title": ["Kite\nred", "Ball"]},
        [2, 4],
    ),
    "mixed CRLF and LF": ("id,title\r\n1,Kite\n2,Ball\r\n", TWO, [2, 3]),
    "carriage returns alone": ("id,title\r1,Kite\r2,Ball\r", TWO, [2, 3]),
    "decimal commas between semicolons": (
        "name;price\nKite;1,50\nBall;2,00\nTop;3,00\n",
        {"name": ["Kite", "Ball", "Top"], "price": ["1,50", "2,00", "3,00"]},
        [2, 3, 4],
    ),
    "blank lines": ("\nid,title\n\n1,Kite\n \n2,Ball\n\n", TWO, [4, 6]),
    "quote within a value": (
        'id,title\n1,12" record\n2,"the ""best"""\n',
        {"id": ["1", "2"], "title": ['12" record', 'the "best"']},
        [2, 3],
    ),
    "literal quotes between tabs": (
        'id\ttitle\n1\t"Weird" Al\n2\tBall\n',
        {"id": ["1", "2"], "title": ['"Weird" Al', "Ball"]},
        [2, 3],
    ),
    "backslash before quotes": (
        'id,title\n1,"a \\"b\\", c"\n2,"d"\n',
        {"id": ["1", "2"], "title": ['a "b", c', "d"]},
        [2, 3],
    ),
    "text stays text": (
        "id,title,n\n00012,NULL,1e5\n123456789012345678901234567890,nan,\n",
        {"id": ["00012", "123456789012345678901234567890"], "title": ["NULL", "nan"], "n": ["1e5", None]},
        [2, 3],
    ),
    "names that are code": (
        "id,select,x;drop table items\n1,a,b\n",
        {"id": ["1"], "select": ["a"], "x;drop table items": ["b"]},
        [2],
    ),
    "one column of texts with commas": (
        'title\nKite, red\nBall; blue\n"Top, old"\n',
        {"title": ["Kite, red", "Ball; blue", "Top, old"]},
        [2, 3, 4],
    ),
    "header close after a hash": (
        "#title,kind\nKite,toy\nBall,game\n",
        {"title": ["Kite", "Ball"], "kind": ["toy", "game"]},
        [2, 3],
    ),
    "one column": ("title\nKite\nBall\n", {"title": ["Kite", "Ball"]}, [2, 3]),
    "header after a hash": ("#id,title\n1,Kite\n2,Ball\n", TWO, [2, 3]),
}


@pytest.mark.parametrize(("content", "expected", "lines"), ACCEPTED.values(), ids=list(ACCEPTED))
def test_it_is_read_as_it_is_meant(
    tmp_path: Path, content: str, expected: dict[str, list[str]], lines: list[int]
) -> None:
    raw = read(tmp_path, content)
    assert columns(raw) == expected
    assert raw.lines.tolist() == lines
    assert not raw.rejected and not raw.notices


NOTICED = {
    "comment lines on top": ("# made by hand\n# a, b\nid,title\n1,Kite\n", "Skipped 2 lines above the header"),
    "title line on top": ("Our toys\n\nid,title,price\n1,Kite,2\n2,Ball,3\n", "Skipped 1 line above the header"),
    "title line as wide as the table": ("Our toys,,\nid,title,price\n1,Kite,2\n", "Skipped 1 line above the header"),
    "says its delimiter": ("sep=;\nid;title\n1;Kite\n", "Skipped 1 line above the header"),
    "duplicate column names": ("id,title,title\n1,Kite,x\n", "column 3 is called title_2"),
    "names that differ in case": ("id,Title,title\n1,Kite,x\n", "column 3 is called title_2"),
    "column without a name": ("id,title,\n1,Kite,x\n", "column 3 has no name and is called column_3"),
    "NUL in a cell": ("id,title\n1,Ki\0te\n", "Removed NUL characters: 1"),
    "row of empty values": ("id,title\n,\n1,Kite\n", "every value is empty: 1"),
    "description of 100,001 characters": (f"id,title\n1,Kite{'é' * 100_001}\n", "Cut values longer than 100,000"),
    "cell of 10 MB": (f"id,title\n1,Kite{'x' * 10_000_000}\n", "Cut values longer than 100,000 characters: 1"),
}


@pytest.mark.parametrize(("content", "notice"), NOTICED.values(), ids=list(NOTICED))
def test_it_is_read_with_a_notice(tmp_path: Path, content: str, notice: str) -> None:
    raw = read(tmp_path, content)
    assert notice.lower() in " ".join(raw.notices).lower()
    assert columns(raw)["id"][0] == "1"
    title = raw.table.column("title" if "title" in raw.table.column_names else "Title")[0].as_py()
    assert title.startswith("Kite") and len(title) <= 100_000
    assert not raw.rejected


REJECTED = {
    "row with an extra field": (
        "id,title,n\n1,Kite,1\n2,Ball,2,x\n3,Top,3\n",
        3,
        "4 values where the header names 3 columns",
    ),
    "row with a missing field": (
        "id,title,n\n1,Kite,1\n2,Ball\n3,Top,3\n",
        3,
        "2 values where the header names 3 columns",
    ),
    "unbalanced quote to the end": (
        'id,title,n\n1,Kite,1\n2,"Ball,2\n3,Top,3\n',
        3,
        "a quote opens and does not close",
    ),
    "unbalanced quote before a quoted row": ('id,title,n\n1,Kite,1\n2,"Ball,2\n3,"Top",3\n', 3, "a quote opens"),
    "two stray quotes far apart": ('id,title,n\n1,Kite,1\n2,"Ball,2\n3,Top,3\n4,Car,4\n5,Van",5\n', 3, "a quote opens"),
    "text after a closing quote": ('id,title,n\n1,Kite,1\n2,"Ball"x,2\n3,Top,3\n', 3, "a quote closes in the middle"),
    "header in the middle": ("id,title,n\n1,Kite,1\nid,title,n\n3,Top,3\n", 3, "it repeats the header"),
    "wide row among decimal commas": (
        "id;title;n\n1;Kite;1,5\n2;Ball;2,5;x\n3;Top;3,5\n",
        3,
        "4 values where the header names 3 columns",
    ),
    "comment in the middle": ("id,title,n\n1,Kite,1\n# the rest\n3,Top,3\n", 3, "1 value where the header names 3"),
    "wide row over several lines": ('id,title,n\n1,Kite,1\n2,"Ball\nred\nold",2,x\n3,Top,3\n', 3, "4 values where"),
}


@pytest.mark.parametrize(("content", "line", "reason"), REJECTED.values(), ids=list(REJECTED))
def test_one_row_is_rejected_and_no_other(tmp_path: Path, content: str, line: int, reason: str) -> None:
    raw = read(tmp_path, content)
    assert columns(raw)["id"][0] == "1" and "3" in columns(raw)["id"]
    assert len(raw.rejected) == 1
    assert raw.rejected[0].line == line
    assert reason in raw.rejected[0].reason
    assert raw.rejected[0].raw == content.split("\n")[line - 1] or "\nred\nold" in raw.rejected[0].raw


REFUSED = {
    "empty": ("", "toys.csv is empty. Give a file"),
    "only blank lines": ("\n \n\n", "is empty"),
    "header only": ("id,title\n", "has no rows. Give a file"),
    "no header, numbers": (
        "1,Kite,3.5\n2,Ball,4\n",
        r"looks like data \(\"1\" stands over values like \"2\"\).* Add a line above it",
    ),
    "no header, codes": ("B00001XA,Kite\nB00002YB,Ball\n", "looks like data"),
    "no header, dates": ("Kite,2020-01-31\nBall,2021-02-28\n", "looks like data"),
    "no header, words": ("Kite,Toys\nBall,Toys\nTop,Games\n", '"Toys" occurs again below'),
    "no header, one line": ("1,2\n", "looks like data"),
    "no header, lists of codes": ("A1B2C3D B004756YJA\nA1B2C3E B00475YJB\n", "looks like data"),
    "header narrower than the rows": (
        "title,price\n1,Kite,5\n2,Ball,6\n",
        "names 2 columns, but most rows have 3 values",
    ),
    "header wider than most rows": ("a,b,c\nx,y\nz,w\n", "names 3 columns, but most rows have 2 values"),
    "5,000 columns": (
        ",".join(f"c{i}" for i in range(5000)) + "\n" + ",".join("x" * 5000) + "\n",
        "5,000 columns; at most 200",
    ),
    "every row broken": ("id,title\n1\n2\n", "names 2 columns, but most rows have 1 value"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_with_a_remedy(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        read(tmp_path, content)


LAYOUTS = {
    "RecBole .item": (
        "toys.item",
        "item_id:token\ttags:token_seq\tprice:float\n01\twood red\t2.5\n",
        {"item_id": ["01"], "tags": [["wood", "red"]], "price": ["2.5"]},
    ),
    "RecBole .inter": ("toys.inter", 'user_id:token\titem_id:token\n7\t"01\n', {"user_id": ["7"], "item_id": ['"01']}),
    "ratings.dat": (
        "ratings.dat",
        "1::1193::5::978300760\n2::661::3::978302109\n",
        {
            "user_id": ["1", "2"],
            "item_id": ["1193", "661"],
            "rating": ["5", "3"],
            "timestamp": ["978300760", "978302109"],
        },
    ),
    "movies.dat": (
        "movies.dat",
        "1::Caf\xe9: one::A|B\n2::Two::B\n".encode("latin-1"),
        {"item_id": ["1", "2"], "title": ["Café: one", "Two"], "genres": ["A|B", "B"]},
    ),
    "u.data": (
        "u.data",
        "196\t242\t3\t881250949\n",
        {"user_id": ["196"], "item_id": ["242"], "rating": ["3"], "timestamp": ["881250949"]},
    ),
    "u.item": (
        "u.item",
        "1|One (1995)|01-Jan-1995||http://a.example|0|0|0|1|1|" + "|".join("0" * 14) + "\n",
        {
            "item_id": ["1"],
            "title": ["One (1995)"],
            "release_date": ["01-Jan-1995"],
            "video_release_date": [None],
            "link": ["http://a.example"],
            "genres": [["Animation", "Children's"]],
        },
    ),
}


@pytest.mark.parametrize(("name", "content", "expected"), LAYOUTS.values(), ids=list(LAYOUTS))
def test_published_layouts_are_known(
    tmp_path: Path, name: str, content: str | bytes, expected: dict[str, list[str]]
) -> None:
    assert columns(read(tmp_path, content, name)) == expected


@pytest.mark.parametrize("seed", range(30))
def test_every_row_is_read_or_rejected(tmp_path: Path, seed: int) -> None:
    """Of rows broken at random each is accounted for once, and what is read is what was written."""
    chance = random.Random(seed)
    words = ["Kite", "a, b", 'say "x"', "two\nlines", "é–ß", "", '12" disc', "semi;colon", "tab\tstop"]
    good, written, n_bad = [], [], 0
    for number in range(200):
        row = [f"i{number}", chance.choice(words) or "x", chance.choice(words), str(number)]
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        text = line.getvalue()
        if chance.random() < 0.1:
            n_bad += 1
            text = chance.choice(
                [f"i{number},too,few\n", f"i{number},one,too,many,cells\n", f'i{number},"open,x,{number}\n']
            )
        else:
            good.append(row)
        written.append(text)
    raw = read(tmp_path, "id,name,note,n\n" + "".join(written))
    assert raw.table.num_rows + len(raw.rejected) == 200
    assert len(raw.rejected) == n_bad
    assert [list(row.values()) for row in raw.table.to_pylist()] == [[cell or None for cell in row] for row in good]


def test_progress_is_told_in_bytes_and_lines_of_pieces_join(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = tmp_path / "big.csv"
    path.write_text("id,title\n" + "".join(f"{i},T{i}\n" for i in range(120_000)), encoding="utf-8")
    raw = read_table(path, lambda *step: told.append(step))
    assert raw.lines.tolist() == list(range(2, 120_002))
    assert raw.table.column("title").num_chunks == 3
    size = path.stat().st_size
    assert told[0] == ("reading", 0, size) and told[-1] == ("reading", size, size)
    assert any(0 < done < size for _, done, _ in told)
