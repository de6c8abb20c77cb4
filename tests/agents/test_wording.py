import pytest

from agents.wording import describe_filter, describe_value, join
from retrieval.items import Field, Filter, Role

YEAR = Field(name="year", role=Role.NUMBER, label="year", unit="year")
DATE = Field(name="released", role=Role.DATE, label="released")
RUNTIME = Field(name="runtime_min", role=Role.NUMBER, label="runtime", unit="min")
SCORE = Field(name="score", role=Role.NUMBER, label="critic score", unit="%")
MONEY = Field(name="gross", role=Role.NUMBER, label="box office", unit="usd")
GENRES = Field(name="genres", role=Role.FACET, label="genres", many=True)
LANGUAGES = Field(name="languages", role=Role.FACET, label="languages", many=True)
COUNTRIES = Field(name="countries", role=Role.FACET, label="countries", many=True)
ACTORS = Field(name="actors", role=Role.PERSON, label="actors", many=True)
SHELF = Field(name="shelf", role=Role.FACET, label="shelf")


@pytest.mark.parametrize(
    ("field", "op", "value", "words"),
    [
        (YEAR, "between", [1970, 1979], "from 1970 to 1979"),
        (YEAR, "gte", 1990, "from 1990 on"),
        (YEAR, "lte", 1989.0, "up to 1989"),
        (YEAR, "eq", 1999, "from 1999"),
        (YEAR, "not_in", [1980, 1981, 1982], "not from 1980 to 1982"),
        (GENRES, "contains", "PG", "genres: PG"),
        (DATE, "gte", "2001-05-01", "from 1 May 2001 on"),
        (RUNTIME, "lte", 120, "at most 120 min"),
        (RUNTIME, "between", [90, 110.0], "between 90 min and 110 min"),
        (SCORE, "gte", 90, "critic score at least 90%"),
        (MONEY, "gte", 1_500_000, "box office at least $1.5 million"),
        (GENRES, "contains", "Comedy", "Comedy"),
        (GENRES, "in", ["Comedy", "Drama"], "Comedy or Drama"),
        (GENRES, "not_in", ["Horror", "War"], "no Horror or War"),
        (LANGUAGES, "contains", "French", "in French"),
        (LANGUAGES, "not_contains", "French", "not in French"),
        (COUNTRIES, "contains", "France", "from France"),
        (ACTORS, "contains", "Tom Hanks", "with Tom Hanks"),
        (ACTORS, "not_contains", "Tom Hanks", "without Tom Hanks"),
        (SHELF, "eq", "B12", "shelf: B12"),
        (SHELF, "known", None, "shelf known"),
    ],
)
def test_limits_read_like_people_say_them(field: Field, op: str, value: object, words: str) -> None:
    assert describe_filter(Filter.model_validate({"field": field.name, "op": op, "value": value}), field) == words


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        (117.0, RUNTIME, "117 min"),
        (1999, YEAR, "1999"),
        (3.785, None, "3.8"),
        (12345, None, "12,345"),
        (2_000_000_000, MONEY, "$2 billion"),
        (["a", "b", "c", "d"], None, "a, b, c …"),
        ("two\nlines", None, "two lines"),
        ("x" * 200, None, "x" * 79 + "…"),
    ],
)
def test_values_carry_their_unit(value: object, field: Field | None, words: str) -> None:
    assert describe_value(value, field) == words


def test_join_reads_like_a_sentence() -> None:
    assert [join(list(parts)) for parts in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_a_value_that_another_one_includes_is_not_said_beside_it() -> None:
    tongues = Field(name="languages", role=Role.FACET, label="languages", many=True)
    spoken = Filter(field="languages", op="in", value=["English", "American English"])
    assert describe_filter(spoken, tongues) == "in English"
