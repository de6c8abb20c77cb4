"""What every slate promises, for hundreds of made-up wishes over two catalogues; SQL is the witness."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from agents.events import SlateItem
from agents.kit import Kit
from agents.nouns import nouns_of
from agents.ranking.ranker import Ranked
from agents.relax import relax
from agents.slate import build_slate
from agents.state import Ledger, Limit, Understanding
from agents.turn import Turn
from agents.understanding.understand import Reading
from errors import FilterError
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Filter, Role
from settings import Settings

OPS = ["eq", "ne", "in", "not_in", "contains", "not_contains", "gte", "lte", "between", "known", "unknown"]
N_WISHES = 100


def known_values(catalog: Catalog) -> dict[str, list[Any]]:
    """Return every field's known values, the values of lists one by one."""
    fields = [f.name for f in catalog.fields.values() if f.role not in (Role.TEXT, Role.ID, Role.LINK)]
    columns = {name: [v for v in catalog.column(name) if v is not None] for name in fields}
    return {name: [x for v in column for x in (v if isinstance(v, list) else [v])] for name, column in columns.items()}


def made_limit(catalog: Catalog, known: dict[str, list[Any]], dice: random.Random) -> Limit | None:
    """Return a limit with a value of the field, or one near it; None where field and operator do not go together."""
    name = dice.choice(list(known))
    one, other = dice.choice(known[name]), dice.choice(known[name])
    if isinstance(one, int | float):
        one += dice.choice([0, 0, 1, -40, 40])
    op = dice.choice(OPS)
    value: Any = {"in": [one, other], "not_in": [one, other], "between": sorted([one, other])}.get(op, one)
    given = Filter(field=name, op=op, value=value)  # type: ignore[arg-type]
    try:
        catalog.select([given])
    except FilterError:
        return None
    source: Any = dice.choice(["words", "words", "model", "caller"])
    return Limit(filter=given, words=str(value), turn=dice.randrange(3), source=source)


def wishes(catalog: Catalog) -> Iterator[tuple[random.Random, list[Limit]]]:
    known = known_values(catalog)
    for seed in range(N_WISHES):
        dice = random.Random(seed)
        made = [made_limit(catalog, known, dice) for _ in range(dice.randrange(1, 6))]
        yield dice, list({limit.key: limit for limit in made if limit}.values())


def slate_of(kit: Kit, limits: list[Limit], dice: random.Random, gone: frozenset[str], **more: Any) -> list[SlateItem]:
    """Return the slate over a pool of every item in any order, some twice: tools that ignore limits altogether."""
    rows = list(range(kit.bundle.catalog.n_items)) * 2
    dice.shuffle(rows)
    ranked = [Ranked(row, 1 - i / 1000) for i, row in enumerate(rows)]
    reading = Reading(Understanding(), Ledger(limits=limits))
    return build_slate(Turn("t", "", 6, 0.0, reading=reading, ranked=ranked, exclude=gone, **more), kit)


def unmet(item: SlateItem, filters: list[Filter], catalog: Catalog) -> list[Filter]:
    return [given for given in filters if catalog.row_of(item.item_id) not in catalog.select([given]).rows]


@pytest.mark.parametrize("name", ["films", "games"])
def test_every_slate_keeps_its_promises(name: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(name)
    kit, catalog = Kit(bundle, Settings(planner="basic"), nouns_of(name)), bundle.catalog
    n_plain = n_relaxed = n_missed = 0
    for dice, limits in wishes(catalog):
        filters = [limit.filter for limit in limits]
        gone = frozenset(dice.sample(catalog.ids, dice.randrange(12)))
        plain = slate_of(kit, limits, dice, gone)
        fits = {catalog.ids[row] for row in catalog.select(filters).rows} - gone
        shown = [item.item_id for item in plain]
        assert set(shown) <= fits, filters
        assert len(shown) == len(set(shown)) == min(6, len(fits)), filters
        assert all(item.breaks == [] and item.satisfies == filters for item in plain)
        n_plain += bool(plain)
        relaxed = None if plain else relax(limits, catalog, without=catalog.rows_of(gone))
        if relaxed is None:
            continue
        misses = slate_of(kit, limits, dice, gone, relaxed=relaxed)
        assert misses, filters
        assert not {item.item_id for item in misses} & gone
        assert len({item.item_id for item in misses}) == len(misses)
        for item in misses:
            assert item.breaks == unmet(item, filters, catalog)
            assert item.breaks
            assert not unmet(item, relaxed.filters, catalog)
            assert relaxed.abstains or item.breaks == [relaxed.dropped[0].filter]
        n_relaxed += not relaxed.abstains
        n_missed += relaxed.abstains
    assert min(n_plain, n_relaxed, n_missed) > 3, (n_plain, n_relaxed, n_missed)


def test_the_verifier_is_what_keeps_them(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the same slates break them: the test above can fail."""
    monkeypatch.setattr("agents.verifier.broken", lambda *_: [])
    kit = Kit(films, Settings(planner="basic"), nouns_of("films"))
    horror = Limit(filter=Filter(field="genres", op="contains", value="Horror"), words="", turn=0)
    slate = slate_of(kit, [horror], random.Random(1), frozenset())
    assert any(unmet(item, [horror.filter], films.catalog) for item in slate)
