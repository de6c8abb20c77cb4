"""Roles: guessed on tables never seen, said why, made where missing, open where two would do."""

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from errors import CatalogError
from retrieval.importing import import_table
from retrieval.importing.names import kinds_of, words_of
from retrieval.importing.roles import guess_roles
from retrieval.importing.roles.guess import Guess
from retrieval.importing.roles.questions import Question, settle_roles
from retrieval.items import Role

SECTIONS = (Path(__file__).with_name("unseen_tables.txt")).read_text(encoding="utf-8").split("## ")[1:]
UNSEEN = {section.partition("\n")[0]: list(csv.reader(io.StringIO(section.partition("\n")[2]))) for section in SECTIONS}


def guesses_of(columns: dict[str, list[Any]], **given: str) -> dict[str, Guess]:
    return guess_roles(pa.table(columns), given)


def role_of(name: str, values: list[Any]) -> str:
    n = len(values)
    others = {"id": [f"k{i}" for i in range(n)], "title": [f"Some thing {i}" for i in range(n)]}
    return guesses_of(others | {name: values})[name].role or "ignore"


@pytest.mark.parametrize("name", UNSEEN)
def test_roles_of_a_table_never_seen(name: str) -> None:
    right, header, *rows = UNSEEN[name]
    columns = {column: pa.array([row[i] or None for row in rows], pa.string()) for i, column in enumerate(header)}
    guesses = guess_roles(pa.table(columns), {})
    wrong = {
        column: (guesses[column].role or "ignore", wanted, guesses[column].why)
        for column, wanted in zip(header, right, strict=True)
        if (guesses[column].role or "ignore") not in wanted.split("/")
    }
    assert not wrong
    assert all(guess.why for guess in guesses.values())


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("isActive", ["yes", "no", "yes"], "facet"),
        ("flag", [True, False, True], "facet"),
        ("release_year", [1999, 2004, 2010], "number"),
        ("manufacturer", ["Acme", "Bolt", "Cog"], "facet"),
        ("by", ["Ann Bee", "Cy Dee", "Ed Fox"], "person"),
        ("brand_name", ["Acme", "Bolt", "Acme"], "facet"),
        ("supplier_id", ["7", "7", "8"], "ignore"),
        ("md5", ["9e107d9d372bb682", "e4d909c290d0fb1c", "a3cca2b2aa1e3b5b"], "ignore"),
        ("row", ["1", "2", "3"], "ignore"),
        ("latitude", ["48.1", "47.2", "46.3"], "ignore"),
        ("updated_at", ["2024-05-01T10:00:00Z", "2024-05-02T10:00:00Z", "2024-05-02T11:00:00Z"], "ignore"),
        ("nothing", [None, None, None], "ignore"),
        ("always", ["a"] * 6, "ignore"),
        ("photos", ["https://a.example/1", "https://a.example/2", "https://a.example/3"], "image"),
        ("seen at", ["https://a.example/1.png", "https://a.example/2.png", "https://a.example/3.png"], "image"),
        ("homepage", ["https://a.example/1", "https://a.example/2", "https://a.example/3"], "link"),
        ("tags", [["a", "b"], ["a"], ["b"]], "facet"),
        ("steps", [["Cut the bread in slices.", "Eat it all at once."]] * 3, "text"),
        ("made of", ["oak; oil", "ash; oil", "oak; wax", "ash; wax"], "facet"),
        ("fecha", ["2020-01-05", "2020-02-07", "2021-03-09"], "date"),
        ("prix", ["12,50 €", "9,99 €", "4,00 €"], "number"),
    ],
)
def test_one_column_among_others(name: str, values: list[Any], role: str) -> None:
    assert role_of(name, values) == role


def test_the_plain_id_goes_before_codes_and_the_first_of_two_is_open() -> None:
    codes = {"isbn13": ["9780001", "9780002"], "sku": ["a1", "a2"], "title": ["Oak board", "Ash board"]}
    assert guesses_of(codes | {"id": ["1", "2"]})["id"] == Guess(Role.ID, "by its name; 100 % differ")
    two = guesses_of({"title": ["Oak board", "Ash board"], "shop_id": ["1", "2"], "stock_id": ["8", "9"]})
    assert two["shop_id"].role is Role.ID
    assert not two["shop_id"].certain
    assert two["shop_id"].instead == ("stock_id",)


def test_an_id_that_repeats_is_none_and_one_is_made() -> None:
    guesses = guesses_of({"id": ["1", "1", "1", "2"], "title": list("abcd")})
    made = guesses["row_id"]
    assert (made.role, made.made_from, made.certain, made.instead) == (Role.ID, (), False, ("id",))
    imported = import_table(pa.table({"title": ["Kite", "Ball", "Kite"], "price": [3, 4, 3]}))
    assert imported.report.n_merged == 1
    again = import_table(pa.table({"title": ["Ball", "Kite"], "price": [4, 3]}))
    assert set(again.table["row_id"].to_pylist()) == set(imported.table["row_id"].to_pylist())


