"""A tiny catalogue with a field of every role, and everything a tool needs of a bundle built on it."""

import dataclasses
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from bench.made_network import made_weights, write_made
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.catalog_file import write_catalog
from retrieval.collaborative import CoLiked
from retrieval.dense import DenseIndex
from retrieval.documents import documents, telling_texts
from retrieval.embed import Vectors, unit
from retrieval.items import Field, Role
from retrieval.lexical import LexicalIndex
from retrieval.linking import Linker
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.ids import made_unique
from retrieval.semantic_ids.served import Generator, open_generator

FIELDS = (
    Field(name="sku", role=Role.ID, label="id"),
    Field(name="name", role=Role.TITLE, label="name"),
    Field(name="about", role=Role.TEXT, label="description"),
    Field(name="kinds", role=Role.FACET, many=True, label="kind"),
    Field(name="band", role=Role.FACET, label="price band"),
    Field(name="makers", role=Role.PERSON, many=True, label="maker"),
    Field(name="row", role=Role.NUMBER, label="row"),
    Field(name="grams", role=Role.NUMBER, label="weight", unit="g"),
    Field(name="made", role=Role.DATE, label="made"),
    Field(name="shop", role=Role.LINK, label="shop"),
)
"""The field "row" is there to collide with what the catalogue itself might call its rows."""
ROWS: tuple[tuple[object, ...], ...] = (
    (
        "a",
        "Green Teapot",
        "A pot for jasmine tea.",
        ["Teapot", "Ceramic"],
        "$",
        ["Ana Pérez"],
        1,
        700,
        date(1999, 5, 1),
        "https://x.org/A?b=1",
    ),
    (
        "b",
        "Blue Teapot",
        "A pot for black tea at five.",
        ["Teapot", "Ceramic"],
        "$$",
        ["Ana Pérez", "Bo Li"],
        2,
        800,
        date(2001, 1, 1),
        None,
    ),
    (
        "c",
        "Tea Cup",
        "A cup that fits a small hand.",
        ["Cup", "Ceramic"],
        "$",
        ["Bo Li"],
        3,
        120,
        date(2001, 12, 31),
        None,
    ),
    ("d", "Kettle", "Boils water on a gas stove.", ["Kettle", "Steel"], "$$", ["Cy O'Neil"], 4, 1500, None, None),
    (
        "e",
        "Travel Kettle",
        "Boils water on the road; café quality.",
        ["Kettle"],
        None,
        None,
        5,
        None,
        date(2010, 6, 6),
        None,
    ),
    ("f", "Coffee Mug", "Holds coffee.", ["Cup"], "$", ["Bo Li"], 6, 300, date(2015, 1, 1), None),
    ("g", "It", None, None, None, None, None, None, None, None),
    (
        "h",
        "Whisk",
        "Bamboo whisk for matcha tea.",
        ["Tool", "Bamboo"],
        "$$",
        ["Ana Pérez"],
        8,
        40,
        date(2020, 2, 29),
        None,
    ),
)
N_ITEMS = len(ROWS)


class WordVectors:
    """An embedder of 64 dimensions: a text is the sum of a fixed random vector a word."""

    name = "words"
    dim = 64

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text."""
        return unit(np.stack([self._sum(text) for text in texts]))

    def _sum(self, text: str) -> np.ndarray:
        words = text.lower().replace(".", " ").replace(",", " ").split()
        drawn = [np.random.default_rng(zlib.crc32(word.encode())).normal(size=self.dim) for word in words]
        return np.sum(drawn, axis=0) if drawn else np.zeros(self.dim)


def shelf_table() -> pa.Table:
    """Return the items as an Arrow table."""
    types = {Role.NUMBER: pa.float64(), Role.DATE: pa.date32()}
    columns = {}
    for i, field in enumerate(FIELDS):
        kind = pa.list_(pa.string()) if field.many else types.get(field.role, pa.string())
        columns[field.name] = pa.array([row[i] for row in ROWS], kind)
    return pa.table(columns)


def shelf_catalog(folder: Path) -> Catalog:
    """Write the catalogue to a folder and open it; the first item is the best known."""
    write_catalog(folder / "shelf.duckdb", shelf_table(), FIELDS, np.linspace(1, 0, N_ITEMS, dtype=np.float32))
    return Catalog(folder / "shelf.duckdb", "shelf")


@dataclasses.dataclass
class Shelf:
    """What tools see of a bundle."""

    catalog: Catalog
    lexical: LexicalIndex
    dense: DenseIndex | None = None
    co_liked: CoLiked | None = None
    generator: Generator | None = None
    embedder: WordVectors = dataclasses.field(default_factory=WordVectors)

    @cached_property
    def linker(self) -> Linker:
        """Made at first use."""
        return Linker(self.catalog)


def write_generator(folder: Path, ids: Sequence[str], **facts: Any) -> None:
    """Write a model of random weights for items of these ids, alike in code by fours; `facts` are its metrics."""
    codes = np.column_stack([np.arange(len(ids)) // 4, np.arange(len(ids)) // 2 % 2]).astype(np.int32)
    made = made_unique(codes, n_codes=4)
    write_made(folder, made, made_weights(made.sizes, width=16, query_dim=WordVectors.dim, n_layers=1))
    told = {"items_sha256": artefact.items_hash(ids), "embedder": WordVectors.name, "metrics": facts}
    artefact.write(folder, dataclasses.replace(artefact.read(folder), **told))


def shelf_bundle(folder: Path, *, vectors: bool = True, ratings: bool = True, generator: bool = True) -> Bundle:
    """Build every index of the shelf: whoever likes the green teapot (a) likes the whisk (h)."""
    catalog = shelf_catalog(folder)
    shelf = Shelf(catalog, LexicalIndex.from_catalog(catalog))
    if vectors:
        embedder = WordVectors()
        texts = documents(shelf_table(), FIELDS, telling_texts(shelf_table(), FIELDS))
        DenseIndex.build(folder / "vectors", embedder.embed(texts))
        shelf.dense = DenseIndex.open(folder / "vectors", embedder)
    if ratings:
        users, rows = np.repeat(np.arange(30), 2), np.tile([0, 7], 30)
        CoLiked.build(folder / "co_liked.npz", users, rows, None, None, N_ITEMS)
        shelf.co_liked = CoLiked.open(folder / "co_liked.npz")
    if generator:
        write_generator(folder / "semantic_ids", catalog.ids)
        shelf.generator = open_generator(folder / "semantic_ids", catalog.ids)
    return cast(Bundle, shelf)
