"""Titles by every way of typing them, and how sure a stretch of a message is one."""

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from rapidfuzz import fuzz, process

from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.linking.message import words_of
from retrieval.linking.vocabulary import Vocabulary

_LONGEST = 14
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
_NUMERALS = frozenset({*_ROMAN, *_SPELT, *_LAST_ROMAN})
_SERIES_MARKS = {"and", "part", "episode", "vol", "volume", "chapter", "returns", "forever", "begins"}

Match = tuple[int, float]
"""(row, exactness 0–1)."""


class TitleIndex:
    """Every title under its variants: article moved or dropped, numerals, heads of series, joined words."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        """Read all titles and years."""
        self._vocabulary = vocabulary
        self._prominence: list[float] = catalog.prominence.tolist()
        self.years = _years(catalog)
        self._rows: dict[str, dict[int, float]] = defaultdict(dict)
        self._compact: dict[str, list[str]] = defaultdict(list)
        heads: dict[str, set[int]] = defaultdict(set)
        self._full: list[str] = []
        for row, title in enumerate(catalog.titles):
            self._full.append(self._add(row, title, heads))
        self._add_heads(heads)
        for key in self._rows:
            if 0 < key.count(" ") < 4:
                self._compact[key.replace(" ", "")].append(key)

    def _add(self, row: int, title: str, heads: dict[str, set[int]]) -> str:
        """Add one title; returns its plain key."""
        bare = _bare(title)
        key = " ".join(words_of(bare))
        forms = _forms(bare)
        for form, exactness in list(forms.items()):
            for variant in _variants(form):
                forms.setdefault(variant, exactness * 0.96)
        for form, exactness in forms.items():
            if form:
                self._rows[form][row] = max(exactness, self._rows[form].get(row, 0))
        parts = _SUBTITLE.split(bare)
        for n in range(1, len(parts)):
            if head := " ".join(words_of(" ".join(parts[:n]))):
                heads[head].add(row)
        self._series_heads(key, row, heads)
        return key

    def _series_heads(self, key: str, row: int, heads: dict[str, set[int]]) -> None:
        words = key.split()
        for n in range(1, min(len(words), 5)):
            if words[n] in _SERIES_MARKS or words[n] in _ROMAN or words[n].isdigit():
                head = words[: n - 1] if words[n - 1] in _SERIES_MARKS else words[:n]
                if head:
                    heads[" ".join(head)].add(row)

    def _add_heads(self, heads: dict[str, set[int]]) -> None:
        """Let "Harry Potter" stand for its series: a head shared by titles, or a full title others continue."""
        for head, rows in heads.items():
            alone = len(rows) < 2 and head not in self._rows
            ordinary = " " not in head and self._vocabulary.commonness(head) >= (0.5 if alone else 1)
            if ordinary or all(word in ARTICLES for word in head.split()):
                continue
            for form in [head, *_variants(head)]:
                for row in rows:
                    self._rows[form].setdefault(row, 0.7)

    def phrases(self) -> Iterable[str]:
        """Return every folded form of every title."""
        return self._rows

    def words(self) -> set[str]:
        """Return every word of a title, for the speller."""
        return {word for key in self._rows for word in key.split()}

    def __contains__(self, phrase: str) -> bool:
        """Whether something goes by this folded title."""
        return phrase in self._rows

    def lookup(self, phrase: str) -> list[Match]:
        """Return the items that go by this folded title, best first: exactness, then prominence."""
        rows = self._rows.get(phrase)
        if rows is None:
            keys = self._compact.get(phrase.replace(" ", "")) if phrase.count(" ") < 4 and len(phrase) >= 5 else None
            rows = {row: exact * 0.93 for key in keys for row, exact in self._rows[key].items()} if keys else {}
        # Near-exact variants compete by prominence: "alien" is Alien, though "Aliens" is as famous.
        return sorted(rows.items(), key=lambda m: (-round(m[1] * 8), -self._prominence[m[0]], m[0]))

    def with_year(self, matches: list[Match], year: int | None) -> list[Match]:
        """Return the matches of that year ±1, exact year first; [] where none is."""
        if year is None:
            return matches
        near = [
            (row, exact)
            for row, exact in matches
            if self.years[row] is not None and abs((self.years[row] or 0) - year) <= 1
        ]
        return sorted(near, key=lambda m: (self.years[m[0]] != year, -m[1], -self._prominence[m[0]]))

    def fuzzy(self, phrase: str, limit: int = 10, cutoff: float = 78) -> list[Match]:
        """Return items whose plain title is spelt much like `phrase`, likeliest first; scans every title."""
        if len(phrase) < 3:
            return []
        found = process.extract(phrase, self._full, scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit * 3)
        bare = " ".join(w for w in phrase.split() if w not in ARTICLES)
        found += process.extract(bare, self._full, scorer=fuzz.token_sort_ratio, score_cutoff=cutoff + 4, limit=limit)
        best: dict[int, float] = {}
        for _, score, row in found:
            best[row] = max(best.get(row, 0), 0.9 * score / 100)
        return sorted(best.items(), key=lambda m: (-round(m[1] * 20), -self._prominence[m[0]], m[0]))[:limit]

    def search(self, text: str, limit: int) -> list[Match]:
        """Return items for one title as typed, with or without "(year)": exact, then normalised, then fuzzy."""
        typed = _TRAILING_YEAR.match(text.strip()[:300])
        year = int(typed[2]) if typed else None
        key = " ".join(words_of(_bare(text[:300])))
        matches = self.lookup(key)
        if not matches:
            matches = next((m for form in sorted(_variants(key)) if (m := self.lookup(form))), [])
        dated = self.with_year(matches, year)
        if not matches or (year and not dated):
            fuzzy = self.fuzzy(key, limit)
            near = self.with_year(fuzzy, year) if year else fuzzy
            matches = [*near, *((row, 0.8 * exact) for row, exact in [*matches, *fuzzy] if row not in dict(near))]
        else:
            matches = [*dated, *((row, 0.7 * exact) for row, exact in matches if row not in dict(dated))]
        return list(dict(matches).items())[:limit]

    def base_score(self, phrase: str) -> float:
        """How sure running lower-case text means this title, without any further evidence: 0–0.8."""
        words = [word for word in phrase.split() if word not in ARTICLES]
        if not words or phrase.isdigit():
            return 0.0
        common = [self._vocabulary.commonness(word) for word in words]
        rare = 1 - min(common)
        seen = self._vocabulary.phrase_share(phrase if len(words) > 1 else words[0])
        if len(words) == 1:
            return 0.45 * rare if seen < 0.002 else 0.0
        # How often the phrase stands in plots by chance decides; long or rare phrases hardly ever do.
        chance = min(1.0, 600 * seen)
        length = min(len(words), 5)
        base = 0.2 + 0.35 * rare + 0.1 * (length - 2) + (0.1 if sum(c < 1 for c in common) >= 2 else 0)
        return min(0.8, base) * (1 - 0.8 * chance)

    def is_plain_word(self, phrase: str) -> bool:
        """Whether every word is an ordinary one, so that a cue alone is not enough: "It", "Her", "Good"."""
        return all(self._vocabulary.commonness(word) >= 1 for word in phrase.split())


def _years(catalog: Catalog) -> list[int | None]:
    field = year_field(list(catalog.fields.values()))
    if field is None:
        return [None] * catalog.n_items
    values = catalog.column(field.name)
    if field.role is Role.DATE:
        return [None if value is None else int(value.year) for value in values]
    return [None if value is None or not np.isfinite(value) else int(value) for value in values]


def year_field(fields: list[Field]) -> Field | None:
    """Return the field that dates an item: a number in years, else a date; the best covered."""
    dated = [f for f in fields if (f.role is Role.NUMBER and f.unit == "year") or f.role is Role.DATE]
    return max(dated, key=lambda f: (f.role is Role.NUMBER, f.coverage), default=None)


def _bare(title: str) -> str:
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


def _variants(key: str) -> set[str]:
    """Other keys of one title: without its article, numerals as digits, without "part"."""
    words = key.split()
    forms = {key}
    if len(words) > 1 and words[0] in ARTICLES:
        forms.add(" ".join(words[1:]))
    elif words and words[0] not in ARTICLES and len(words) < 6:
        forms.add("the " + key)
    for form in list(forms):
        if " part " not in form and _NUMERALS.isdisjoint(form.split()):
            continue
        numbered = [_ROMAN.get(w, _SPELT.get(w, w)) if i else _SPELT.get(w, w) for i, w in enumerate(form.split())]
        if len(numbered) > 1:
            numbered[-1] = _LAST_ROMAN.get(numbered[-1], numbered[-1])
        digits = " ".join(numbered)
        forms |= {digits, digits.replace(" part ", " "), form.replace(" part ", " ")}
    return {form for form in forms if form} - {key}


__all__ = ["ARTICLES", "Match", "TitleIndex", "year_field"]