def test_a_title_is_made_of_a_text_or_of_what_there_is() -> None:
    texts = import_table(pa.table({"review": ["Good. And it goes on for very many words " * 4, "Short and sour."]}))
    assert texts.table["row_title"].to_pylist() == ["Good.", "Short and sour."]
    gap = import_table(pa.table({"review": ["It was quite good.", None, None], "stars": [3, 4, None]}), force=True)
    assert gap.table["row_title"].to_pylist() == ["It was quite good.", "Item 2"]
    bare = import_table(pa.table({"sku": ["a1", "a2"], "watts": [40, 60], "colour": ["red", "red"]}))
    assert bare.table["row_title"].to_pylist() == ["a1, watts 40, red", "a2, watts 60, red"]
    numbers = import_table(pa.table({"x": ["1", "2"], "y": ["3", "4"]}))
    assert numbers.table.num_rows == 2


@pytest.mark.parametrize("role", ["id", "title"])
def test_two_columns_cannot_both_be_it(role: str) -> None:
    with pytest.raises(CatalogError, match=f"2 columns have the role {role}"):
        guesses_of({"a": ["1"], "b": ["2"]}, a=role, b=role)


def test_what_was_said_before_holds_unless_said_otherwise_now() -> None:
    table = pa.table({"id": ["1", "2"], "title": ["Kite", "Ball"], "maker": ["Acme", "Bolt"]})
    before = {"maker": "person", "title": "title", "gone": "text"}
    assert guess_roles(table, {}, before)["maker"] == Guess(Role.PERSON, "as catalog.toml says")
    assert guess_roles(table, {"maker": "text"}, before)["maker"] == Guess(Role.TEXT, "as told")
    assert guess_roles(table, {"maker": "title"}, before)["title"].role is not Role.TITLE


def open_guesses() -> dict[str, Guess]:
    return guesses_of({"title": ["Oak board", "Ash board"], "shop_id": ["1", "2"], "stock_id": ["8", "9"]})


def test_what_is_open_is_reported_where_nobody_is_asked() -> None:
    settled, notices = settle_roles(open_guesses(), lambda question: None)
    assert settled == open_guesses()
    assert notices == ["Assumed: the id is 'shop_id'. Change it with --role stock_id=id, or in catalog.toml."]


def test_a_title_for_want_of_better_is_reported() -> None:
    columns = {"row": ["1", "2"], "model": ["A-100", "B-200"], "watts": ["40", "60"]}
    _, notices = settle_roles(guesses_of(columns), lambda question: None)
    assert notices == [
        "Assumed: the title is 'model' (the only word that tells the rows apart). "
        "Change it with --role COLUMN=title, or in catalog.toml."
    ]


@pytest.mark.parametrize(("chosen", "name"), [(0, "shop_id"), (1, "stock_id")])
def test_what_is_open_is_decided_by_who_is_asked(chosen: int, name: str) -> None:
    asked: list[Question] = []
    settled, notices = settle_roles(open_guesses(), lambda question: asked.append(question) or chosen)
    assert [column for column, guess in settled.items() if guess.role is Role.ID] == [name]
    assert settled[name].certain and not notices
    assert asked[0].text == "Which column is the id?"
    assert [answer.split(" ")[0] for answer in asked[0].answers] == ["shop_id", "stock_id"]


def test_open_dates_and_marks_are_asked() -> None:
    table = pa.table({"id": ["1", "2"], "title": ["Kite", "Ball"], "made on": ["03/04/2020", "05/06/2020"],
                      "price": ["1.299", "2.450"]})  # fmt: skip
    asked: list[Question] = []
    imported = import_table(table, ask=lambda question: asked.append(question) or 1)
    assert [question.text for question in asked] == [
        "Which day is '03/04/2020' in the column made on?", "Which number is '1.299' in the column price?",
    ]  # fmt: skip
    assert [day.month for day in imported.table["made on"].to_pylist()] == [3, 5]
    assert imported.table["price"].to_pylist() == [1299, 2450]
    assert import_table(table).table.column_names == ["id", "title", "price"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("runtimeMin", ["runtime", "min"]), ("primaryTitle", ["primary", "title"]), ("price:float", ["price"]),
        ("Erscheinungs Jahr", ["erscheinungs", "jahr"]), ("__", []),
    ],
)  # fmt: skip
def test_words_of_a_name(name: str, words: list[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("country_of_origin", "facet"), ("author_name", "person"), ("authorId", "id"), ("movieid", "id"),
        ("Android Ver", ""), ("número de páginas", "number"), ("Beschreibung", "text"), ("Erscheinungsjahr", "number"),
        ("candidate", ""), ("cover_type", "facet"), ("categories", "facet"), ("product_title", "title"),
    ],
)  # fmt: skip
def test_what_a_name_is_about(name: str, kind: str) -> None:
    assert (kinds_of(name) or [""])[0] == kind


def test_a_title_is_made_of_what_has_another_role_where_nothing_else_is_left() -> None:
    columns = {"id": ["1", "2"], "about": ["A fine tea. Dry.", "Another tea. Wet."], "kind": ["a", "b"]}
    guesses = guesses_of(columns, id="id", about="text", kind="facet")
    assert guesses["row_title"].made_from == ("about",)
    assert "the first words of about" in guesses["row_title"].why


def test_times_of_the_day_are_no_durations() -> None:
    clock = ["09:30", "18:30", "20:00", "9:45"]
    guesses = guesses_of({"id": [*"abcd"], "name": [*"efgh"], "starts_at": clock, "runtime": clock})
    assert (guesses["starts_at"].role, guesses["starts_at"].why) == (Role.FACET, "times of the day")
    assert guesses["runtime"].role is Role.NUMBER
