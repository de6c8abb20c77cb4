"""Slips in telling words are put right, names and other words are not."""

import pytest

from agents.understanding.spelling import respelt


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("somthing else", "something else"),
        ("anohter one", "another one"),
        ("Recomend a drama", "recommend a drama"),
        ("similarr to Heat", "similar to Heat"),
        ("withuot horror", "without horror"),
    ],
)
def test_one_slip_is_put_right(said: str, meant: str) -> None:
    assert respelt(said) == meant


@pytest.mark.parametrize("text", ["Compared to Heat", "suggestions", "Anotherworld", "Sommersby", "recommended films"])
def test_what_is_no_slip_stays(text: str) -> None:
    assert respelt(text) == text
