"""Dates: one form a column, day or month first only where a value shows it, everything else unknown and told."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from errors import CatalogError
from retrieval.importing.values.dates import day_of, read_dates


def read(values: list[Any], form: str = "", name: str = "out") -> tuple[list[str | None], list[str]]:
    days, notices = read_dates(name, pa.chunked_array([pa.array(values)]), form)
    return [day and day.isoformat() for day in days.to_pylist()], notices


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-12-31", "2023-12-31"),
        ("2023-12-31T23:30:00Z", "2023-12-31"),
        ("2023-12-31T23:30:00-05:00", "2023-12-31"),
        ("2023-12-31 23:30", "2023-12-31"),
        ("2023/12/31", "2023-12-31"),
        ("20231231", "2023-12-31"),
        ("31.12.2023", "2023-12-31"),
        ("1.2.2023", "2023-02-01"),
        ("31/12/2023", "2023-12-31"),
        ("12/31/2023", "2023-12-31"),
        ("12/31/23", "2023-12-31"),
        ("January 5, 2020", "2020-01-05"),
        ("Jan. 5th, 2020", "2020-01-05"),
        ("5 Jan 2020", "2020-01-05"),
        ("5th of January 2020", "2020-01-05"),
        ("07-Sep-21", "2021-09-07"),
        ("07-Sep-69", "1969-09-07"),
        ("Mon, 05 Jan 2020 10:00:00 GMT", "2020-01-05"),
        ("Sep 2019", "2019-09-01"),
        ("2019-09", "2019-09-01"),
        ("2019", "2019-01-01"),
    ],
)
def test_every_common_form_is_read(text: str, day: str) -> None:
    assert read([text])[0] == [day]


@pytest.mark.parametrize(
    "text", ["yesterday", "5 Brumaire 2020", "12", "2020-1", "1/2", "31.12.", "2020-01-01x", "٣" * 50]
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert day_of(text) is None


def test_a_column_of_either_form_is_unknown_and_says_how_to_state_one() -> None:
    assert read(["01/01/2020", "03/04/2020", None]) == (
        [None, None, None],
        [
            "'03/04/2020' of out may be 3 April or 4 March; 2 such values are unknown. "
            'Say which in catalog.toml: format = "%d/%m/%Y" or format = "%m/%d/%Y".'
        ],
    )
    assert read(["03/04/2020"], "%d/%m/%Y") == (["2020-04-03"], [])
    assert read(["03/04/2020"], "%m/%d/%Y") == (["2020-03-04"], [])


def test_one_value_shows_which_stands_first() -> None:
    assert read(["03/04/2020", "12/31/2023"]) == (
        ["2020-03-04", "2023-12-31"], ["out is read month first, as '12/31/2023' shows."]
    )  # fmt: skip
    assert read(["03-04-20", "31-12-23"])[0] == ["2020-04-03", "2023-12-31"]
    days, notices = read(["31/12/2023", "03/04/2020", "30/12/2023", "12/31/2020"])
    assert days == ["2023-12-31", "2020-04-03", "2023-12-30", None]
    assert notices[1] == "1 of 4 values of out is not written like '31/12/2023', such as '12/31/2020'; it is unknown."
    assert read(["05/05/2020"]) == (["2020-05-05"], [])


def test_of_mixed_forms_the_commonest_is_kept() -> None:
    assert read(["31.12.2023", "2024-01-31", "yesterday", "2024-02-01"]) == (
        [None, "2024-01-31", None, "2024-02-01"],
        ["2 of 4 values of out are not written like '2024-01-31', such as '31.12.2023'; they are unknown."],
    )
    assert read(["25-Sep-21", "July 1, 2017"])[0] == ["2021-09-25", "2017-07-01"]
    assert read(["2020-05-01", "03/04/2020", "2020-05-02"])[0] == ["2020-05-01", None, "2020-05-02"]


def test_days_that_never_were_are_unknown() -> None:
    days, notices = read(["0000-00-00", "9999-99-99", "2023-02-30", "0000-01-01", "9999-12-31", "2020-02-29"])
    assert days == [None] * 5 + ["2020-02-29"]
    assert notices == ["5 of 6 values of out are no real dates, such as '0000-00-00'; they are unknown."]


def test_stored_dates_and_moments_are_days() -> None:
    moment = datetime(2020, 1, 1, 23, tzinfo=timezone(timedelta(0)))
    assert read([moment, None]) == (["2020-01-01", None], [])
    assert read([date(2020, 2, 29)]) == (["2020-02-29"], [])
    days, notices = read([date(9999, 12, 31), date(2020, 1, 1)])
    assert days == [None, "2020-01-01"] and len(notices) == 1


def test_numbers_that_count_the_time_are_dates() -> None:
    assert read([1577836800, None], name="created_at")[0] == ["2020-01-01", None]
    assert read([1577836800000], name="timestamp")[0] == ["2020-01-01"]
    assert read([-86400.0], name="ts")[0] == ["1969-12-31"]
    assert read(["1577836800", "x"], "%s")[0] == ["2020-01-01", None]
    told = "1577836800 of out is read as 1 January 2020, in seconds since 1970."
    assert read([1577836800, None]) == (["2020-01-01", None], [told])
    assert read(["1577836800000"])[0] == ["2020-01-01"]
    assert read(["43831", ""]) == (
        ["2020-01-01", None],
        ["43831 of out is read as 1 January 2020, in days since 1900."],
    )
    assert read([1577836800, 12])[0] == [None, None]
    assert read(["43831", "2020-01-05"])[0] == [None, "2020-01-05"]
    assert read([20200131])[0] == ["2020-01-31"]


@pytest.mark.parametrize(
    "text", ["3. März 2020", "3. Maerz 2020", "3 mars 2020", "3 de marzo de 2020", "3 marzo 2020", "3 maart 2020"]
)
def test_months_go_by_their_names_in_other_languages(text: str) -> None:
    assert read([text])[0] == ["2020-03-03"]


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(CatalogError, match="Write one like %d/%m/%Y"):
        read(["x"], "%Q")
    days, notices = read(["2020", "31/12/20"], "%d/%m/%y")
    assert days == [None, "2020-12-31"]
    assert notices == ["1 of 2 values of out is not written as %d/%m/%y, such as '2020'; it is unknown."]
