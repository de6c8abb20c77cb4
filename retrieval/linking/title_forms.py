"""Every way of writing each title: article moved or dropped, numerals, heads of series, words joined; and a file."""

import hashlib
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path

import numpy as np

from retrieval.catalog import Catalog
from retrieval.linking.message import words_of
from retrieval.linking.packed import PackedPhrases, PhraseWriter
from retrieval.linking.vocabulary import Vocabulary

ARTICLES = {"the", "a", "an", "le", "la", "les", "der", "die", "das", "el", "il", "un", "une"}
_TRAILING_ARTICLE = re.compile(r"^(.*), (the|a|an|le|la|les|l'|der|die|das|el|il|un|une)$", re.IGNORECASE)
_TRAILING_YEAR = re.compile(r"^(.+?)\s*\((\d{4})\)$")
_PAREN = re.compile(r"^(.+?)\s*\(([^)]+)\)$")
_SUBTITLE = re.compile(r"\s*(?::| [-–—] )\s*")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_SPELT = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
}
_LAST_ROMAN = {"v": "5", "x": "10", "i": "1"}
_TO_ROMAN = {"2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi", "7": "vii", "8": "viii", "9": "ix", "10": "x"}
_NUMERALS = frozenset({*_ROMAN, *_SPELT, *_LAST_ROMAN})
_SERIES_MARKS = {"and", "part", "episode", "vol", "volume", "chapter", "returns", "forever", "begins"}
_HEAD = 0.7
"""How exactly the head of a series stands for each of its titles."""
_INITIALS = 0.65
_LETTERS = 4
"""Fewer initials than these are too often a word."""
_LONG_TITLE = 4
"""Longer titles are known by what stands before "of": "Eternal Sunshine"."""
_MOST_JOINED = 4
"""Titles of so many words are also known without the spaces."""
_PARTS = ("forms", "joined")


class TitleForms:
    """Phrases that stand for titles, each with the rows it stands for and how exactly."""

    def __init__(self, forms: PackedPhrases, joined: PackedPhrases, words: bytes, plain: bytes) -> None:
        """Use `read` or `open`."""
        self.forms = forms
        self.joined = joined
        """The forms of two to four words, written as one."""
        self._words = words
        self._plain = plain

    def words(self) -> set[str]:
        """Return every word of a title, for the speller."""
        return set(self._words.decode().split())

    @cached_property
    def plain(self) -> list[str]:
        """The folded title of every row."""
        return self._plain.decode().split("\n")

    @staticmethod
    def read(catalog: Catalog, vocabulary: Vocabulary) -> "TitleForms":
        """Read every title of the catalogue: half a minute for a million."""
        reader = _Reader()
        plain = [reader.add(row, title) for row, title in enumerate(catalog.titles)]
        reader.add_initials(plain)
        reader.add_heads(vocabulary)
        return TitleForms(
            reader.forms.packed(), reader.joined.packed(), " ".join(reader.words).encode(), "\n".join(plain).encode()
        )

    def save(self, path: Path) -> None:
        """Write everything to `path` (.npz)."""
        texts = {"words": np.frombuffer(self._words, np.uint8), "plain": np.frombuffer(self._plain, np.uint8)}
        packed = {f"{part}_{name}": array for part in _PARTS for name, array in getattr(self, part).arrays.items()}
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, made_by=np.array(_made_by()), **texts, **packed)

    @staticmethod
    def open(path: Path | None, catalog: Catalog, vocabulary: Vocabulary) -> "TitleForms":
        """Read what was saved, or the catalogue again where there is nothing or the code has changed since."""
        if path is None or not path.is_file():
            return TitleForms.read(catalog, vocabulary)
        with np.load(path, allow_pickle=False) as stored:
            if str(stored["made_by"]) != _made_by():
                return TitleForms.read(catalog, vocabulary)
            forms, joined = (
                PackedPhrases({name.partition("_")[2]: stored[name] for name in stored if name.startswith(part + "_")})
                for part in _PARTS
            )
            return TitleForms(forms, joined, stored["words"].tobytes(), stored["plain"].tobytes())


