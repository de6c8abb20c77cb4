"""Guests' tokens: nobody makes one up, and nobody finds one out from what is stored."""

import base64

import pytest

from ui.guests import COOKIE, Guests, set_cookie, token_in

HERE, ELSEWHERE = Guests(b"a secret of sixteen"), Guests(b"another secret of it")


def test_a_token_is_one_guest_for_every_copy_of_the_server_and_each_token_another() -> None:
    tokens = {HERE.new_token() for _ in range(50)}
    users = {HERE.user_id(token) for token in tokens}
    assert len(tokens) == len(users) == 50 and None not in users
    token = tokens.pop()
    assert HERE.user_id(token) == Guests(b"a secret of sixteen").user_id(token)
    assert ELSEWHERE.user_id(token) is None


def test_the_id_of_a_guest_tells_nothing_of_the_token() -> None:
    token = HERE.new_token()
    user_id = str(HERE.user_id(token))
    raw = base64.urlsafe_b64decode(token)
    assert user_id.startswith("guest-") and len(user_id) == 6 + 32
    assert raw[:16].hex() not in user_id and token[:16] not in user_id


def test_a_token_with_any_letter_changed_is_nobodys() -> None:
    token = HERE.new_token()
    for i, letter in enumerate(token):
        assert HERE.user_id(token[:i] + ("A" if letter != "A" else "B") + token[i + 1 :]) is None, i


@pytest.mark.parametrize("token", [None, "", "A" * 64, "A" * 63, "é" * 64, "A" * 65, "+" * 64, "A" * 100_000])
def test_what_is_no_token_is_nobodys(token: str | None) -> None:
    assert HERE.user_id(token) is None


@pytest.mark.parametrize("more", ["\n", "=", " ", "A"])
def test_a_token_with_something_at_its_end_is_nobodys(more: str) -> None:
    assert HERE.user_id(HERE.new_token() + more) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"{COOKIE}=abc", "abc"),
        (f"other=1; {COOKIE}=abc; more=2", "abc"),
        ("other=1", None),
        ("", None),
        (f"{COOKIE}=", ""),
        ("no cookie at all; ;;=", None),
        (f"{COOKIE}_not=abc", None),
    ],
)
def test_the_token_of_a_cookie_header(header: str, found: str | None) -> None:
    assert token_in(header) == found


def test_a_cookie_comes_back_and_is_kept_from_scripts_and_other_sites() -> None:
    token = HERE.new_token()
    plain, secure = set_cookie(token, secure=False), set_cookie(token, secure=True)
    assert token_in(plain.partition(";")[0]) == token
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(plain.split("; "))
    assert "Secure" not in plain.split("; ") and "Secure" in secure.split("; ")
    assert "Domain" not in plain, "it is for this host alone"
