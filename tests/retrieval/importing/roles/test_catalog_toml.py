"""catalog.toml: what a build writes is what the next one reads; what is wrong in it is named by line."""

import tomllib
from pathlib import Path

import pyarrow as pa
import pytest

from errors import CatalogError
from retrieval.building import build_bundle
from retrieval.catalog import Catalog
from retrieval.importing import import_table
from retrieval.importing.columns import Hint
from retrieval.importing.roles.catalog_toml import quoted, read_wishes, wishes_text
from retrieval.importing.roles.guess import Guess
from retrieval.items import Field, Role
from retrieval.manifest import CATALOG, current_build, read_manifest

ODD = ["a.b", 'say "hi"', "back\\slash", "tab\there", "line\nbreak", "ünï 😀", "[x]", "# no", "", "\x7f\x00", "select"]
TEAS = pa.table({
    "code": ["t1", "t2"], "tea": ["Morning mist", "Evening calm"], "price": ["1,50", "2,25"],
    "picked": ["03/04/2020", "05/06/2020"], "notes": ["malt/honey", "honey/smoke"],
})  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_any_name_of_a_column_survives(tmp_path: Path, name: str) -> None:
    path = tmp_path / "catalog.toml"
    hint = Hint(label=name, unit="kg", separator="\\", format='%d"%m', decimal=",")
    guesses = {name: Guess(Role.NUMBER, "why\nnot\x00"), "made": Guess(Role.ID, "made\nup", made_from=())}
    path.write_text(wishes_text(["mouse", "mice"], guesses, [], {name: hint}, {}), encoding="utf-8")
    wishes = read_wishes(path)
    assert wishes.noun == ["mouse", "mice"]
    assert wishes.roles == {name: "number"}
    assert wishes.hints == {name: hint}


def test_quoted_is_a_toml_text_whatever_it_holds() -> None:
    for text in (*ODD, "".join(map(chr, range(256)))):
        assert tomllib.loads(f"x = {quoted(text)}")["x"] == text
    assert tomllib.loads(f"x = {quoted(chr(0xD800))}")["x"] == "?"


def test_labels_and_units_are_written_as_used() -> None:
    field = Field(name="price_eur", role=Role.NUMBER, label="price", unit="eur")
    text = wishes_text([], {"price_eur": Guess(Role.NUMBER, "numbers")}, [field], {}, {})
    assert tomllib.loads(text) == {"columns": {"price_eur": {"role": "number", "label": "price", "unit": "eur"}}}
    assert '# noun = ["item", "items"]' in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noun = [\n", r"no valid TOML.*line 2"),
        ('noun = "tea"\n', r"catalog.toml, line 1: noun must be one word and its plural"),
        ("nouns = 1\n", r"line 1: 'nouns' is no key"),
        ("\n[columns.a]\nrole = 'prize'\n", r"line 3: 'prize' is no role; the roles are id, title"),
        ("[columns.a]\n# role\nrolle = 'id'\n", r"line 3: 'rolle' is no key of a column"),
        ("[columns.a]\nunit = 3\n", r"line 2: unit must be a text in quotes"),
        ("[columns.a]\ndecimal = ';'\n", r"line 2: decimal must be"),
        ("[columns]\na = 1\n", r"line 2: 'a' must be a table"),
        ("columns = 1\n", r"line 1: columns must be tables"),
    ],
)
def test_what_is_wrong_is_named_by_line_with_a_remedy(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=message) as caught:
        read_wishes(path)
    assert "\n" not in str(caught.value)
    assert "delete catalog.toml to have everything guessed anew" in str(caught.value)


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_wishes(tmp_path / "catalog.toml").roles == {}


def test_it_is_heeded_and_the_command_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(
        'noun = ["tea", "teas"]\n[columns.picked]\nformat = "%m/%d/%Y"\n[columns.notes]\nrole = "facet"\n'
        'separator = "/"\nlabel = "taste"\n[columns.tea]\nrole = "title"\n[columns.gone]\nrole = "text"\n',
        encoding="utf-8",
    )
    imported = import_table(TEAS, settings=path)
    fields = {field.name: field for field in imported.fields}
    assert imported.noun == ("tea", "teas")
    assert imported.table["picked"].to_pylist()[0].month == 3
    assert imported.table["notes"].to_pylist() == [["malt", "honey"], ["honey", "smoke"]]
    assert fields["notes"].label == "taste"
    assert "catalog.toml speaks of the column 'gone', which the file lacks." in imported.report.notices
    moved = import_table(TEAS, roles={"notes": "title"}, hints={"picked": Hint(format="%d/%m/%Y")}, settings=path)
    assert {f.name for f in moved.fields if f.role is Role.TITLE} == {"notes"}
    assert moved.table["picked"].to_pylist()[0].month == 4


def test_every_build_writes_it_and_the_next_reads_the_same(tmp_path: Path) -> None:
    first = build_bundle(TEAS, "teas", tmp_path, vectors=False)
    path = tmp_path / "catalogs" / "teas" / "catalog.toml"
    text = path.read_text(encoding="utf-8")
    assert 'noun = ["tea", "teas"]' in text
    assert first.manifest.noun == ["tea", "teas"]
    second = build_bundle(TEAS, "teas", tmp_path, vectors=False)
    assert [(c.column, c.role, c.unit) for c in second.columns] == [(c.column, c.role, c.unit) for c in first.columns]
    assert tomllib.loads(path.read_text(encoding="utf-8")) == tomllib.loads(text)
    path.write_text(text.replace('["tea", "teas"]', '["brew", "brews"]'), encoding="utf-8")
    build_bundle(TEAS, "teas", tmp_path, vectors=False)
    current = current_build(tmp_path, "teas")
    assert current is not None
    assert read_manifest(current, "teas").noun == ["brew", "brews"]


def test_what_was_found_stands_behind_a_mark_and_holds_without_it(tmp_path: Path) -> None:
    cells = {
        "id": [f"{n:03}" for n in range(40)],
        "title": [f"Tea {n}" for n in range(40)],
        "price": [f"{n},50" for n in range(40)],
        "picked": [f"{n % 28 + 1:02}.03.2024" for n in range(40)],
        "tags": [("malt; smoke", "smoke; nut", "nut")[n % 3] for n in range(40)],
        "kind": [("green", "black")[n % 2] for n in range(40)],
    }
    before = build_bundle(pa.table(cells), "teas", tmp_path, vectors=False)
    path = before.path.parent / "catalog.toml"
    found = ['# decimal = ","', '# format = "%d.%m.%Y"', '# separator = ";"']
    assert [line for line in path.read_text("utf-8").splitlines() if line in found] == found
    for line in found:
        path.write_text(path.read_text("utf-8").replace(line, line.removeprefix("# ")), encoding="utf-8")
    after = build_bundle(pa.table(cells), "teas", tmp_path, vectors=False)
    assert read_wishes(path).hints["picked"].format == "%d.%m.%Y"
    items = [Catalog(build / CATALOG, "teas") for build in (after.path, before.path)]
    assert items[0].items(range(40)) == items[1].items(range(40))
