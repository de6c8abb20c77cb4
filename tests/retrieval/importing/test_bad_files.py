"""Every bad file that a catalogue was ever met with, and how its build ends: ok, ok with N quarantined, or refused."""

import gzip
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_files import HEADER, Case, require, row, rows, table, with_column, with_last, with_line

GOOD = table(rows())
ACCENTS = with_column("title", lambda n: f"Thé doré {n}")
WIDE = [*row(0)] + [f"{n}" for n in range(5000)]

ENCODINGS = [
    Case("1 UTF-8 with a byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), "ok", holds={"t00": "Tea 0"}),
    Case("2 tabs", table(rows(), by="\t"), "ok", holds={"t01.price": 1.5}),
    Case("3 semicolons", table(rows(), by=";"), "ok", holds={"t01.price": 1.5}),
    Case("4 UTF-16", ACCENTS.encode("utf-16"), "ok", "Read as UTF-16 and converted", {"t01": "Thé doré 1"}),
    Case("5 Latin-1", ACCENTS.encode("latin-1"), "ok", "Windows-1252 .Latin-1. and converted", {"t01": "Thé doré 1"}),
    Case(
        "6 cp1252", with_column("title", lambda n: f"Thé “doré” {n}€").encode("cp1252"), "ok",
        "Windows-1252 .Latin-1. and converted", {"t01": "Thé “doré” 1€"},
    ),
    Case(
        "7 mixed encodings", ACCENTS.encode().replace("Thé doré 7,".encode(), b"Th\xe9 dor\xe9 7,"),
        "ok with 1 quarantined", "bytes that are not UTF-8", {"t07": None, "t08": "Thé doré 8"},
    ),
    Case(
        "8 lone surrogate", ACCENTS.replace("doré 7,", "dor\ud800 7,").encode(errors="surrogatepass"),
        "ok with 1 quarantined", "bytes that are not UTF-8", {"t07": None},
    ),
    Case(
        "9 overlong UTF-8", ACCENTS.encode().replace("Thé doré 7,".encode(), b"Th\xc0\xaf 7,"),
        "ok with 1 quarantined", "bytes that are not UTF-8", {"t07": None},
    ),
    Case("10 NUL in a cell", GOOD.replace("Tea 7,", "Te\0a 7,"), "ok", "Removed NUL characters: 1", {"t07": "Tea 7"}),
]  # fmt: skip

SHAPE = [
    Case("11 a field too many", with_line("t99,Tea,green,1,2024-01-01,a,b"), "ok with 1 quarantined",
         "7 values where the header names 6", {"t99": None, "t38.price": 38.5}),
    Case("12 a field missing", with_line("t99,Tea,green,2024-01-01,Picked"), "ok with 1 quarantined",
         "5 values where the header names 6", {"t99": None}),
    Case("13 comment lines on top", "# teas of 2024\n# made by hand\n" + GOOD, "ok", "Skipped 2 lines",
         {"t00": "Tea 0", "t39.price": 39.5}),
    Case("14 empty", "", "refused", "is empty"),
    Case("15 header only", table([]), "refused", "has no rows"),
    Case("16 no header", GOOD.split("\n", 1)[1], "refused", "looks like data .* names the 6 columns"),
    Case("17 unbalanced quote", with_line('t99,"Tea,green,1,2024-01-01,Picked'), "ok with 1 quarantined",
         "quote", {"t99": None, "t38": "Tea 38"}),
    Case("18 newline in quotes", with_last(about="Two lines,\nand both are kept"), "ok",
         holds={"t39.about": "Two lines, and both are kept"}),
    Case("19 mixed ends of lines", "".join(
        line + ("\r\n" if n % 2 else "\n") for n, line in enumerate(GOOD.splitlines())), "ok",
        holds={"t00.about": "Picked in the morning on slope number 0, dried in the shade."}),
    Case("20 a cell of 10 MB", with_last(about="x" * 10_000_000), "ok", "100,000 characters", {"t39": "Tea 39"}),
    Case("21 a title of 1 MB", with_last(title="y" * 1_000_000), "ok", "the rest is cut|are cut", {"t39": "y" * 500}),
    Case("22 a description of 100,000 characters", with_last(about="z" * 100_000), "ok",
         holds={"t39.about": "z" * 100_000}),
    Case("23 5,000 columns", table([WIDE], [f"c{n}" for n in range(len(WIDE))]), "refused",
         "5,006 columns; at most 200"),
    Case("24 a column twice", table([[*r, r[3]] for r in rows()], [*HEADER, "price"]), "ok", "occurs twice",
         {"t01.price": 1.5}),
    Case("25 Title and title", table([[*r, "x" + r[1]] for r in rows()], [*HEADER, "Title"]), "ok", "occurs twice",
         {"t01": "Tea 1"}),
    Case("26 a column named select", table(rows(), ["id", "title", "select", *HEADER[3:]]), "ok",
         holds={"t01.select": "black"}),
    Case("27 a column named x;drop table items", table(rows(), ["id", "title", "x;drop table items", *HEADER[3:]]),
         "ok", holds={"t01.x;drop table items": "black"}),
    *(
        Case(f"27 a column named {name}", table(rows(), ["id", "title", name, *HEADER[3:]]), "ok",
             holds={f"t01.{name.lstrip('~')}": "black"})
        for name in ("row", "~row", "prominence", "items", "<b>")
    ),
    Case("28 a column without a name", table(rows(), ["id", "title", "", *HEADER[3:]]), "ok", "has no name",
         {"t01.column_3": "black"}),
]  # fmt: skip

IDS = [
    Case("29 the same row twice", table([*rows(), row(7)]), "ok", "1 of them repeat another", {"t07": "Tea 7"}),
    Case("29 an id twice, other values", table([*rows(), row(7, title="Other")]), "ok with 1 quarantined",
         "the id 't07' is that of line 9, which differs", {"t07": "Tea 7"}),
    Case("30 a missing id", with_last(id=""), "ok with 1 quarantined", "no id in the column id"),
    Case("31 a blank id", with_last(id="  "), "ok with 1 quarantined", "no id in the column id"),
    Case("32 leading zeros", with_column("id", lambda n: f"{n:05}"), "ok", holds={"00012": "Tea 12", "12": None}),
    Case("33 ids as 1.0", with_column("id", lambda n: f"{n}.0"), "ok", holds={"12.0": "Tea 12", "12": None}),
    Case("34 an id 1e5", with_last(id="1e5"), "ok", holds={"1e5": "Tea 39", "100000": None}),
    Case("35 ids above 2^63", with_column("id", lambda n: str(2**63 + n)), "ok", holds={str(2**63 + 1): "Tea 1"}),
    Case("36 ids of 30 digits", with_column("id", lambda n: f"{'7' * 28}{n:02}"), "ok",
         holds={"7" * 28 + "01": "Tea 1"}),
    Case("37 negative ids", with_column("id", lambda n: str(-n)), "ok", holds={"-12": "Tea 12", "12": None}),
    *(
        Case(f"38 an id {odd}", with_last(id=odd), "ok", holds={odd: "Tea 39"})
        for odd in ("a b", "a/b", "../../etc", "☕🫖", "50%25", "?a=b&c#d")
    ),
    Case("38 an id of 10,000 characters", with_last(id="i" * 10_000), "ok with 1 quarantined",
         "more than 256 characters"),
]  # fmt: skip

LATE = "".join(f"{n},Tea {n},{n if n < 30_001 else 'a lot'},{('green', 'black')[n % 2]}\n" for n in range(30_010))
SCRIPT = "<script>alert(1)</script>"

VALUES = [
    Case("39 NaN", with_last(price="NaN"), "ok", holds={"t39.price": None}),
    Case("40 Infinity", with_last(price="Infinity"), "ok", "is no number, such as 'Infinity'", {"t39.price": None}),
    Case("40 -Infinity", with_last(price="-Infinity"), "ok", "is no number", {"t39.price": None}),
    Case("41 -0", with_last(price="-0"), "ok", holds={"t39.price": 0}),
    Case("42 a price of 1e308", with_last(price="1e308"), "ok", holds={"t39.price": 1e308}),
    Case("43 a price below zero", with_last(price="-5"), "ok", "below zero", {"t39.price": -5}),
    *(
        Case(f"44 a title {word}", with_last(title=word), "ok", holds={"t39": word})
        for word in ("NULL", "None", "N/A", "nan", "True")
    ),
    Case("45 mixed forms of dates", with_last(picked="31.12.2023"), "ok", "not written like", {"t39.picked": None}),
    Case("46 03/04/2020", with_column("picked", lambda n: f"0{n % 9 + 1}/04/2020"), "ok",
         "may be .* Say which in catalog.toml", {"t01.picked": None}),
    Case("47 0000-00-00", with_last(picked="0000-00-00"), "ok", "is no real date", {"t39.picked": None}),
    Case("47 9999-99-99", with_last(picked="9999-99-99"), "ok", "is no real date", {"t39.picked": None}),
    Case("48 $1,299.00", with_column("price", lambda n: f"$1,{n:03}.00"), "ok", holds={"t12.price": 1012}),
    Case("49 1,50", with_column("price", lambda n: f"{n},50"), "ok", holds={"t12.price": 12.5}),
    Case("50 another type from row 30,001 on", "id,title,cups,kind\n" + LATE, "ok", "9 of 30,010 values of cups",
         {"30000.cups": 30_000, "30001.cups": None}),
    Case("51 yes, T, 1 and true", with_column("kind", lambda n: ("yes", "T", "1", "true", "no", "0")[n % 6]), "ok",
         "is read as yes or no", {"t01.kind": "yes", "t05.kind": "no"}),
    Case("52 lists in JSON and in Python", with_column("kind", lambda n: ("['a', 'b']", '["b", "c"]')[n % 2]), "ok",
         holds={"t00.kind": ["a", "b"], "t01.kind": ["b", "c"]}),
    Case("53 a script", with_last(title=SCRIPT, about=f"![x](https://a.example/x){SCRIPT}"), "ok",
         holds={"t39": SCRIPT}),
    Case("54 a formula", with_last(title="=cmd|' /C calc'!A0"), "ok", holds={"t39": "=cmd|' /C calc'!A0"}),
    Case("55 an override of direction", with_last(title="Tea \u202eaet"), "ok", holds={"t39": "Tea \u202eaet"}),
    Case("55 zero width", with_last(title="T\u200be\u200ba"), "ok", holds={"t39": "T\u200be\u200ba"}),
    Case("55 1,000 combining marks", with_last(title="T" + "\u0301" * 1000), "ok", "more are cut",
         {"t39": "T" + "\u0301" * 8}),
]  # fmt: skip


def bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"id,title\n")
        for _ in range(210):
            file.write(b"0" * (1 << 20))


