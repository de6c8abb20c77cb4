"""The forms of titles: read once, kept in the bundle, read again where the code has changed."""

from pathlib import Path

import numpy as np
import pytest

from retrieval.bundle import Bundle
from retrieval.linking import Linker
from retrieval.linking.title_forms import TitleForms
from retrieval.linking.vocabulary import Vocabulary
from retrieval.manifest import TITLES


def test_the_bundle_holds_what_would_be_read(games: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Linker(games.catalog)
    monkeypatch.setattr(TitleForms, "read", None)
    kept = Linker(games.catalog, titles_file=games.path / TITLES)
    for title in games.catalog.titles:
        for text in (title, f"something like {title.lower()}", title[:-1], title.replace(" ", "")):
            assert kept.link(text) == fresh.link(text)
            assert kept.titles(text) == fresh.titles(text)


def test_forms_of_other_code_are_read_again(games: Bundle, tmp_path: Path) -> None:
    with np.load(games.path / TITLES) as stored:
        none = {name: stored[name][:0] for name in ("words", "plain")}
        np.savez(tmp_path / "old.npz", **{**stored, **none, "made_by": np.array("older")})
    again = TitleForms.open(tmp_path / "old.npz", games.catalog, Vocabulary(games.catalog))
    assert len(again.plain) == games.catalog.n_items
