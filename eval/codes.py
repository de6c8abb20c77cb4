"""The codes of a catalogue's trained model, as people can read them: how well they are used, what they stand for."""

from typing import TYPE_CHECKING, Any

from errors import BundleError
from retrieval.catalog import Catalog
from retrieval.items import Role
from retrieval.lexical import STOP
from retrieval.manifest import SEMANTIC_IDS
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.describe import IdReport, meanings, report
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.text import tokens

if TYPE_CHECKING:
    from retrieval.bundle import Bundle

Rows = dict[str, dict[str, Any]]
_N_SHOWN = 20


def ids_of(bundle: "Bundle") -> SemanticIds:
    """Return the IDs of a bundle's items, also where its model is off for adding nothing.

    Raises BundleError where there is none that could be used.
    """
    from retrieval.semantic_ids.served import Standing

    if not bundle.manifest.has(SEMANTIC_IDS):
        again = f"Run: .venv/bin/python app.py train --catalog {bundle.name}"
        raise BundleError(f"The catalogue {bundle.name!r} has no trained model. {again}")
    standing = Standing.of(bundle.path / SEMANTIC_IDS, bundle.catalog.ids)
    if not standing.usable:
        raise BundleError(standing.why_off)
    return SemanticIds.load(bundle.path / SEMANTIC_IDS / artefact.IDS)


def use_of(figures: IdReport) -> Rows:
    """Return a row a level but the last, and one of whole tuples."""
    rows = {
        f"level {i + 1}": {
            "codes": level.n_codes, "in use": level.n_used, "perplexity": round(level.perplexity, 1),
        }
        for i, level in enumerate(figures.levels)
    }  # fmt: skip
    shared = {"colliding": round(figures.colliding, 4), "fullest": figures.largest}
    return rows | {"all together": {"in use": figures.n_distinct, **shared}}


def biggest(catalog: Catalog, ids: SemanticIds, n: int | None = None) -> Rows:
    """Return the first codes (20 where no `n` is given) with the most items, in words and by their best known."""
    found = meanings(ids, _terms(catalog), catalog.prominence, depth=1)
    found.sort(key=lambda meaning: (-meaning.n_items, meaning.prefix))
    return {
        f"code {meaning.prefix[0]}": {
            "items": meaning.n_items,
            "stands for": _plain(", ".join(meaning.terms)),
            "best known": _plain("; ".join(catalog.titles[row] for row in meaning.examples)),
        }
        for meaning in found[: n or _N_SHOWN]
    }


def codes_told(bundle: "Bundle", n: int | None = None) -> tuple[str, Rows, Rows]:
    """Return a title, the rows of use, and those of meanings. Raises BundleError as `ids_of` does."""
    ids = ids_of(bundle)
    title = f"codes · catalogue {bundle.name} · {len(ids.codes):,} items"
    return title, use_of(report(ids)), biggest(bundle.catalog, ids, n)


def _terms(catalog: Catalog) -> list[set[str]]:
    """Return of each item its values of facets and people, and the other telling words of its title and texts."""
    values: list[set[str]] = [set() for _ in range(catalog.n_items)]
    for field in catalog.with_role(Role.FACET, Role.PERSON):
        for of, value in zip(values, catalog.column(field.name), strict=True):
            of.update(map(str, value or ()) if field.many else [] if value is None else [str(value)])
    said = [STOP.union(word for value in of for word in tokens(value)) for of in values]
    for field in catalog.with_role(Role.TITLE, Role.TEXT):
        for of, known, text in zip(values, said, catalog.column(field.name), strict=True):
            of.update(word for word in tokens(str(text or "")) if word not in known)
    return values


def _plain(text: str) -> str:
    """Return it without the line that would part it into two cells of a table."""
    return text.replace("|", "/")
