"""API tokens: what is kept of them opens nothing, and a wrong one is found out as slowly as a right one."""

import asyncio
import hmac
from pathlib import Path

import pytest

from agents.database import SqliteDatabase
from agents.memory import threads_in_memory
from agents.people import export_user, forget_user, keeping
from errors import InputError
from ui.tokens import ApiToken, Tokens, found, new_token


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SqliteDatabase())


def added(tokens: Tokens, name: str = "phone", user_id: str | None = "ada") -> tuple[str, ApiToken]:
    sent, kept = new_token(name, user_id=user_id)
    tokens.add(kept)
    return sent, kept


def test_a_token_is_found_by_what_its_holder_sends_alone(tokens: Tokens) -> None:
    sent, kept = added(tokens)
    assert found(sent, tokens) == kept
    other, _ = added(tokens, "other")
    swapped = sent[: len("cic_") + 16] + other[len("cic_") + 16 :]
    end = "A" if sent[-1] != "A" else "E"
    wrong = [
        sent[:-1] + end,
        sent[:-1],
        sent + "A",
        swapped,
        kept.token_id,
        kept.secret_hash,
        "",
        f"{sent}\n",
        sent.upper(),
    ]
    assert [found(text, tokens) for text in wrong] == [None] * len(wrong)
    assert tokens.revoke(kept.token_id)
    assert not tokens.revoke(kept.token_id)
    assert found(sent, tokens) is None


def test_tokens_cannot_be_guessed_and_differ(tokens: Tokens) -> None:
    sent = [added(tokens, user_id=None) for _ in range(50)]
    assert len({text for text, _ in sent}) == len({kept.user_id for _, kept in sent}) == 50
    assert all(len(text) == len("cic_") + 16 + 1 + 43 for text, _ in sent), "256 bits of secret"
    assert all(len(kept.user_id.rpartition("-")[2]) == 32 for _, kept in sent), "128 bits"


def test_the_file_does_not_hold_what_opens_doors(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "people.sqlite")
    sent, kept = added(Tokens(database))
    secret = sent[len("cic_") + 17 :]
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert kept.token_id.encode() in held
    assert secret.encode() not in held
    assert "secret_hash" not in repr(kept) and kept.secret_hash not in repr(kept)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    assert Tokens(SqliteDatabase(tmp_path / "people.sqlite")).get(kept.token_id) == kept


@pytest.mark.parametrize("sent", ["", "cic_", "cic_0123456789abcdef_" + "x" * 43, "Bearer", "é" * 40])
def test_a_wrong_token_is_compared_in_full_too(tokens: Tokens, monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    compared, really = [], hmac.compare_digest

    def compare(a: str, b: str) -> bool:
        compared.append((len(a), len(b)))
        return really(a, b)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert found(sent, tokens) is None
    assert compared == [(64, 64)], "as for a token that exists"


def test_a_scope_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="no scope 'everything'; the scopes are chat, read"):
        new_token("x", scopes=("chat", "everything"))


async def _gone(people_of: Path) -> None:
    database = SqliteDatabase(people_of / "people.sqlite")
    people = keeping(database, threads_in_memory(), None)
    tokens = Tokens(database)
    sent, kept = added(tokens)
    _, others = added(tokens, user_id="bob")
    exported = await export_user("ada", people)
    assert exported["others"]["tokens"][0]["name"] == "phone"
    assert kept.secret_hash not in str(exported)
    assert (await forget_user("ada", people)).others == 1
    assert found(sent, tokens) is None
    assert tokens.listing() == [others]


def test_the_tokens_of_a_user_go_with_them(tmp_path: Path) -> None:
    asyncio.run(_gone(tmp_path))
