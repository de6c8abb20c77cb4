"""Facets and names: separators are found by column, written lists are read, spellings merged, yes and no told."""

import time
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from retrieval.importing.values.lists import canonical, name_separator, read_lists, separator
from retrieval.importing.values.literals import joined, parts_of


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["Drama, Comedy", "Drama", "Comedy, War", "War"], ","),
        (["Me, Myself and I", "Drama", "War", "Comedy"], ""),
        (["a|b", "b|c", "a"], "|"),
        ([], ""),
    ],
)
def test_separator_is_found_by_recurring_parts(values: list[str], mark: str) -> None:
    assert separator(values) == mark


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["Ann Bee, Cy Dee", "Ed Fox"], ","),
        (["Burton, Tim", "Depp, Johnny"], ""),
        (["Ann;Cy", "Ed"], ";"),
    ],
)
def test_names_are_not_split_inside(values: list[str], mark: str) -> None:
    assert name_separator(values) == mark


def column(values: Sequence[object], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


def parts(values: Sequence[object], *, people: bool = False, mark: str = "") -> list[object]:
    return read_lists("tags", column(values), people=people, mark=mark)[0].to_pylist()


def test_spellings_that_fold_alike_are_merged() -> None:
    lists = parts([["Sci-Fi"], ["sci fi", "Sci-Fi"], ["Sci-Fi", "War"], ["Café"], ["cafe"], ["Café"], []])
    assert lists == [["Sci-Fi"], ["Sci-Fi"], ["Sci-Fi", "War"], ["Café"], ["Café"], ["Café"], None]


def test_places_are_not_split_but_tags_are() -> None:
    places = ["Paris, France", "Lyon, France", "Nice, France", "Rome, Italy", "Milan, Italy", "Paris, France"]
    assert parts(places) == places
    assert parts(["red, big", "big, old", "old, red, new", "new, big"])[2] == ["old", "red", "new"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("['a', 'b']", ["a", "b"]),
        ('["b", "c, d"]', ["b", "c, d"]),
        ("[]", []),
        ("('a', 'b')", ["a", "b"]),
        ("{'y', 'x'}", ["y", "x"]),
        ("[{'id': 1, 'name': 'Drama'}, {'id': 2, 'name': 'War'}]", ["Drama", "War"]),
        ('{"id": 3, "name": "Robots"}', ["Robots"]),
        ("{'wifi': True, 'pool': False}", ["wifi"]),
        ("['a' 'b'\n 'c']", ["a", "b", "c"]),
        ("array(['a', 'b'], dtype=object)", ["a", "b"]),
        ('{a,b,"c, d"}', ["a", "b", "c, d"]),
        ('c("x y", "z")', ["x y", "z"]),
        ("[1, 2.0, None]", ["1", "2"]),
        ("[['a', 'b'], ['c']]", ["a", "b", "c"]),
        ("('it\\'s',)", ["it's"]),
        ("(500) Days", ["(500) Days"]),
        ("[" * 9000 + "]" * 9000, ["[" * 9000 + "]" * 9000]),
    ],
)
def test_written_lists_are_read(text: str, expected: list[str]) -> None:
    found = parts_of(text)
    assert sorted(found) == sorted(expected) if text.startswith("{'y'") else found == expected


@pytest.mark.parametrize("text", ["['a'" + " " * 50_000 + "b]", "['a'" + ", " * 50_000 + "]", "c(" + "'a' " * 20_000])
def test_no_cell_takes_long_to_read(text: str) -> None:
    started = time.process_time()
    assert parts_of(text)
    assert time.process_time() - started < 1


def test_lists_written_as_text_are_read() -> None:
    assert parts(["['a', 'b']", '["b"]', "[]", None]) == [["a", "b"], ["b"], None, None]


def test_lists_of_lists_and_of_records_are_flat() -> None:
    assert parts([[["a", "b"]], [["a"], ["c"]]]) == [["a", "b"], ["a", "c"]]
    assert parts([['["a", "b"]'], ['{"name": "c"}'], []]) == [["a", "b"], ["c"], None]
    assert parts([[{"name": "x", "id": 1}], None, [{"name": "y", "id": 2}]]) == ["x", None, "y"]


def test_yes_and_no_are_told_however_they_are_written() -> None:
    values, notices = read_lists("spicy", column(["yes", "no", "Y", None, "T", "1"]))
    assert values.to_pylist() == ["yes", "no", "yes", None, "yes", "yes"]
    assert notices == ["spicy is read as yes or no: 'yes', 'Y', 'T', '1' as yes and 'no' as no."]
    assert parts([True, False, None]) == ["yes", "no", None]
    assert parts(["0", "1"]) == ["no", "yes"]
    assert parts(["1", "1"]) == ["1", "1"]


def test_numbers_in_lists_are_text() -> None:
    assert parts([[1, 2], [2], None]) == [["1", "2"], ["2"], None]
    assert parts([1.0, 2.5, None]) == ["1", "2.5", None]


def test_a_stated_separator_wins() -> None:
    assert parts(["a + b", "c"], mark="+") == [["a", "b"], ["c"]]
    assert parts(["a, b", "b, a"], mark="+") == ["a, b", "b, a"]


def test_long_lists_and_long_values_are_cut_with_a_notice() -> None:
    values, notices = read_lists("tags", column([list(map(str, range(300))), ["x" * 400], []]))
    assert [len(values[0]), len(values[1][0].as_py()), values[2].as_py()] == [200, 300, None]
    assert notices == [
        "1 values of tags are cut to 300 characters.",
        "1 rows have more than 200 tags; the first 200 of each are kept.",
    ]


def test_many_rows_are_put_together_as_one_by_one() -> None:
    draw = np.random.default_rng(5)
    rows = [[f"Tag {n}" for n in draw.integers(0, 30, draw.integers(0, 6))] or None for _ in range(500)]
    assert parts(rows) == [row and list(dict.fromkeys(row)) for row in rows]
    assert parts([row and " | ".join(row) for row in rows]) == [row and list(dict.fromkeys(row)) for row in rows]


def test_texts_of_several_steps_become_sentences() -> None:
    steps = [["Boil water.", "Add tea", " "], None, []]
    assert joined(column(steps)).to_pylist() == ["Boil water. Add tea", None, None]
    assert joined(column(["['Boil.', 'Stir']", None])).to_pylist() == ["Boil. Stir", None]
    assert joined(column(["Boil. Stir"])).to_pylist() == ["Boil. Stir"]


def test_signs_keep_values_apart() -> None:
    apart = ["C", "C++", "C#", "A+", "A-", "A", "18", "18+", "-5", "5", "1.5", "1-5", "5%", "< 5"]
    assert canonical(dict.fromkeys(apart, 1)) == {value: value for value in apart}
    alike = {"Sci-Fi": 3, "sci fi": 1, "SCI-FI": 1, "R&B": 2, "R & B": 1, "1,5": 2, "1.5": 1}
    assert set(canonical(alike).values()) == {"Sci-Fi", "R&B", "1,5"}


def test_a_written_list_among_plain_values_is_a_list() -> None:
    found, _ = read_lists("tags", pa.chunked_array([['["a", "b"]', "c", "d", "g h", "['e']", "[f]", "i"]]))
    assert found.to_pylist() == [["a", "b"], ["c"], ["d"], ["g h"], ["e"], ["[f]"], ["i"]]


def test_ones_and_zeros_stored_as_floats_are_yes_and_no() -> None:
    assert read_lists("vegan", pa.chunked_array([["1.0", "0.0", None]]))[0].to_pylist() == ["yes", "no", None]
