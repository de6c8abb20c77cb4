"""How alike items are in the values of their facets and in their people, rare values counting more than common ones."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from retrieval.catalog import Catalog
from retrieval.items import Field, Role


class Attributes:
    """One sparse matrix of values for facets and one for people; row numbers are those of the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._facets = _vectors(catalog, catalog.with_role(Role.FACET))
        self._people = _vectors(catalog, catalog.with_role(Role.PERSON))

    def facets(self, rows: Sequence[int], others: Sequence[int]) -> np.ndarray:
        """Return the cosine over facet values of each of these rows with each of the others, float32."""
        return _cosines(self._facets, rows, others)

    def people(self, rows: Sequence[int], others: Sequence[int]) -> np.ndarray:
        """Return the same over people."""
        return _cosines(self._people, rows, others)


def _vectors(catalog: Catalog, fields: Sequence[Field]) -> sparse.csr_matrix:
    """(n_items, n_values) unit rows of inverse document frequencies; the same value in two fields is two values."""
    n_items = catalog.n_items
    numbers: dict[tuple[str, str], int] = {}
    rows, columns = [], []
    for field in fields:
        for row, value in enumerate(catalog.column(field.name)):
            for one in () if value is None else value if isinstance(value, list) else (value,):
                rows.append(row)
                columns.append(numbers.setdefault((field.name, str(one)), len(numbers)))
    shape = (n_items, max(1, len(numbers)))
    n_with = np.bincount(columns, minlength=shape[1]) if columns else np.zeros(shape[1])
    idf = np.log1p(n_items / np.maximum(n_with, 1)).astype(np.float32)
    matrix = sparse.csr_matrix((idf[columns], (rows, columns)), shape=shape, dtype=np.float32)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    return (sparse.diags(1 / np.maximum(length, 1e-9)).astype(np.float32) @ matrix).tocsr()


def _cosines(vectors: sparse.csr_matrix, rows: Sequence[int], others: Sequence[int]) -> np.ndarray:
    alike: np.ndarray = (vectors[list(rows)] @ vectors[list(others)].T).toarray()
    return alike
