"""Titles as a whole: which items a phrase stands for, and how sure a stretch of a message is one."""

import re
from datetime import date

import numpy as np
from rapidfuzz import fuzz, process

from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.linking.message import words_of
from retrieval.linking.title_forms import ARTICLES, TitleForms, bare_title, variants
from retrieval.linking.vocabulary import Vocabulary

_TRAILING_YEAR = re.compile(r"^(.+?)\s*\((\d{4})\)$")
_NO_YEAR = np.iinfo(np.int32).min

Match = tuple[int, float]
"""(row, exactness 0–1)."""


class TitleIndex:
    """Titles by every way of writing them, with their years."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary, forms: TitleForms) -> None:
        """Read all years; the forms are those of the catalogue's titles."""
        self._vocabulary = vocabulary
        self._prominence = catalog.prominence
        self._years = _years(catalog)
        self._forms = forms

    def words(self) -> set[str]:
        """Return every word of a title, for the speller."""
        return self._forms.words()

    def __contains__(self, phrase: object) -> bool:
        """Whether something goes by this folded title."""
        return phrase in self._forms.forms

    def lookup(self, phrase: str) -> list[Match]:
        """Return the items that go by this folded title, best first: exactness, then prominence."""
        found = self._forms.forms.get(phrase)
        if found is None and phrase.count(" ") < 4 and len(phrase) >= 5:
            joined = self._forms.joined.get(phrase.replace(" ", ""))
            found = [(row, exact * 0.93) for row, exact in joined or []]
        # Near-exact variants compete by prominence: "alien" is Alien, though "Aliens" is as famous.
        return sorted(found or [], key=lambda m: (-round(m[1] * 8), -self._prominence[m[0]], m[0]))

    def year(self, row: int) -> int:
        """Return the year of an item; far below 0 where it is unknown."""
        return int(self._years[row])

    def fame(self, row: int) -> float:
        """Return how well known an item is, 0–1."""
        return float(self._prominence[row])

    def plain(self, row: int) -> str:
        """Return the folded title of an item."""
        return self._forms.plain[row]

    def with_year(self, matches: list[Match], year: int | None) -> list[Match]:
        """Return the matches of that year ±1, exact year first; [] where none is."""
        if year is None:
            return matches
        near = [(row, exact) for row, exact in matches if abs(int(self._years[row]) - year) <= 1]
        return sorted(near, key=lambda m: (self._years[m[0]] != year, -m[1], -self._prominence[m[0]]))

    def fuzzy(self, phrase: str, limit: int = 10, cutoff: float = 78) -> list[Match]:
        """Return items whose plain title is spelt much like `phrase`, likeliest first; scans every title."""
        if len(phrase) < 3:
            return []
        found = process.extract(phrase, self._forms.plain, scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit * 3)
        bare = " ".join(w for w in phrase.split() if w not in ARTICLES)
        found += process.extract(
            bare, self._forms.plain, scorer=fuzz.token_sort_ratio, score_cutoff=cutoff + 4, limit=limit
        )
        best: dict[int, float] = {}
        for _, score, row in found:
            best[row] = max(best.get(row, 0), 0.9 * score / 100)
        return sorted(best.items(), key=lambda m: (-round(m[1] * 20), -self._prominence[m[0]], m[0]))[:limit]

    def misspelt(self, phrase: str, cutoff: float) -> list[Match]:
        """Return at most five items whose plain title, with or without its article, is spelt as good as so, best first.

        A high cutoff (0–100) makes the scan of every title quick.
        """
        bare = phrase.removeprefix("the ")
        found: dict[int, float] = {}
        for form in (bare, f"the {bare}"):
            near = process.extract(form, self._forms.plain, scorer=fuzz.ratio, score_cutoff=cutoff, limit=5)
            found |= {row: max(score / 100, found.get(row, 0)) for _, score, row in near}
        return sorted(found.items(), key=lambda match: (-match[1], match[0]))[:5]

    def search(self, text: str, limit: int) -> list[Match]:
        """Return items for one title as typed, with or without "(year)": exact, then normalised, then fuzzy."""
        typed = _TRAILING_YEAR.match(text.strip()[:300])
        year = int(typed[2]) if typed else None
        key = " ".join(words_of(bare_title(text[:300])))
        matches = self.lookup(key)
        if not matches:
            matches = next((m for form in sorted(variants(key)) if (m := self.lookup(form))), [])
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

    def is_everyday(self, phrase: str) -> bool:
        """Whether every word is ordinary in any catalogue, not only in this one's texts: "the other", "yes"."""
        return all(word in self._vocabulary.common or word in ARTICLES or len(word) == 1 for word in phrase.split())


def _years(catalog: Catalog) -> np.ndarray:
    """Return (n_items,) int32; _NO_YEAR where it is unknown."""
    years = np.full(catalog.n_items, _NO_YEAR, np.int32)
    field = year_field(list(catalog.fields.values()))
    if field is None:
        return years
    values = np.clip(catalog.numbers(field.name), -2e9, 2e9)
    known = np.isfinite(values)
    if field.role is Role.DATE:
        # Ordinals count from 0001-01-01, NumPy's days from 1970-01-01.
        days = values[known].astype(np.int64) - date(1970, 1, 1).toordinal()
        years[known] = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int32) + 1970
    else:
        years[known] = values[known].astype(np.int32)
    return years


def year_field(fields: list[Field]) -> Field | None:
    """Return the field that dates an item: a number in years, else a date; the best covered."""
    dated = [f for f in fields if (f.role is Role.NUMBER and f.unit == "year") or f.role is Role.DATE]
    return max(dated, key=lambda f: (f.role is Role.NUMBER, f.coverage), default=None)


__all__ = ["ARTICLES", "Match", "TitleIndex", "year_field"]
