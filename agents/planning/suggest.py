"""What titles of a model's own are worth: asked for what people took next, beside what everybody takes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from agents.model.chat import ChatModel, Message
from agents.model.endpoint import Suggestions
from agents.model.text import json_values
from agents.nouns import Nouns
from agents.planning.draft import TITLE_CHARS, titles_in
from agents.planning.prompts import TITLES, load_prompt
from errors import BundleError, ModelNonsense
from retrieval.bundle import Bundle
from retrieval.histories import Histories
from retrieval.manifest import HISTORIES
from tools.suggest_titles import MOST_TITLES

MAX_TOKENS = 450
"""Room for twenty titles with their years."""
_TOLD = 10
"""Titles of a history that the model is told, the latest."""
_HIDDEN = 5
"""The latest of a history, which it is to find: five a call say more than one, and calls cost."""
_LEAST = 8
"""Cases below which nothing is said."""
_SURE = 1.64
"""Standard errors by which it must be ahead: one in twenty that is no better passes by chance."""
_TIMEOUT_S = 120.0


async def titles_for(model: ChatModel, wish: str, nouns: Nouns, timeout_s: float) -> list[str]:
    """Ask a model for titles that suit a wish, in one call of its own. Raises ModelUnavailable or ModelNonsense."""
    told = load_prompt("suggest").substitute(nouns=nouns[1]).strip()
    schema = {"type": "object", "properties": {"titles": TITLES}, "required": ["titles"]}
    wish = f"{wish}\n\nName {MOST_TITLES} {nouns[1]}."
    asked: list[Message] = [{"role": "system", "content": told}, {"role": "user", "content": wish}]
    reply = await model.complete(asked, schema=schema, max_tokens=MAX_TOKENS, timeout_s=timeout_s)
    found = json_values(reply.text) or json_values(reply.text + '"]}')
    return next((titles_in(value.get("titles")) for value in found if isinstance(value, dict)), [])


class _Case(NamedTuple):
    told: list[int]
    """Rows of what somebody liked, oldest first."""
    hidden: frozenset[int]
    """Rows of what they liked next."""


async def measure_suggestions(
    model: ChatModel, bundle: Bundle, nouns: Nouns, n: int = 20, *, timeout_s: float = _TIMEOUT_S
) -> Suggestions | None:
    """Ask for titles on `n` histories of the catalogue's own people; None where it has too few of them.

    A model gets the latest likes of somebody but the last five, which it is to find among 20 titles; the best known
    items are asked the same. It helps where it is surely ahead. An answer that is no list of titles finds nothing.
    Raises ModelUnavailable.
    """
    cases = _cases(bundle, n)
    if len(cases) < _LEAST:
        return None
    best = np.argsort(-bundle.catalog.prominence, kind="stable")
    mine: list[float] = []
    popular: list[float] = []
    n_titles = n_known = 0
    for case in cases:
        try:
            titles = await titles_for(model, _liked(case.told, bundle), nouns, timeout_s)
        except ModelNonsense:
            titles = []
        rows = [row for row in (bundle.linker.ground(title).row for title in titles) if row is not None]
        n_titles, n_known = n_titles + len(titles), n_known + len(rows)
        known = [int(row) for row in best[: MOST_TITLES + len(case.told)] if row not in case.told][:MOST_TITLES]
        mine.append(len(case.hidden.intersection(rows)) / len(case.hidden))
        popular.append(len(case.hidden.intersection(known)) / len(case.hidden))
    return Suggestions(
        catalog=bundle.name,
        n=len(cases),
        in_catalog=round(n_known / max(1, n_titles), 3),
        hit_rate=round(float(np.mean(mine)), 4),
        popular=round(float(np.mean(popular)), 4),
        helps=_ahead(mine, popular),
    )


def _ahead(mine: Sequence[float], popular: Sequence[float]) -> bool:
    ahead = np.subtract(mine, popular)
    error = float(ahead.std(ddof=1)) / math.sqrt(len(ahead))
    return float(ahead.mean()) > max(_SURE * error, 0.0)


def _cases(bundle: Bundle, n: int) -> list[_Case]:
    """Draw people with enough likes, the same ones each time."""
    try:
        histories = Histories.load(bundle.path / HISTORIES).of_likes(least=2 * _HIDDEN)
    except BundleError:
        return []
    drawn = np.random.default_rng(0).permutation(len(histories))[:n]
    liked = (histories[i].tolist() for i in drawn)
    return [_Case(rows[:-_HIDDEN][-_TOLD:], frozenset(rows[-_HIDDEN:])) for rows in liked]


def _liked(rows: Sequence[int], bundle: Bundle) -> str:
    years = [field.name for field in bundle.catalog.fields.values() if field.unit == "year"][:1]
    names = []
    for item in bundle.catalog.items(rows):
        year = item.values.get(years[0]) if years else None
        title = item.title[:TITLE_CHARS]
        names.append(f"{title} ({year:.0f})" if isinstance(year, int | float) else title)
    return "I liked " + "; ".join(names) + "."
