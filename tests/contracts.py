"""What every retriever, embedder and tool must do: subclass and provide the fixtures."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from errors import ToolError
from retrieval.embed import Embedder
from retrieval.items import Retriever
from tools.spec import Tool, ToolArgs, ToolContext


class RetrieverContract:
    """Subclasses give fixtures: `retriever`, a `query` that finds at least three rows, and `n_items`."""

    def test_best_first_each_row_once_scores_positive(self, retriever: Retriever, query: str, n_items: int) -> None:
        found = retriever.search(query, n_items)
        rows, scores = [row for row, _ in found], [score for _, score in found]
        assert len(found) >= 3
        assert scores == sorted(scores, reverse=True)
        assert min(scores) > 0
        assert len(set(rows)) == len(rows)
        assert all(type(row) is int and 0 <= row < n_items for row in rows)

    def test_k_cuts_the_tail(self, retriever: Retriever, query: str, n_items: int) -> None:
        assert list(retriever.search(query, 2)) == list(retriever.search(query, n_items))[:2]

    def test_allowed_acts_before_the_cut(self, retriever: Retriever, query: str, n_items: int) -> None:
        last = retriever.search(query, n_items)[-1][0]
        found = retriever.search(query, 1, np.array([last], np.int32))
        assert [row for row, _ in found] == [last]

    def test_allowed_everything_is_no_limit(self, retriever: Retriever, query: str, n_items: int) -> None:
        free, limited = (retriever.search(query, 3, rows) for rows in (None, np.arange(n_items, dtype=np.int32)))
        assert [row for row, _ in free] == [row for row, _ in limited]
        assert [score for _, score in free] == pytest.approx([score for _, score in limited])

    def test_nothing_allowed_finds_nothing(self, retriever: Retriever, query: str) -> None:
        assert list(retriever.search(query, 5, np.zeros(0, np.int32))) == []

    @pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
    def test_blank_query_finds_nothing(self, retriever: Retriever, blank: str) -> None:
        assert list(retriever.search(blank, 5)) == []

    @pytest.mark.parametrize("odd", ["😀", "'; DROP TABLE items; --", "<b>" * 50, "ء" * 30, "\x00", "a" * 20_000])
    def test_odd_query_does_no_harm(self, retriever: Retriever, odd: str, query: str) -> None:
        before = list(retriever.search(query, 3))
        assert len(retriever.search(odd, 5)) <= 5
        assert list(retriever.search(query, 3)) == before


class EmbedderContract:
    """Subclasses give the fixture `embedder`: whatever model, server or folder stands behind it."""

    TEXTS = (
        "green tea in a pot",
        "a kettle boils water",
        "word " * 3000,
        "",
        "   \n",
        "😀",
        "愛についての映画",
        "green tea",
    )

    def test_one_unit_row_a_text(self, embedder: Embedder) -> None:
        vectors = embedder.embed(self.TEXTS)
        assert vectors.shape == (len(self.TEXTS), embedder.dim)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)

    def test_rows_are_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        vectors, back = embedder.embed(self.TEXTS), embedder.embed(self.TEXTS[::-1])
        assert (vectors * back[::-1]).sum(axis=1).min() > 0.97
        assert abs(float(vectors[0] @ vectors[1])) < 0.97

    def test_a_text_has_the_same_vector_whenever_and_beside_whatever(self, embedder: Embedder) -> None:
        assert np.array_equal(embedder.embed(self.TEXTS), embedder.embed(self.TEXTS))
        alone = np.concatenate([embedder.embed([text]) for text in self.TEXTS])
        assert (alone * embedder.embed(self.TEXTS)).sum(axis=1).min() > 0.97

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        told: list[int] = []
        assert embedder.embed([], told.append).shape == (0, embedder.dim)
        assert told in ([], [0])

    def test_progress_rises_to_all(self, embedder: Embedder) -> None:
        told: list[int] = []
        texts = [f"cup {n}" for n in range(150)]
        embedder.embed(texts, told.append)
        assert told == sorted(told)
        assert told[-1] == len(texts)

    def test_many_texts_are_those_one_by_one(self, embedder: Embedder) -> None:
        texts = [f"{'tea ' * (n % 9)}number {n}" for n in range(150)]
        vectors = embedder.embed(texts)
        assert len(vectors) == len(texts)
        for n in (0, 63, 64, 149):
            assert float(vectors[n] @ embedder.embed([texts[n]])[0]) > 0.97

    def test_threads_may_share_it(self, embedder: Embedder) -> None:
        alone = embedder.embed(self.TEXTS)
        with ThreadPoolExecutor(4) as threads:
            for together in threads.map(lambda _: embedder.embed(self.TEXTS), range(8)):
                assert (together * alone).sum(axis=1).min() > 0.97

    def test_its_name_says_something_and_stays(self, embedder: Embedder) -> None:
        assert len(embedder.name) > 3
        assert embedder.name == embedder.name.strip()
        assert "\n" not in embedder.name


class ToolContract:
    """Subclasses give `tool`, `context` and `args`: arguments with which it succeeds."""

    def test_schema_describes_tool_and_arguments(self, tool: Tool[Any]) -> None:
        function = tool.schema()["function"]
        assert function["name"] == tool.name
        assert len(function["description"]) > 40
        assert "$ref" not in str(function)
        undescribed = [n for n, p in function["parameters"]["properties"].items() if not p.get("description")]
        assert undescribed == []
        assert function["parameters"]["additionalProperties"] is False

    def test_unknown_argument_is_refused_by_name(
        self, tool: Tool[Any], context: ToolContext, args: dict[str, Any]
    ) -> None:
        with pytest.raises(ToolError, match=f"{tool.name}: colour"):
            tool.call({**args, "colour": "green"}, context)

    def test_null_means_not_given(self, tool: Tool[Any], context: ToolContext, args: dict[str, Any]) -> None:
        optional = [
            name for name, info in tool.args.model_fields.items() if not info.is_required() and name not in args
        ]
        plain = tool.call(args, context)
        given = tool.call({**args, **dict.fromkeys(optional)}, context)
        assert given.model_copy(update={"ms": plain.ms}) == plain

    def test_result_is_json_plain_and_timed(self, tool: Tool[Any], context: ToolContext, args: dict[str, Any]) -> None:
        result = tool.call(args, context)
        assert result.ms > 0
        assert type(result).model_validate_json(result.model_dump_json()) == result

    def test_filters_and_exclusion_act_before_k(
        self, tool: Tool[Any], context: ToolContext, args: dict[str, Any]
    ) -> None:
        if not issubclass(tool.args, ToolArgs):
            pytest.skip("takes no filters")
        found = tool.call(args, context)
        last = found.hits[-1].item_id
        only = [{"field": context.bundle.catalog.id_field, "op": "eq", "value": last}]
        narrowed = tool.call({**args, "k": 1, "filters": only}, context)
        assert [hit.item_id for hit in narrowed.hits] == [last]
        assert narrowed.n_pool == 1
        without = ToolContext(context.bundle, frozenset({last}))
        assert tool.call({**args, "filters": only}, without).hits == []
        assert tool.call({**args, "filters": only}, without).n_pool == 1
        left = [hit.item_id for hit in tool.call(args, without).hits]
        assert last not in left
        assert len(left) == len(found.hits) - 1
        first = ToolContext(context.bundle, frozenset({found.hits[0].item_id}))
        assert len(tool.call({**args, "k": 1}, first).hits) == 1

    def test_misspelt_filter_field_names_the_right_one(
        self, tool: Tool[Any], context: ToolContext, args: dict[str, Any]
    ) -> None:
        if not issubclass(tool.args, ToolArgs):
            pytest.skip("takes no filters")
        with pytest.raises(ToolError, match="did you mean 'grams'"):
            tool.call({**args, "filters": [{"field": "gramms", "op": "lte", "value": 5}]}, context)
