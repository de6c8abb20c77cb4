"""Sixty teas by text alone, and the contract of a retriever over them."""

import pytest
from contracts import RetrieverContract

from retrieval.dense import DenseIndex
from retrieval.items import Retriever

TEXTS = [f"green tea {n} pot{n % 7} shelf{n % 13}" for n in range(60)]


class TeasContract(RetrieverContract):
    """Subclasses stand beside a fixture `index` over TEXTS."""

    @pytest.fixture
    def retriever(self, index: DenseIndex) -> Retriever:
        return index

    @pytest.fixture
    def query(self) -> str:
        return "green pot3"

    @pytest.fixture
    def n_items(self) -> int:
        return len(TEXTS)
