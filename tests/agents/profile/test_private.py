"""What is never stored."""

import pytest

from agents.profile.private import is_private, storable


@pytest.mark.parametrize(
    "text",
    [
        "write to ann.lee+x@mail.example.org", "ann (at) example.org", "call +44 20 7946 0958", "call 0171 234 56789",
        "(555) 123-4567 x", "ann\u200b@mail.example.org", "0171\u200b2345\u200b6789",
        "card 4111 1111 1111 1111", "4111-1111-1111-1111", "IBAN DE89 3704 0044 0532 0130 00",
    ],
)  # fmt: skip
def test_addresses_and_numbers_are_found_and_left_out(text: str) -> None:
    assert is_private(text)
    assert not any(part in storable(text) for part in ("example.org", "4567", "1111", "0958", "56789", "0532"))


@pytest.mark.parametrize(
    "text", ["from 1990-1999, under 120 minutes", "2001: A Space Odyssey", "1990 to 2005", "8 1/2"]
)
def test_years_and_titles_are_not_private(text: str) -> None:
    assert not is_private(text)
    assert storable(text) == text


def test_what_is_stored_is_one_short_line_that_steers_nothing() -> None:
    assert storable("a\x1b[2J\nb\u202ec") == "a [2J b c"
    assert len(storable("x" * 1000)) == 160
