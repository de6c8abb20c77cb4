"""Links by which others may read a conversation."""

from agents.database import SqliteDatabase
from agents.shares import Shares


def test_a_link_is_made_once_for_what_was_said_so_far() -> None:
    shares = Shares(SqliteDatabase())
    first = shares.open("ann", "t", "turn-1")
    assert shares.open("ann", "t", "turn-1") == first
    assert shares.open("ann", "t", "turn-2").share_id != first.share_id
    assert shares.get(first.share_id) == first
    assert len(first.share_id) >= 32


def test_only_its_owner_takes_a_link_back() -> None:
    shares = Shares(SqliteDatabase())
    link = shares.open("ann", "t", "turn-1")
    assert shares.revoke("bob", "t") == 0
    assert shares.of("bob", "t") == []
    assert shares.revoke("ann", "t") == 1
    assert shares.get(link.share_id) is None