class _Reader:
    """Collects the forms of one title after another."""

    def __init__(self) -> None:
        self.forms, self.joined = PhraseWriter(), PhraseWriter()
        self.words: set[str] = set()
        self._lone: set[str] = set()
        self._heads: dict[str, set[int]] = defaultdict(set)
        self._series: dict[str, set[int]] = defaultdict(set)

    def add(self, row: int, title: str) -> str:
        """Add one title; returns its plain key."""
        bare = bare_title(title)
        key = " ".join(words_of(bare))
        forms = _forms(bare)
        for form, exactness in list(forms.items()):
            for variant in variants(form):
                forms.setdefault(variant, exactness * 0.96)
        for form, exactness in forms.items():
            self._write(form, row, exactness)
        heads = _series_heads(key)
        parts = _SUBTITLE.split(bare)
        heads |= {" ".join(words_of(" ".join(parts[:n]))) for n in range(1, len(parts))}
        if (short := _before_of(key)) and len(key.split()) > _LONG_TITLE:
            heads.add(short)
        for head in heads:
            if len(_initials(head)) >= _LETTERS:
                self._series[head.removeprefix("the ")].add(row)
            if " " not in head:
                self._heads[head].add(row)
            elif not all(word in ARTICLES for word in head.split()):
                self._write_head(head, row)
        return key

    def _write(self, form: str, row: int, exactness: float) -> None:
        if not form:
            return
        self.forms.add(form, row, exactness)
        n_spaces = form.count(" ")
        if 0 < n_spaces < _MOST_JOINED:
            self.joined.add(form.replace(" ", ""), row, exactness)
        elif not n_spaces:
            self._lone.add(form)
        self.words.update(form.split())

    def _write_head(self, head: str, row: int) -> None:
        for form in [head, *variants(head)]:
            self._write(form, row, _HEAD)

    def add_initials(self, plain: list[str]) -> None:
        """Let the initials of a series of several titles stand for each of them: "lotr"."""
        rows_of = {key.removeprefix("the "): row for row, key in enumerate(plain)}
        for head, rows in self._series.items():
            known = rows | {rows_of[head]} if head in rows_of else rows
            initials = _initials(head)
            if len(known) > 1 and initials not in self.words:
                for row in known:
                    self._write(initials, row, _INITIALS)

    def add_heads(self, vocabulary: Vocabulary) -> None:
        """Let one word stand for its series: a head shared by titles, or a full title others continue."""
        lone = self._lone.copy()
        for head, rows in self._heads.items():
            alone = len(rows) < 2 and head not in lone
            if head in ARTICLES or not head or vocabulary.commonness(head) >= (0.5 if alone else 1):
                continue
            for row in rows:
                self._write_head(head, row)


def _series_heads(key: str) -> set[str]:
    words = key.split()
    heads = set()
    for n in range(1, min(len(words), 5)):
        if words[n] in _SERIES_MARKS or words[n] in _ROMAN or words[n].isdigit():
            heads.add(" ".join(words[: n - 1] if words[n - 1] in _SERIES_MARKS else words[:n]))
    return heads - {""}


def _before_of(key: str) -> str:
    """Return the words before the first "of" where they are two and more without the article."""
    head = key.partition(" of ")[0] if " of " in key else ""
    return head if len([word for word in head.split() if word not in ARTICLES]) > 1 else ""


def _initials(head: str) -> str:
    return "".join(word[0] for word in head.removeprefix("the ").split() if not word.isdigit())


def _made_by() -> str:
    """Return a hash of the code and words that turn titles into forms."""
    names = ("title_forms.py", "packed.py", "message.py", "vocabulary.py", "lexicon.py", "lexicon.toml")
    sources = [Path(__file__).with_name(name) for name in names]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def bare_title(title: str) -> str:
    """Return a title without "(year)" behind it and with its article in front."""
    bare = _TRAILING_YEAR.sub(r"\1", title.strip())
    moved = _TRAILING_ARTICLE.match(bare)
    return f"{moved[2]} {moved[1]}" if moved else bare


def _forms(bare: str) -> dict[str, float]:
    """Return the keys of a title as written, with how exactly each stands for it."""
    forms: dict[str, float] = {" ".join(words_of(bare)): 1.0}
    if paren := _PAREN.match(bare):
        forms |= {" ".join(words_of(paren[1])): 0.97, " ".join(words_of(paren[2])): 0.9}
    if "&" in bare:
        forms.setdefault(" ".join(words_of(bare.replace("&", " and "))), 0.97)
    if "'" in bare or "’" in bare:
        forms.setdefault(" ".join(words_of(bare.replace("'", "").replace("’", ""))), 0.98)
    parts = _SUBTITLE.split(bare)
    if len(parts) > 1 and len(tail := words_of(parts[-1])) > 1:
        forms.setdefault(" ".join(tail), 0.75)
    return forms


def variants(key: str) -> set[str]:
    """Other keys of one title: without its article, numerals as digits, without "part"."""
    words = key.split()
    forms = {key}
    if len(words) > 1 and words[0] in ARTICLES:
        forms.add(" ".join(words[1:]))
    elif words and words[0] not in ARTICLES and len(words) < 6:
        forms.add("the " + key)
    if len(words) > 1 and words[-1] in _TO_ROMAN:
        forms |= {" ".join([*form.split()[:-1], _TO_ROMAN[words[-1]]]) for form in forms}
    for form in list(forms):
        if " part " not in form and _NUMERALS.isdisjoint(form.split()):
            continue
        numbered = [_ROMAN.get(w, _SPELT.get(w, w)) if i else _SPELT.get(w, w) for i, w in enumerate(form.split())]
        if len(numbered) > 1:
            numbered[-1] = _LAST_ROMAN.get(numbered[-1], numbered[-1])
        digits = " ".join(numbered)
        forms |= {digits, digits.replace(" part ", " "), form.replace(" part ", " ")}
    return {form for form in forms if form} - {key}
