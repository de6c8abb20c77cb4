"""Which of several items of one title is meant: by a year, a person or "the new one" said beside it."""

import dataclasses
from typing import Any, cast

from retrieval.catalog import Catalog
from retrieval.items import Role
from retrieval.linking.context import Context
from retrieval.linking.message import Draft
from retrieval.linking.titles import Match, TitleIndex

_SAME = 0.9
"""Candidates this exact bear the title itself; less exact ones are of its series."""
_NEW = frozenset("new newer newest latest recent remake remade reboot rebooted modern".split())
_OLD = frozenset("old older oldest original classic earlier earliest".split())
_YEAR_REACH = 4
"""Words between a title and a year that dates it."""


class TitleChoice:
    """Puts the candidates of every title of a message into the order in which they are meant."""

    def __init__(self, catalog: Catalog, index: TitleIndex) -> None:
        """Ask the catalogue for people and the index for years."""
        self._catalog = catalog
        self._index = index
        self._people = [field.name for field in catalog.with_role(Role.PERSON)]

    def settle(self, context: Context, drafts: list[Draft]) -> list[Draft]:
        """Return the drafts without the years that only date a title; titles get their best candidate first."""
        used: set[int] = set()
        settled = []
        for draft in drafts:
            matches = cast(list[Match], draft.value) if draft.kind == "title" else []
            if len(matches) > 1 and not self._dated(context, draft):
                year = self._year_beside(draft, drafts)
                ordered = self._by_year(matches, year) if year else None
                if year and ordered:
                    used.add(id(year))
                ordered = ordered or self._by_person(matches, drafts) or self._by_age(context, draft, matches)
                if ordered:
                    draft = dataclasses.replace(draft, value=[*ordered, *(m for m in matches if m not in ordered)])
            settled.append(draft)
        return [draft for draft in settled if id(draft) not in used]

    @staticmethod
    def _dated(context: Context, draft: Draft) -> bool:
        return any(
            context.word(i).isdigit() and len(context.word(i)) == 4 for i in range(draft.last - 1, draft.last + 1)
        )

    @staticmethod
    def _year_beside(title: Draft, drafts: list[Draft]) -> Draft | None:
        for draft in drafts:
            gap = max(title.first - draft.last, draft.first - title.last)
            if (
                draft.kind == "range"
                and draft.op in ("eq", "between")
                and 0 <= gap <= _YEAR_REACH
                and not draft.negated
            ):
                return draft
        return None

    def _by_year(self, matches: list[Match], year: Draft) -> list[Match]:
        given: Any = year.value
        low, high = given if isinstance(given, list) else (given, given)
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            return []
        return [match for match in _same(matches) if low <= self._index.year(match[0]) <= high]

    def _by_person(self, matches: list[Match], drafts: list[Draft]) -> list[Match]:
        named = {str(d.value) for d in drafts if d.kind == "value" and d.field in self._people and not d.negated}
        if not named:
            return []
        items = self._catalog.items([row for row, _ in matches])
        found = []
        for match, item in zip(matches, items, strict=True):
            values = [item.values.get(name) or [] for name in self._people]
            if named & {str(v) for value in values for v in (value if isinstance(value, list) else [value])}:
                found.append(match)
        return found if len(found) < len(matches) else []

    def _by_age(self, context: Context, draft: Draft, matches: list[Match]) -> list[Match]:
        beside = {context.word(draft.first - 1), context.word(draft.first - 2), context.word(draft.last)}
        newest, oldest = bool(beside & _NEW), bool(beside & _OLD)
        dated = [match for match in _same(matches) if self._index.year(match[0]) > 0]
        if newest == oldest or len(dated) < 2:
            return []
        return sorted(dated, key=lambda match: self._index.year(match[0]), reverse=newest)


def _same(matches: list[Match]) -> list[Match]:
    return [match for match in matches if match[1] >= _SAME]