def folder(path: Path) -> None:
    path.mkdir()
    (path / "one.csv").write_text(table(rows()[:20]), encoding="utf-8")
    (path / "two.csv").write_text(table(rows()[20:]), encoding="utf-8")


def folder_with_a_way_out(path: Path) -> None:
    folder(path)
    outside = path.parent / "outside.csv"
    outside.write_text(table([row(99)]), encoding="utf-8")
    (path / "three.csv").symlink_to(outside)


def nested(path: Path) -> None:
    cells = dict(zip(HEADER, zip(*rows(), strict=True), strict=True))
    origin = [{"land": ("Japan", "China")[n % 2], "hills": ["Uji", f"Hill {n}"]} for n in range(40)]
    pq.write_table(pa.table(cells | {"origin": origin}), path)


def archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../../teas.csv", GOOD)


LINES = "".join(f'{{"id": "t{n}", "title": "Tea {n}", "cups": {n}}}\n' for n in range(40))
CONTAINERS = [
    Case("56 gzip named .csv", gzip.compress(GOOD.encode()), "ok", holds={"t01": "Tea 1"}),
    Case("56 a bomb", bomb, "refused", "looks like a zip bomb", file="teas.csv.gz"),
    Case("56 a folder", folder, "ok", holds={"t01": "Tea 1", "t39": "Tea 39"}, file="teas"),
    Case("56 a link out of the folder", folder_with_a_way_out, "ok", "three.csv", {"t01": "Tea 1", "t99": None},
         file="teas"),
    Case("56 an archive with a path upwards", archive, "ok", holds={"t01": "Tea 1"}, file="teas.zip"),
    Case("56 a pipe", lambda path: os.mkfifo(path), "refused", "is a pipe, socket or device"),
    Case("56 an address", lambda path: Path("http://a.example/teas.csv"), "refused", "Download the file first"),
    Case("56 nested Parquet", nested, "ok", holds={"t01.origin.land": "China"}, file="teas.parquet"),
    Case("56 JSON lines with bad ones", LINES + '{"id": "t77", "title"\n[1, 2]\n', "ok with 2 quarantined",
         "it is not JSON", {"t1": "Tea 1", "t77": None}, "teas.jsonl"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*ENCODINGS, *SHAPE, *IDS, *VALUES, *CONTAINERS], ids=lambda case: case.name)
def test_a_bad_file_ends_as_it_should(case: Case, tmp_path: Path) -> None:
    require(case, tmp_path)


def test_none_of_the_cases_is_missing() -> None:
    numbers = {int(case.name.split()[0]) for case in (*ENCODINGS, *SHAPE, *IDS, *VALUES, *CONTAINERS)}
    assert numbers == set(range(1, 57))
